"""Tells a pack's scenarios in memory: every step through the same logic that real cases take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from xirang.engines.cases.logic import (
    CaseState,
    Event,
    Participant,
    allowed_actions,
    apply,
    clean_answers,
    decide_dispatch,
    due_event,
    start,
    switched_off,
    values_of,
    why_not,
)
from xirang.engines.cases.logic.words import OPEN
from xirang.engines.cases.spec import FieldSpec, ProcessType
from xirang.foundation.calendar import WorkingCalendar, local_date
from xirang.foundation.declarations import Document, Finding, did_you_mean
from xirang.foundation.expressions import ExpressionError
from xirang.foundation.packs import PackContents, PackFile
from xirang.packs.checking.cast import Member, cast_of, find_member, relations_of
from xirang.packs.checking.expectations import compare
from xirang.packs.checking.scenarios import Scenario, Step, moment

CALENDAR = WorkingCalendar()
ON_OFF = MappingProxyType({"on": True, "off": False, "True": True, "False": False})
_LABELS = MappingProxyType({"offered": "承办单位可办的动作", "dispatch": "建议的单位", "asks.open": "提交时要填的项"})
_MOST_MARKS = 1_000


class _Broken(Exception):
    """A scenario that cannot go on: where, and what is wrong."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.path, self.zh, self.en = path, zh, en


def tell(
    scenario: Scenario,
    document: Document,
    told: Sequence[tuple[PackFile[Any], Any]],
    contents: PackContents,
    roles: frozenset[str],
) -> list[Finding]:
    """Run one scenario; the finding says at which step it fails, what was expected and what came.

    `told` are the files of the pack with what they declare, `roles` those that a story may speak of.
    """
    processes = {one.code: one for file, said in told if file.engine == "cases" for one in said}
    try:
        _Story(scenario, processes, roles, contents.units, contents.switches or {}).run()
    except _Broken as broken:
        zh = f"情景“{scenario.title}”{broken.zh}"
        en = f"Scenario “{scenario.title}”, {broken.en}"
        return [document.finding(broken.path, "scenario", zh, en)]
    return []


