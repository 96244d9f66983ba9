"""What the clocks of a case do by themselves: the next mark or the action that silence brings about."""

from __future__ import annotations

from datetime import datetime

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.state import CaseState, Event, Participant


def due_event(process: ProcessType, state: CaseState, at: datetime) -> Event | None:
    """The next event that the clocks owe at the moment `at`, or None when nothing is due.

    Apply it and ask again until the answer is None: several marks may have fallen while nobody looked. The event is
    dated `at`, because a record says when something was done; the clock's own moment is in the case's state.
    """
    mark = state.next_mark
    if mark is None or mark.at > at:
        return None
    clock = Participant("system", "clock", f"clock {mark.clock}")
    if mark.verb == "act":
        return Event(state.seq + 1, at, "acted", mark.argument, clock, {"answers": {}})
    body = {"percent": mark.percent, "verb": mark.verb, "argument": mark.argument}
    return Event(state.seq + 1, at, "marked", mark.clock, clock, body)
