"""From stored events to the state that logic computes."""

from __future__ import annotations

from collections.abc import Iterable

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.replay import replay
from xirang.engines.cases.logic.state import EVENT_KINDS, CaseState, Event, Participant
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries import installed
from xirang.foundation.calendar import WorkingCalendar

CALENDAR = WorkingCalendar()


def event_of(row: CaseEvent) -> Event:
    """A stored event as logic reads it."""
    unit = str(row.unit_id) if row.unit_id else None
    by = Participant(row.actor_kind, row.actor_id, row.relation, unit)
    return Event(row.seq, row.at, EVENT_KINDS[row.kind], row.action, by, row.body)


def state_of(case: Case, rows: Iterable[CaseEvent] | None = None) -> tuple[ProcessType, CaseState]:
    """The case's process and its state, replayed from its log (one query unless the rows are at hand)."""
    process = installed.process_of(case.process_id)
    rows = case.events.order_by("seq") if rows is None else rows
    return process, replay(process, [event_of(row) for row in rows], CALENDAR)