class _Story:
    """One scenario being told."""

    def __init__(
        self,
        scenario: Scenario,
        processes: Mapping[str, ProcessType],
        roles: frozenset[str],
        units: frozenset[str],
        switches: Mapping[str, bool],
    ) -> None:
        self.scenario, self.units = scenario, units
        self.process = self._process(processes)
        self.offered = self.process.with_switches(self._stand(switches))
        self.roles = roles
        self.cast = cast_of(scenario.given)
        self.state: CaseState | None = None
        self.now = self._moment(f"{scenario.path}/given/at", str(scenario.given["at"]))
        self.place = 0
        self.told = 0

    def _process(self, processes: Mapping[str, ProcessType]) -> ProcessType:
        code = self.scenario.process
        if not code and len(processes) == 1:
            return next(iter(processes.values()))
        if code not in processes:
            zh, en = did_you_mean(code, processes)
            raise _Broken(self.scenario.path, f"要写明 process{zh}", f"must name its process{en}")
        return processes[code]

    def _stand(self, switches: Mapping[str, bool]) -> dict[str, bool]:
        """How the switches stand in this story: as it says, otherwise as the pack does."""
        path, given = f"{self.scenario.path}/given/switches", self.scenario.given.get("switches", {})
        if not isinstance(given, Mapping):
            raise _Broken(path, "的 switches 写成“名称: on 或 off”。", "writes switches as “name: on or off”.")
        for name, value in given.items():
            if name not in switches:
                zh, en = did_you_mean(name, switches)
                raise _Broken(f"{path}/{name}", f"里没有叫 {name} 的开关{zh}", f'knows no switch "{name}"{en}')
            if str(value) not in ON_OFF:
                raise _Broken(
                    f"{path}/{name}", f"的开关 {name} 只能写 on 或 off。", f'the switch "{name}" is on or off.'
                )
        return {name: ON_OFF[str(given[name])] if name in given else on for name, on in switches.items()}

    def _moment(self, path: str, text: str) -> datetime:
        try:
            return moment(text)
        except ValueError:
            raise _Broken(
                path,
                f"的时间“{text}”不对。请写成 2026-09-18T16:00。",
                f'the time "{text}" is wrong. Write 2026-09-18T16:00.',
            ) from None

    def run(self) -> None:
        for place, step in enumerate(self.scenario.steps, start=1):
            self.place = place
            if step.at:
                self._pass_time(step)
            if step.does:
                self._do(step)
            if step.may or step.may_not:
                self._try(step)
            if step.does or step.at or step.may or step.may_not:
                self.told = place
            if step.then:
                self._expect(step)
            if not (step.does or step.at or step.may or step.may_not or step.then):
                self._break(step.path, "没有写要做什么。请写 does、may、may_not、at 或 then。", "says nothing to do.")

    def _break(self, path: str, zh: str, en: str) -> None:
        raise _Broken(path, f"第 {self.place} 步{zh}", f"step {self.place} {en}")

    def _pass_time(self, step: Step) -> None:
        at = self._moment(f"{step.path}/at", step.at)
        if at < self.now:
            self._break(f"{step.path}/at", "的时间早于上一步。", "is earlier than the step before.")
        for _ in range(_MOST_MARKS):
            mark = self.state.next_mark if self.state else None
            if self.state is None or mark is None or mark.at > at:
                break
            event = due_event(self.process, self.state, max(mark.at, self.state.last_at))
            assert event is not None
            self.state = apply(self.process, self.state, event, CALENDAR)
        self.now = at

    def _member(self, step: Step) -> Member:
        member = find_member(step.who, self.cast, self.roles)
        if member is None:
            zh, en = did_you_mean(step.who, {*self.cast, *self.roles})
            self._break(f"{step.path}/who", f"没有叫“{step.who}”的人{zh}", f'knows nobody called "{step.who}"{en}')
        assert member is not None
        return member

    def _do(self, step: Step) -> None:
        member = self._member(step)
        if step.does == OPEN:
            self._open(step, member)
            return
        state = self._opened(step)
        action = self._action(f"{step.path}/does", step.does)
        spec = self.offered.actions.get(action)
        answers = self._answers(step, spec.asks, frozenset()) if spec else {}
        reason = self._why_not(state, action, member, answers)
        if reason is not None:
            self._break(
                f"{step.path}/does",
                f"：“{step.who}”不能办“{self.process.actions[action].title.zh}”。{reason.zh}",
                f'"{step.who}" may not {action}: {reason.en}',
            )
        relations = relations_of(member, state)
        relation = next(who for who in self.process.actions[action].by if who in relations)
        by = member.participant(relation, state.holder_unit if relation == "holder" else None)
        event = Event(state.seq + 1, self.now, "acted", action, by, {"answers": answers})
        self.state = apply(self.process, state, event, CALENDAR)

    def _opened(self, step: Step) -> CaseState:
        if self.state is None:
            self._break(step.path, "之前还没有提交（does: open）。", "comes before anything was opened (does: open).")
        assert self.state is not None
        return self.state

    def _action(self, path: str, name: str) -> str:
        if name not in self.process.actions:
            zh, en = did_you_mean(name, self.process.actions)
            self._break(path, f"：没有叫 {name} 的动作{zh}", f'knows no action "{name}"{en}')
        return name

    def _answers(self, step: Step, specs: Mapping[str, FieldSpec], known: frozenset[str]) -> dict[str, Any]:
        cleaned = clean_answers(specs, step.with_, known=known, today=local_date(self.now))
        for code, wrong in cleaned.wrong.items():
            path = f"{step.path}/with/{code}" if code in step.with_ else f"{step.path}/with"
            self._break(path, f"填写的“{code}”不对：{wrong.zh}", f'"{code}" is wrong: {wrong.en}')
        answers = {**cleaned.plain, **cleaned.personal}
        for code, value in answers.items():
            if specs[code].kind == "unit" and self.units and value not in self.units:
                zh, en = did_you_mean(str(value), self.units)
                self._break(f"{step.path}/with/{code}", f"：没有叫 {value} 的单位{zh}", f'knows no unit "{value}"{en}')
        return answers

    def _open(self, step: Step, member: Member) -> None:
        if self.state is not None:
            self._break(f"{step.path}/does", "重复提交：一个情景只提交一次。", "opens a second case in one scenario.")
        if not {member.role, "anyone"} & set(self.process.open_to):
            allowed = "、".join(self.process.open_to)
            self._break(
                f"{step.path}/who",
                f"：“{step.who}”不能提交“{self.process.title.zh}”，可以提交的是 {allowed}。",
                f'"{step.who}" may not open "{self.process.code}"; open to: {", ".join(self.process.open_to)}.',
            )
        # What the ground fills in is not asked of anybody, so a story need not repeat it.
        known = frozenset(code for code, spec in self.offered.fields.items() if spec.source and member.role != "anyone")
        fields = self._answers(step, self.offered.fields, known)
        event = Event(1, self.now, "opened", OPEN, member.participant("requester"), {"fields": fields})
        self.state = start(self.process, event, CALENDAR)
        self._dispatch()

    def _dispatch(self) -> None:
        """What the system does at once: assign by rule, where the process lets it."""
        assert self.state is not None
        decision = decide_dispatch(self.offered, self._values(self.state, "", None), CALENDAR)
        action = self.offered.assignment
        if decision is None or action is None or not decision.automatic:
            return
        by = Participant("system", "system", "system")
        body = {"answers": {action.holds("hold"): decision.unit}}
        event = Event(self.state.seq + 1, self.now, "acted", action.code, by, body)
        self.state = apply(self.process, self.state, event, CALENDAR)

    def _values(self, state: CaseState, me: str, answers: Mapping[str, Any] | None) -> dict[str, Any]:
        given = self.scenario.given
        about, requester = given.get("about"), given.get("requester")
        return values_of(
            self.offered,
            state,
            now=self.now,
            me=me,
            about=about if isinstance(about, Mapping) else None,
            requester=requester if isinstance(requester, Mapping) else None,
            answers=answers,
        )

    def _why_not(self, state: CaseState, action: str, member: Member, answers: Mapping[str, Any] | None) -> Any:
        if action not in self.offered.actions:
            return switched_off(self.process.actions[action])
        relations = relations_of(member, state)
        me = state.holder_unit if "holder" in relations and state.holder_unit else member.name
        values = self._values(state, me, answers)
        try:
            return why_not(
                self.offered, state, action, relations, self.now, values, CALENDAR, answered=answers is not None
            )
        except ExpressionError as error:
            self._break("", f"的条件算不出来：{error.zh}", f"has a condition that cannot be evaluated: {error.en}")

    def _try(self, step: Step) -> None:
        member, state = self._member(step), self._opened(step)
        key = "may" if step.may else "may_not"
        action = self._action(f"{step.path}/{key}", step.may or step.may_not)
        title = self.process.actions[action].title
        reason = self._why_not(state, action, member, None)
        if step.may and reason is not None:
            self._break(
                f"{step.path}/may",
                f"：“{step.who}”应当可以办“{title.zh}”，实际不能：{reason.zh}",
                f'"{step.who}" should be able to {action}, but may not: {reason.en}',
            )
        if step.may_not and reason is None:
            self._break(
                f"{step.path}/may_not",
                f"：“{step.who}”不应当能办“{title.zh}”，实际可以。",
                f'"{step.who}" should not be able to {action}, but may.',
            )
        if step.may_not and step.because and step.because not in (reason.zh + reason.en):
            self._break(
                f"{step.path}/because",
                f"：理由里应有“{step.because}”，实际是：{reason.zh}",
                f'should give a reason with "{step.because}"; it was: {reason.en}',
            )

    def _expect(self, step: Step) -> None:
        state = self._opened(step)
        for name, wanted in step.then.items():
            if name in ("offered", "dispatch") or name.startswith("asks."):
                actual = self._actual(step, state, name)
                difference = None if actual == wanted else (_LABELS.get(name, name), _words(wanted), _words(actual))
            else:
                difference = compare(self.process, state, name, wanted)
            if difference is not None:
                label, expected, found = difference
                after = self.told or self.place
                raise _Broken(
                    f"{step.path}/then/{name}",
                    f"第 {after} 步之后，{label}应为“{expected}”，实际为“{found}”。",
                    f'after step {after}: {name} should be "{expected}" but is "{found}".',
                )

    def _actual(self, step: Step, state: CaseState, name: str) -> Any:
        if name == "offered":
            return self._offered(state)
        if name == "dispatch":
            return self._suggested(state)
        return self._asked(f"{step.path}/then/{name}", name.removeprefix("asks."))

    def _asked(self, path: str, action: str) -> list[str]:
        """What an action asks as the switches stand, by code; `open` is the form."""
        if action == OPEN:
            return list(self.offered.fields)
        self._action(path, action)
        return list(self.offered.actions[action].asks) if action in self.offered.actions else []

    def _offered(self, state: CaseState) -> list[str]:
        """The actions that the holder is offered now, by code."""
        values = self._values(state, state.holder_unit or "", None)
        allowed, _ = allowed_actions(self.offered, state, frozenset({"holder"}), self.now, values, CALENDAR)
        return [action.code for action in allowed]

    def _suggested(self, state: CaseState) -> str | None:
        decision = decide_dispatch(self.offered, self._values(state, "", None), CALENDAR)
        return decision.unit if decision else None


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(one) for one in value) or "无"
    return "无" if value is None else str(value)
