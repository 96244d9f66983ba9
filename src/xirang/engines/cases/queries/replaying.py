"""From stored events to the state that logic computes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.replay import replay
from xirang.engines.cases.logic.state import EVENT_KINDS, CaseState, Event, Participant
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import installed
from xirang.foundation.calendar import WorkingCalendar
from xirang.foundation.statements import part, rows, value_of

CALENDAR = WorkingCalendar()


def state_of(case: Case, log: Sequence[Event] | None = None, *, marks: bool = True) -> tuple[ProcessType, CaseState]:
    """The case's process and its state, replayed from its log (one query unless the log is at hand).

    Without `marks` the state does not say what its clocks do next: for whoever adds an event and asks that afterwards.
    """
    process = installed.process_of(case.process_id)
    return process, replay(process, _log_of(case) if log is None else log, CALENDAR, marks=marks)


_EVENT = "SELECT seq, at, kind, action, actor_kind, actor_id, relation, unit_id, body"
_LOG = _EVENT + " FROM cases_caseevent WHERE case_id = {case} ORDER BY seq"
_LOGS = _EVENT + ", case_id FROM cases_caseevent WHERE case_id = ANY({cases}) ORDER BY case_id, seq"


def logs_of(cases: Sequence[UUID]) -> dict[UUID, list[Event]]:
    """The logs of many cases by one statement. Where steps follow, their rows are locked by an earlier one.

    A statement sees what had committed when it began; what was written while it waited for a lock it would not see.
    """
    found: dict[UUID, list[Event]] = {case_id: [] for case_id in cases}
    for *columns, case_id in rows(part(_LOGS, cases=value_of(list(cases)))):
        found[case_id].append(_event(columns))
    return found


def _log_of(case: Case) -> list[Event]:
    """The log of a case that its reader has fetched; the case's row is locked first where a step follows."""
    return [_event(columns) for columns in rows(part(_LOG, case=case.pk))]


def _event(columns: Sequence[Any]) -> Event:
    seq, at, kind, action, actor_kind, actor_id, relation, unit, body = columns
    by = Participant(actor_kind, actor_id, relation, str(unit) if unit else None)
    return Event(seq, at, EVENT_KINDS[kind], action, by, json.loads(body))
