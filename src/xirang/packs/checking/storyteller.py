"""Tells a pack's scenarios: step by step, each by the teller of the file that knows what is done or expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NoReturn

from xirang.foundation.declarations import Document, Finding, did_you_mean
from xirang.foundation.packs import Given, PackContents, PackFile, Teller, TellingError
from xirang.packs.checking.scenarios import Scenario, Step, moment

ON_OFF = MappingProxyType({"on": True, "off": False, "True": True, "False": False})


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
    try:
        given = _given(scenario, contents, roles)
        _Story(scenario, _tellers(scenario, told, given), given.at).run()
    except _Broken as broken:
        zh = f"情景“{scenario.title}”{broken.zh}"
        en = f"Scenario “{scenario.title}”, {broken.en}"
        return [document.finding(broken.path, "scenario", zh, en)]
    return []


def _given(scenario: Scenario, contents: PackContents, roles: frozenset[str]) -> Given:
    return Given(
        at=_moment(f"{scenario.path}/given/at", str(scenario.given["at"])),
        facts=scenario.given,
        contents=contents,
        roles=roles,
        switches=_stand(scenario, contents.switches or {}),
        process=scenario.process,
    )


def _tellers(scenario: Scenario, told: Sequence[tuple[PackFile[Any], Any]], given: Given) -> dict[str, Teller]:
    """Who tells this scenario, by engine."""
    try:
        found = {file.engine: file.teller(said, given) for file, said in told}
    except TellingError as error:
        raise _Broken(f"{scenario.path}/{error.path}".rstrip("/"), error.zh, error.en) from error
    return {engine: teller for engine, teller in found.items() if teller is not None}


def _stand(scenario: Scenario, switches: Mapping[str, bool]) -> dict[str, bool]:
    """How the switches stand in this story: as it says, otherwise as the pack does."""
    path, given = f"{scenario.path}/given/switches", scenario.given.get("switches", {})
    if not isinstance(given, Mapping):
        raise _Broken(path, "的 switches 写成“名称: on 或 off”。", "writes switches as “name: on or off”.")
    for name, value in given.items():
        if name not in switches:
            zh, en = did_you_mean(name, switches)
            raise _Broken(f"{path}/{name}", f"里没有叫 {name} 的开关{zh}", f'knows no switch "{name}"{en}')
        if str(value) not in ON_OFF:
            raise _Broken(f"{path}/{name}", f"的开关 {name} 只能写 on 或 off。", f'the switch "{name}" is on or off.')
    return {name: ON_OFF[str(given[name])] if name in given else on for name, on in switches.items()}


def _moment(path: str, text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise _Broken(
            path,
            f"的时间“{text}”不对。请写成 2026-09-18T16:00。",
            f'the time "{text}" is wrong. Write 2026-09-18T16:00.',
        ) from None


class _Story:
    """One scenario being told."""

    def __init__(self, scenario: Scenario, tellers: Mapping[str, Teller], at: datetime) -> None:
        self.scenario, self.tellers, self.now = scenario, tellers, at
        self.place = 0
        self.told = 0

    def run(self) -> None:
        for place, step in enumerate(self.scenario.steps, start=1):
            self.place = place
            try:
                self._tell(step)
            except TellingError as error:
                self._break(f"{step.path}/{error.path}".rstrip("/"), error.zh, error.en)

    def _tell(self, step: Step) -> None:
        acted = bool(step.does or step.at or step.may or step.may_not)
        if step.at:
            self._pass_time(step)
        if step.does:
            teller, verb = self._who_knows(step, "does", step.does)
            teller.do(step.who, verb, step.with_, self.now)
        if step.may or step.may_not:
            self._try(step)
        if acted:
            self.told = self.place
        for name, wanted in step.then.items():
            self._expect(step, name, wanted)
        if not (acted or step.then):
            self._break(step.path, "没有写要做什么。请写 does、may、may_not、at 或 then。", "says nothing to do.")

    def _break(self, path: str, zh: str, en: str) -> NoReturn:
        raise _Broken(path, f"第 {self.place} 步{zh}", f"step {self.place} {en}")

    def _pass_time(self, step: Step) -> None:
        at = _moment(f"{step.path}/at", step.at)
        if at < self.now:
            self._break(f"{step.path}/at", "的时间早于上一步。", "is earlier than the step before.")
        for teller in self.tellers.values():
            teller.pass_time(at)
        self.now = at

    def _who_knows(self, step: Step, key: str, word: str) -> tuple[Teller, str]:
        """The teller that knows a verb, and the verb without its engine; `cases.open` names the engine itself."""
        found, verb = self._named(word, lambda teller: teller.verbs())
        if len(found) > 1:
            self._break(f"{step.path}/{key}", *_ambiguous(found, verb))
        if not found:
            zh, en = did_you_mean(verb, sorted({one for teller in self.tellers.values() for one in teller.verbs()}))
            self._break(f"{step.path}/{key}", f"：没有叫 {word} 的动作{zh}", f'knows no action "{word}"{en}')
        return next(iter(found.values())), verb

    def _named(self, word: str, words: Any) -> tuple[dict[str, Teller], str]:
        """Those of the tellers that know a word, also one that is written with its engine."""
        knowing = {engine: teller for engine, teller in self.tellers.items() if word in words(teller)}
        engine, dot, rest = word.partition(".")
        if not knowing and dot and engine in self.tellers and rest in words(self.tellers[engine]):
            return {engine: self.tellers[engine]}, rest
        return knowing, word

    def _try(self, step: Step) -> None:
        key = "may" if step.may else "may_not"
        teller, verb = self._who_knows(step, key, step.may or step.may_not)
        title, reason = teller.title(verb), teller.why_not(step.who, verb, self.now)
        if step.may and reason is not None:
            self._break(
                f"{step.path}/may",
                f"：“{step.who}”应当可以办“{title}”，实际不能：{reason.zh}",
                f'"{step.who}" should be able to {verb}, but may not: {reason.en}',
            )
        if step.may_not and reason is None:
            self._break(
                f"{step.path}/may_not",
                f"：“{step.who}”不应当能办“{title}”，实际可以。",
                f'"{step.who}" should not be able to {verb}, but may.',
            )
        if reason is not None and step.because and step.because not in reason.zh + reason.en:
            self._break(
                f"{step.path}/because",
                f"：理由里应有“{step.because}”，实际是：{reason.zh}",
                f'should give a reason with "{step.because}"; it was: {reason.en}',
            )

    def _expect(self, step: Step, name: str, wanted: Any) -> None:
        found, plain = self._named(name, lambda teller: teller.names())
        # What nobody lists may still be understood, where one file alone is told.
        knowing = found or (self.tellers if len(self.tellers) == 1 else {})
        if len(knowing) > 1:
            self._break(f"{step.path}/then/{name}", *_ambiguous(knowing, plain))
        if not knowing:
            zh, en = did_you_mean(name, sorted({one for teller in self.tellers.values() for one in teller.names()}))
            self._break(f"{step.path}/then/{name}", f"：没有 {name} 可以比较{zh}", f'cannot compare "{name}"{en}')
        difference = next(iter(knowing.values())).differs(plain, wanted, self.now)
        if difference is not None:
            raise _Broken(
                f"{step.path}/then/{name}",
                f"第 {self.told or self.place} 步之后，"
                f"{difference.label}应为“{difference.expected}”，实际为“{difference.found}”。",
                f"after step {self.told or self.place}: "
                f'{name} should be "{difference.expected}" but is "{difference.found}".',
            )


def _ambiguous(knowing: Collection[str], word: str) -> tuple[str, str]:
    """What to write where several files know one word."""
    zh, en = (
        " 或 ".join(f"{engine}.{word}" for engine in knowing),
        " or ".join(f"{engine}.{word}" for engine in knowing),
    )
    return f"：{word} 不止一个文件认得，请写成 {zh}。", f'"{word}" is known to several files; write {en}.'
