"""The month itself: a queue of moments, each a step of somebody or of a clock, taken in order of time."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from xirang.foundation.calendar import WorkingCalendar
from xirang.foundation.errors import XirangError
from xirang.project.demo.living import Life, StrayedError
from xirang.project.simulate.arrivals import Arrival


@dataclass(slots=True)
class Month:
    """What has happened so far."""

    total: int
    opened: dict[UUID, Arrival] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    at: datetime | None = None


@dataclass(order=True, slots=True)
class _Moment:
    at: datetime
    order: int
    arrival: Arrival = field(compare=False)
    case_id: UUID | None = field(default=None, compare=False)
    step: int = field(default=-1, compare=False)  # -1 opens the case, -2 is a clock's own moment.


CLOCK = -2


def live(life: Life, found: list[Arrival], until: datetime, progress: Callable[[Month], None]) -> Month:
    """Let all arrivals happen up to `until`, every step a command at its own moment.

    A step that the process refuses ends the story of its case and is counted: simulating must not bend any rule.
    """
    month, calendar = Month(len(found)), WorkingCalendar()
    queue = [_Moment(arrival.at, number, arrival) for number, arrival in enumerate(found)]
    heapq.heapify(queue)
    order = len(queue)
    while queue and queue[0].at <= until:
        moment = heapq.heappop(queue)
        month.at = moment.at
        for following in _happen(life, month, moment, calendar):
            following.order = order = order + 1
            heapq.heappush(queue, following)
        progress(month)
    return month


def _happen(life: Life, month: Month, moment: _Moment, calendar: WorkingCalendar) -> list[_Moment]:
    """Do what is due at a moment; returns the moments that follow from it."""
    following = []
    case_id, step = moment.case_id, moment.step
    try:
        if step == CLOCK:
            assert case_id is not None
            due = life.case(case_id).next_mark_at
            if due is None or due > moment.at:
                return []
            life.run_clocks(case_id, moment.at)
            month.steps["clock"] += 1
        elif case_id is None:
            case_id = life.open(moment.arrival.request, moment.at)
            month.opened[case_id] = moment.arrival
            month.steps["open"] += 1
        else:
            what = moment.arrival.steps[step]
            life.act(case_id, what.who, what.action, what.answers, moment.at)
            month.steps[what.action] += 1
    except (XirangError, StrayedError) as error:
        month.refused[getattr(error, "code", "nobody")] += 1
        step = len(moment.arrival.steps)
    if case_id is None:
        return []
    if step != CLOCK and step + 1 < len(moment.arrival.steps):
        what = moment.arrival.steps[step + 1]
        at = moment.at + what.after if what.natural else calendar.add_working_time(moment.at, what.after)
        following.append(_Moment(at, 0, moment.arrival, case_id, step + 1))
    due = life.case(case_id).next_mark_at
    if due is not None:
        following.append(_Moment(max(due, moment.at), 0, moment.arrival, case_id, CLOCK))
    return following
