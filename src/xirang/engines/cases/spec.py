"""The door to declarations, effects and measures of the cases engine, and to what wiring may ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from xirang.engines.cases.logic.fields import Choice, Choices, FieldSpec
from xirang.engines.cases.logic.pack_file import CasesFile
from xirang.engines.cases.logic.process import (
    ActionSpec,
    ClockSpec,
    Consequence,
    DispatchRule,
    Mark,
    Marks,
    ProcessType,
    StageSpec,
    ViewSpec,
)
from xirang.engines.cases.logic.proofs import check_process
from xirang.engines.cases.logic.reading import (
    ProcessError,
    cases_schema,
    parse_process,
    process_schema,
    read_process,
    read_processes,
    revive_process,
)
from xirang.foundation.declarations import Title, did_you_mean
from xirang.foundation.filling import check_party, check_text, fact_of, filled, find_party, names_of_facts
from xirang.foundation.packs import Complain, PackContents, WiredEffect

__all__ = [
    "PACK_FILE",
    "WIRED",
    "ActionSpec",
    "CaseFigures",
    "Choice",
    "Choices",
    "ClockSpec",
    "Consequence",
    "CountCases",
    "Counts",
    "DispatchRule",
    "FieldSpec",
    "Figures",
    "Mark",
    "Marks",
    "OpenCase",
    "ProcessError",
    "ProcessType",
    "StageSpec",
    "Title",
    "ViewSpec",
    "cases_schema",
    "check_process",
    "parse_process",
    "process_schema",
    "read_process",
    "read_processes",
    "revive_process",
]

PACK_FILE = CasesFile()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Effect: open a case of a process in an area, and answer with its id.

    `fields` are answers by field code, as a form would give them. `about_id` is the organisation it is about. `source`
    is the (kind, id) of what caused it; the same source opens one case per process, however often it is asked.
    """

    KIND: ClassVar[str] = "cases.open_case"
    process: str
    area_id: UUID
    fields: Mapping[str, Any] = field(default_factory=dict)
    about_id: UUID | None = None
    source: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCases:
    """Measure: how many cases lie within the asker's scope and fit every filter that is given, by one property of them.

    `area_id` counts the area with everything below it. `late` counts cases that are not done and past their due
    moment. `outcomes` are those of `logic.words.OUTCOMES`. `by` divides the number: `area` is the area in which a case
    lies itself, `month` the one in which it was opened (Beijing time); without it there is only the total.
    """

    KIND: ClassVar[str] = "cases.count_cases"
    processes: tuple[str, ...] = ()
    area_id: UUID | None = None
    stage_kinds: tuple[Literal["open", "waiting", "done"], ...] = ()
    outcomes: tuple[str, ...] = ()
    late: bool = False
    by: Literal["", "process", "county", "town", "village", "area", "month", "outcome", "stage_kind"] = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """The answer to `CountCases`: each key with its number, by key, and the sum of all.

    A key is an area's id, a month such as `2026-09`, or the code of a process, outcome or kind of stage; it is empty
    where a case has none. Keys without cases are left out.
    """

    rows: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """Measure: the figures of the overview within the asker's scope.

    `since` is the moment from which closed cases count, `end_of_today` the midnight up to which a case is due today.
    """

    KIND: ClassVar[str] = "cases.case_figures"
    since: datetime
    end_of_today: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """The answer to `CaseFigures`: numbers of cases, and since when the oldest late one is late.

    `closed` counts cases struck off since `since`; of those `solved` were confirmed as solved by the requester.
    """

    in_hand: int
    late: int
    due_today: int
    on_account: int
    reopened: int
    reopened_twice: int
    closed: int
    solved: int
    explained: int
    oldest_due: datetime | None


_ABOUT = ("organisation", "unit")
_OWN = {"process": True, "about": False}
# What a line can give as words, numbers or codes; what must be picked or looked up belongs to people.
_GIVEN = ("text", "choice", "int", "fen", "date", "bool")


def _check_opening(event_type: type, args: Mapping[str, Any], contents: PackContents, complain: Complain) -> None:
    code = str(args["process"])
    known = contents.names.get("process", frozenset())
    if code not in known:
        zh, en = did_you_mean(code, known)
        complain("then", "unknown_process", f"这个应用包没有流程 {code}{zh}", f'The pack has no process "{code}"{en}')
        return
    if "about" in args:
        check_party(event_type, str(args["about"]), _ABOUT, complain)
    for name in args.keys() - _OWN.keys():
        _check_argument(event_type, args[name], contents, complain)
    for process in contents.declared.get("cases.yaml", ()):
        if process.code == code:
            _check_fields(process, args, complain)


def _check_argument(event_type: type, value: Any, contents: PackContents, complain: Complain) -> None:
    """`='words'` as they are, a text of the pack, or the name of a fact of the event; numbers stand for themselves."""
    if not isinstance(value, str) or value.startswith("="):
        return
    if value.startswith("texts/"):
        check_text(event_type, value, contents, complain)
    elif value not in (facts := names_of_facts(event_type)):
        zh, en = did_you_mean(value, facts)
        complain("then", "unknown_fact", f"这个事件没有“{value}”{zh}", f'The event has no "{value}"{en}')


def _check_fields(process: ProcessType, args: Mapping[str, Any], complain: Complain) -> None:
    given = args.keys() - _OWN.keys()
    for name in sorted(given):
        spec = process.fields.get(name)
        if spec is None:
            zh, en = did_you_mean(name, process.fields)
            complain(
                "then", "unknown_field", f"{process.code} 没有栏目 {name}{zh}", f"{process.code} has no {name}{en}"
            )
        elif spec.kind not in _GIVEN or spec.personal:
            complain(
                "then",
                "field_kind",
                f"栏目“{spec.title.zh}”不能由接线填写：只能填文字、单选、数、金额、日期和是否，不能填个人信息。",
                f'Wiring cannot fill "{spec.title.text("en")}": only text, choice, int, fen, date and bool, '
                "nothing personal.",
            )
    for name, spec in process.fields.items():
        if spec.required and not spec.source and name not in given:
            complain(
                "then",
                "missing",
                f"{process.code} 的“{spec.title.zh}”是必填项，请写 {name}='…'。",
                f"\"{spec.title.text('en')}\" of {process.code} is required; give {name}='…'.",
            )


def _build_opening(event: Any, args: Mapping[str, Any], contents: PackContents) -> OpenCase:
    """`cases.open_case(process='visit', about='about', what='title')`, caused by what the event is about."""
    about = find_party(event, args["about"], _ABOUT) if "about" in args else None
    return OpenCase(
        process=args["process"],
        area_id=event.area_id,
        fields={name: _value(event, args[name], contents) for name in args if name not in _OWN},
        about_id=about[1] if about else None,
        source=event.subject,
    )


def _value(event: Any, value: Any, contents: PackContents) -> Any:
    if not isinstance(value, str):
        return value
    if value.startswith("="):
        return value[1:]
    return "\n".join(filled(contents, value, event)) if value.startswith("texts/") else fact_of(event, value)


WIRED = (
    WiredEffect(
        question=OpenCase,
        arguments=_OWN,
        others=True,
        check=_check_opening,
        build=_build_opening,
        causes=lambda args: ("process", str(args["process"])),
    ),
)
