"""The door to declarations, effects and measures of the cases engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
from xirang.foundation.declarations import Title

__all__ = [
    "ActionSpec",
    "Choice",
    "Choices",
    "ClockSpec",
    "Consequence",
    "CountCases",
    "DispatchRule",
    "FieldSpec",
    "Mark",
    "Marks",
    "OpenCase",
    "PACK_FILE",
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
    """Effect: open a case of a process in an area.

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
    """Measure: how many cases lie within the asker's scope and fit every filter that is given.

    `area_id` counts the area with everything below it. `late` counts cases that are not done and past their due
    moment. `outcomes` are those of `logic.words.OUTCOMES`.
    """

    KIND: ClassVar[str] = "cases.count_cases"
    process: str = ""
    area_id: UUID | None = None
    stage_kinds: tuple[Literal["open", "waiting", "done"], ...] = ()
    outcomes: tuple[str, ...] = ()
    late: bool = False
