"""Tells one case in memory. What somebody may do, what follows and what the ground fills is decided as for real cases.

Only what the registers and the vault would answer is taken from the story, and no story may claim more than they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic.acting import Standing
from xirang.engines.cases.logic.answers import Cleaned, Wrong, clean_answers
from xirang.engines.cases.logic.due import due_event
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.ground import Ground
from xirang.engines.cases.logic.opening import clean_opening, first_dispatch, may_open, not_open, opened_fields
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.relations import Sides
from xirang.engines.cases.logic.replay import apply, start
from xirang.engines.cases.logic.state import CaseState, Event, Participant
from xirang.engines.cases.logic.switching import with_switches
from xirang.engines.cases.logic.telling.cast import Member, cast_of, find_member, participant, party_of, sides_of
from xirang.engines.cases.logic.telling.expectations import Vault, compare, expected_names, in_words
from xirang.engines.cases.logic.telling.facts import PERSON, check_facts, ground_of
from xirang.engines.cases.logic.words import OPEN
from xirang.foundation.calendar import WorkingCalendar, local_date
from xirang.foundation.declarations import did_you_mean
from xirang.foundation.expressions import ExpressionError
from xirang.foundation.packs import Difference, Given, Refusal, Teller, TellingError

CALENDAR = WorkingCalendar()
NOBODY = Member("", "")
_LABELS = {"offered": "承办单位可办的动作", "dispatch": "建议的单位", "asks.open": "提交时要填的项"}
_MOST_MARKS = 1_000


class CaseTeller(Teller):
    """One case being told, from its opening to wherever the story leads."""

    def __init__(self, processes: Mapping[str, ProcessType], given: Given) -> None:
        """TellingError where the story names no process of the file, or facts that no register could answer."""
        self.process = _process(processes, given.process)
        self.offered = with_switches(self.process, given.switches)
        self.given = given
        self.cast = cast_of(given.facts)
        self.opener = NOBODY
        self.state: CaseState | None = None
        self.vault: Vault = {}
        check_facts(self.process, given.facts)
        self.ground = Ground()

    def verbs(self) -> frozenset[str]:
        return frozenset({OPEN, *self.process.actions})

    def title(self, verb: str) -> str:
        return "提交" if verb == OPEN else self.process.actions[verb].title.zh

    def do(self, who: str, verb: str, answers: Mapping[str, Any], now: datetime) -> None:
        member = self._member(who)
        if verb == OPEN:
            self._open(member, answers, now)
            return
        standing = self._standing(member, now)
        spec = self.offered.actions.get(verb)
        given = self._answers(spec.asks, answers, now) if spec else {}
        reason = _why_not(standing, verb, given)
        if reason is not None:
            raise TellingError(
                "does",
                f"：“{who}”不能办“{self.title(verb)}”。{reason.zh}",
                f'"{who}" may not {verb}: {reason.en}',
            )
        by = participant(member, standing.party, *standing.acts_as(self.offered.actions[verb]))
        event = Event(standing.state.seq + 1, now, "acted", verb, by, {"answers": given})
        self.state = apply(self.process, standing.state, event, CALENDAR)

    def why_not(self, who: str, verb: str, now: datetime) -> Refusal | None:
        member = self._member(who)
        if verb == OPEN:
            return None if self._may_open(member) else Refusal(*not_open(self.offered))
        return _why_not(self._standing(member, now), verb, None)

    def pass_time(self, until: datetime) -> None:
        for _ in range(_MOST_MARKS):
            mark = self.state.next_mark if self.state else None
            if self.state is None or mark is None or mark.at > until:
                return
            event = due_event(self.process, self.state, max(mark.at, self.state.last_at))
            assert event is not None
            self.state = apply(self.process, self.state, event, CALENDAR)

    def names(self) -> frozenset[str]:
        actions = (f"asks.{code}" for code in (OPEN, *self.process.actions))
        return expected_names(self.process) | {"offered", "dispatch", *actions}

    def differs(self, name: str, wanted: Any, now: datetime) -> Difference | None:
        state = self._opened()
        if name not in ("offered", "dispatch") and not name.startswith("asks."):
            return compare(self.process, state, name, wanted, self.vault)
        found = self._found(state, name, now)
        return None if found == wanted else Difference(_LABELS.get(name, name), in_words(wanted), in_words(found))

    def _member(self, who: str) -> Member:
        member = find_member(who, self.cast, self.given.roles)
        if member is None:
            zh, en = did_you_mean(who, {*self.cast, *self.given.roles})
            raise TellingError("who", f"没有叫“{who}”的人{zh}", f'knows nobody called "{who}"{en}')
        return member

    def _opened(self) -> CaseState:
        if self.state is None:
            raise TellingError("", "之前还没有提交（does: open）。", "comes before anything was opened (does: open).")
        return self.state

    def _standing(self, member: Member, now: datetime) -> Standing:
        """The case as a member stands before it."""
        state = self._opened()
        sides = sides_of(state, self.opener)
        party = party_of(member, sides, self.opener, self._roles(member))
        return Standing(self.process, self.offered, state, party, sides, self.ground, now, CALENDAR)

    def _may_open(self, member: Member) -> bool:
        return may_open(self.offered, self._roles(member), system=member.role == "system")

    def _roles(self, member: Member) -> tuple[str, ...]:
        """The roles of a member: a role of the pack's own counts as the role that it is like as well."""
        roles = (member.role, self.given.contents.likes.get(member.role, ""))
        return tuple(role for role in roles if role) if member.signed_in else ()

    def _open(self, member: Member, raw: Mapping[str, Any], now: datetime) -> None:
        if self.state is not None:
            raise TellingError("does", "重复提交：一个情景只提交一次。", "opens a second case in one scenario.")
        if not self._may_open(member):
            open_to = self.process.open_to
            raise TellingError(
                "who",
                f"：“{member.name}”不能提交“{self.process.title.zh}”，可以提交的是 {'、'.join(open_to)}。",
                f'"{member.name}" may not open "{self.process.code}"; open to: {", ".join(open_to)}.',
            )
        facts, roles = self.given.facts, self._roles(member)
        ground = ground_of(self.process, facts, roles, signed_in=member.signed_in)
        cleaned = clean_opening(self.offered, raw, ground, local_date(now))
        self._refuse_wrong(self.offered.fields, raw, cleaned)
        fields = opened_fields(self.offered, cleaned, self._kept(cleaned), ground)
        contact = {self.offered.fields[code].personal for code in cleaned.personal}
        self.ground = ground_of(self.process, facts, roles, signed_in=member.signed_in, contact=contact)
        self.opener = member
        by = participant(member, party_of(member, Sides(), member, roles), "requester", member.unit or None)
        self.state = start(self.process, Event(1, now, "opened", OPEN, by, {"fields": fields}), CALENDAR)
        self._dispatch(fields, now)

    def _dispatch(self, fields: Mapping[str, Any], now: datetime) -> None:
        """What the system does at once: assign by rule, where the process lets it."""
        decision = first_dispatch(self.offered, self.ground, fields, now, CALENDAR)
        action = self.offered.assignment
        if decision is None or action is None or not decision.automatic:
            return
        state = self._opened()
        answers = {"answers": {action.holds("hold"): decision.unit}}
        by = Participant("system", "system", "system")
        self.state = apply(self.process, state, Event(state.seq + 1, now, "acted", action.code, by, answers), CALENDAR)

    def _answers(self, specs: Mapping[str, FieldSpec], raw: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        cleaned = clean_answers(specs, raw, today=local_date(now))
        self._refuse_wrong(specs, raw, cleaned)
        return {**cleaned.plain, **self._kept(cleaned)}

    def _refuse_wrong(self, specs: Mapping[str, FieldSpec], raw: Mapping[str, Any], cleaned: Cleaned) -> None:
        for code, wrong in cleaned.wrong.items():
            raise _wrong_answer(code, wrong, given=code in raw)
        units = self.given.contents.units
        for code, value in cleaned.plain.items():
            if specs[code].kind == "unit" and units and value not in units:
                zh, en = did_you_mean(str(value), units)
                raise TellingError(f"with/{code}", f"：没有叫 {value} 的单位{zh}", f'knows no unit "{value}"{en}')

    def _kept(self, cleaned: Cleaned) -> dict[str, Any]:
        """Personal answers as the log keeps them: a reference into the vault, which rules cannot open."""
        for code, value in cleaned.personal.items():
            self.vault[PERSON, code] = value
        return {code: {"person": PERSON, "drawer": code} for code in cleaned.personal}

    def _found(self, state: CaseState, name: str, now: datetime) -> Any:
        if name == "offered":
            allowed, _ = self._standing(Member("holder", "holder"), now).allowed()
            return [action.code for action in allowed]
        if name == "dispatch":
            decision = first_dispatch(self.offered, self.ground, state.values, state.opened_at, CALENDAR)
            return decision.unit if decision else None
        return self._asked(name.removeprefix("asks."))

    def _asked(self, action: str) -> list[str]:
        """What an action asks as the switches stand, by code; `open` is the form."""
        if action == OPEN:
            return list(self.offered.fields)
        if action not in self.process.actions:
            zh, en = did_you_mean(action, self.process.actions)
            raise TellingError(
                f"then/asks.{action}", f"：没有叫 {action} 的动作{zh}", f'knows no action "{action}"{en}'
            )
        return list(self.offered.actions[action].asks) if action in self.offered.actions else []


def _process(processes: Mapping[str, ProcessType], code: str) -> ProcessType:
    if not code and len(processes) == 1:
        return next(iter(processes.values()))
    if code not in processes:
        zh, en = did_you_mean(code, processes)
        raise TellingError("", f"要写明 process{zh}", f"must name its process{en}")
    return processes[code]


def _wrong_answer(code: str, wrong: Wrong, *, given: bool) -> TellingError:
    path = f"with/{code}" if given else "with"
    return TellingError(path, f"填写的“{code}”不对：{wrong.zh}", f'"{code}" is wrong: {wrong.en}')


def _why_not(standing: Standing, verb: str, answers: Mapping[str, Any] | None) -> Refusal | None:
    try:
        reason = standing.why_not(verb, answers)
    except ExpressionError as error:
        raise TellingError(
            "", f"的条件算不出来：{error.zh}", f"has a condition that cannot be evaluated: {error.en}"
        ) from error
    return Refusal(reason.zh, reason.en) if reason else None
