"""From stored events to the state that logic computes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.replay import replay
from xirang.engines.cases.logic.state import EVENT_KINDS, CaseState, Event, Participant
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries import installed
from xirang.foundation.calendar import WorkingCalendar
from xirang.foundation.statements import part
from xirang.foundation.statements import rows as asked

CALENDAR = WorkingCalendar()


def event_of(row: CaseEvent) -> Event:
    """A stored event as logic reads it."""
    unit = str(row.unit_id) if row.unit_id else None
    by = Participant(row.actor_kind, row.actor_id, row.relation, unit)
    return Event(row.seq, row.at, EVENT_KINDS[row.kind], row.action, by, row.body)


def state_of(
    case: Case, rows: Iterable[CaseEvent] | None = None, *, marks: bool = True
) -> tuple[ProcessType, CaseState]:
    """The case's process and its state, replayed from its log (one query unless the rows are at hand).

    Without `marks` the state does not say what its clocks do next: for whoever adds an event and asks that afterwards.
    """
    process = installed.process_of(case.process_id)
    log = _log_of(case) if rows is None else [event_of(row) for row in rows]
    return process, replay(process, log, CALENDAR, marks=marks)


_LOG = (
    "SELECT seq, at, kind, action, actor_kind, actor_id, relation, unit_id, body FROM cases_caseevent"
    " WHERE case_id = {case} ORDER BY seq"
)


def _log_of(case: Case) -> list[Event]:
    """The log of a case that its reader has fetched; the case's row is locked first where a step follows."""
    return [
        Event(
            seq,
            at,
            EVENT_KINDS[kind],
            action,
            Participant(actor_kind, actor_id, relation, str(unit) if unit else None),
            json.loads(body),
        )
        for seq, at, kind, action, actor_kind, actor_id, relation, unit, body in asked(part(_LOG, case=case.pk))
    ]
