"""Clocks of a case: start, pause, resume, stop, marks; everything from events, a term and the working calendar."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction

from xirang.engines.cases.logic.process import ClockSpec, ProcessType
from xirang.engines.cases.logic.state import CaseState, ClockState, NextMark
from xirang.foundation.calendar import Term, WorkingCalendar, mark_at

_TICK = timedelta(microseconds=1)


def started(spec: ClockSpec, at: datetime, act: str, calendar: WorkingCalendar) -> ClockState:
    """A clock that begins its full term now; an earlier run of the same clock is forgotten with its marks."""
    term = Term.parse(spec.term)
    due = term.due(at, calendar)
    return ClockState(started_at=at, started_by=act, first_due=due, remaining=term, running_from=at, due_at=due)


def paused(clock: ClockState, at: datetime, calendar: WorkingCalendar) -> ClockState:
    """The clock standing still from now on, with what is left of its term."""
    assert clock.running_from is not None
    left = clock.remaining.remaining_after(clock.running_from, at, calendar)
    return dataclasses.replace(clock, remaining=left, running_from=None, due_at=None, paused_at=at)


def resumed(clock: ClockState, at: datetime, calendar: WorkingCalendar) -> ClockState:
    """The clock running again with what was left."""
    assert clock.paused_at is not None
    return dataclasses.replace(
        clock,
        running_from=at,
        due_at=clock.remaining.due(at, calendar),
        paused_at=None,
        pauses=(*clock.pauses, (clock.paused_at, at)),
    )


def stopped(clock: ClockState, at: datetime, act: str) -> ClockState:
    """The clock at its end; its due moment stays readable so that punctuality can be told later."""
    return dataclasses.replace(clock, stopped_at=at, stopped_by=act)


def moved(
    process: ProcessType, state: CaseState, act: str, stage: str, at: datetime, calendar: WorkingCalendar
) -> dict[str, ClockState]:
    """All clocks after `act` has led to `stage`: stops first, then pauses, then starts."""
    clocks = dict(state.clocks)
    done = process.stages[stage].kind == "done"
    entered = stage != state.stage or bool(act and act in process.actions and process.actions[act].to)
    for code, spec in process.all_clocks.items():
        clock = clocks.get(code)
        live = clock if clock is not None and clock.stopped_at is None else None
        leaves_review = bool(spec.review_of) and entered
        if live is not None and (done or act in spec.stops or leaves_review):
            clocks[code] = live = stopped(live, at, act)
            live = None
        if not done and (act in spec.starts or (spec.review_of == stage and entered)):
            clocks[code] = live = started(spec, at, act, calendar)
        if live is None:
            continue
        stands = stage in spec.pauses
        if stands and live.paused_at is None:
            clocks[code] = paused(live, at, calendar)
        elif not stands and live.paused_at is not None:
            clocks[code] = resumed(live, at, calendar)
    return clocks


def _span(begin: datetime, end: datetime, natural: bool, calendar: WorkingCalendar) -> timedelta:
    return end - begin if natural else calendar.working_time_between(begin, end)


def mark_moment(clock: ClockState, spec: ClockSpec, percent: int, calendar: WorkingCalendar) -> datetime:
    """When a share of the whole term has passed, given all pauses so far.

    Shares are counted back from (or beyond) the present due moment, so a pause moves every mark still to come along
    with the due moment.
    """
    assert clock.running_from is not None
    assert clock.due_at is not None
    share, begin, due = Fraction(percent, 100), clock.running_from, clock.due_at
    if share == 1:
        return due
    natural = not Term.parse(spec.term).counts_working_time
    whole = _span(clock.started_at, clock.first_due, natural, calendar)
    unpaused = (begin, due) == (clock.started_at, clock.first_due)
    rest = whole if unpaused else _span(begin, due, natural, calendar) if due > begin else timedelta()
    if not whole or not rest:
        return _beyond(due, whole, share, natural, calendar) if share > 1 else due
    piece = 1 - (1 - share) * Fraction(whole // _TICK, rest // _TICK)
    return mark_at(begin, due, max(piece, Fraction(0)), calendar, natural=natural)


def _beyond(due: datetime, whole: timedelta, share: Fraction, natural: bool, calendar: WorkingCalendar) -> datetime:
    """A mark behind a due moment that had passed before the last pause began."""
    late = share - 1
    extra = _TICK * (whole // _TICK * late.numerator // late.denominator)
    return due + extra if natural else calendar.add_working_time(due, extra)


def _coming(process: ProcessType, clocks: Mapping[str, ClockState], calendar: WorkingCalendar) -> Iterator[NextMark]:
    for code, spec in process.all_clocks.items():
        clock = clocks.get(code)
        if clock is None or clock.status != "running" or clock.due_at is None:
            continue
        waiting = [mark for mark in spec.marks if mark_key(mark.percent, mark.verb, mark.argument) not in clock.fired]
        # A larger share never passes before a smaller one, so only the smallest has to be found in the calendar.
        first = min((mark.percent for mark in waiting), default=0)
        moment = mark_moment(clock, spec, first, calendar) if waiting else clock.due_at
        yield from (NextMark(moment, code, first, one.verb, one.argument) for one in waiting if one.percent == first)
        action = process.clock_actions.get(code)
        if action is not None:
            yield NextMark(clock.due_at, code, 100, "act", action.code)


def next_mark(
    process: ProcessType, clocks: Mapping[str, ClockState], stage: str, calendar: WorkingCalendar
) -> NextMark | None:
    """The first thing that a running clock will do, or None; an action is due only in a stage it begins in."""
    coming = [
        mark
        for mark in _coming(process, clocks, calendar)
        if mark.verb != "act" or stage in process.actions[mark.argument].from_
    ]
    return min(coming, key=lambda mark: (mark.at, mark.verb == "act", mark.percent, mark.clock), default=None)


def mark_key(percent: int, verb: str, argument: str) -> str:
    """How a fired mark is remembered."""
    return f"{percent}% {verb} {argument}".strip()


def earliest_due(clocks: Mapping[str, ClockState]) -> tuple[datetime | None, str]:
    """The earliest due moment of all running clocks, and the clock it belongs to."""
    running = [(clock.due_at, code) for code, clock in clocks.items() if clock.status == "running" and clock.due_at]
    return min(running, default=(None, ""))
