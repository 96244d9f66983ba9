"""The pure heart of cases: process types, their proofs, and the state of a case as a function of its events."""

from xirang.engines.cases.logic.actions import Withheld, allowed_actions, switched_off, why_not, window_end
from xirang.engines.cases.logic.answers import Cleaned, Wrong, clean_answers
from xirang.engines.cases.logic.clocks import mark_key, mark_moment
from xirang.engines.cases.logic.dispatching import Dispatch, decide_dispatch
from xirang.engines.cases.logic.due import due_event
from xirang.engines.cases.logic.names import VIEW_COLUMNS, ViewColumn, names_of, view_columns, view_names
from xirang.engines.cases.logic.process import ActionSpec, ClockSpec, ProcessType, StageSpec, ViewSpec
from xirang.engines.cases.logic.proofs import check_process, running_stages
from xirang.engines.cases.logic.reading import (
    ProcessError,
    cases_schema,
    parse_process,
    process_schema,
    read_process,
    read_processes,
    revive_process,
)
from xirang.engines.cases.logic.reasons import ClockReason, Input, clock_reason, due_ruler
from xirang.engines.cases.logic.replay import apply, replay, start
from xirang.engines.cases.logic.rules import compiled, end_of_day, values_of
from xirang.engines.cases.logic.sentences import full_moment, who_text
from xirang.engines.cases.logic.state import (
    CaseState,
    ClockState,
    Event,
    LogicError,
    NextMark,
    Participant,
    SequenceError,
)

__all__ = [
    "VIEW_COLUMNS",
    "ActionSpec",
    "CaseState",
    "Cleaned",
    "ClockReason",
    "ClockSpec",
    "ClockState",
    "Dispatch",
    "Event",
    "Input",
    "LogicError",
    "NextMark",
    "Participant",
    "ProcessError",
    "ProcessType",
    "SequenceError",
    "StageSpec",
    "ViewColumn",
    "ViewSpec",
    "Withheld",
    "Wrong",
    "allowed_actions",
    "apply",
    "cases_schema",
    "check_process",
    "clean_answers",
    "clock_reason",
    "compiled",
    "decide_dispatch",
    "due_event",
    "due_ruler",
    "end_of_day",
    "full_moment",
    "mark_key",
    "mark_moment",
    "names_of",
    "parse_process",
    "process_schema",
    "read_process",
    "read_processes",
    "replay",
    "revive_process",
    "running_stages",
    "start",
    "switched_off",
    "values_of",
    "view_columns",
    "view_names",
    "who_text",
    "why_not",
    "window_end",
]
