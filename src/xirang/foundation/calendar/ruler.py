"""The working-day ruler: one cell per day from start to due, saying which days count and why others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xirang.foundation.calendar.days import DayKind
from xirang.foundation.calendar.working import WorkingCalendar, local_date

_DAY = timedelta(days=1)
Pause = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class RulerDay:
    """One cell: `counted_index` numbers the working days that count, None where a day does not count."""

    date: date
    kind: DayKind
    name: str
    name_en: str
    counted_index: int | None
    is_start: bool
    is_today: bool
    is_due: bool
    is_paused: bool
    covered: bool


def _is_paused(day: date, pauses: Sequence[Pause]) -> bool:
    """Say whether a day is lost to a pause: the days after the pause up to and including the day of resuming."""
    return any(local_date(a) < day and (b is None or day <= local_date(b)) for a, b in pauses)


def ruler(
    calendar: WorkingCalendar,
    start: datetime,
    due: datetime,
    today: date,
    *,
    pauses: Sequence[Pause] = (),
    after: int = 1,
    late: int = 14,
) -> list[RulerDay]:
    """Return the cells from the day of `start` to the day of `due` and `after` days more.

    Working days after the start up to the due day are numbered, those within `pauses` (from, to or still open) are
    not. An overdue ruler grows with today, by at most `late` days. The list of a long term is long: pages cut it.
    """
    first, due_day = local_date(start), local_date(due)
    last = max(due_day + _DAY * after, min(today, due_day + _DAY * late), first)
    cells, counted = [], 0
    for offset in range((last - first).days + 1):
        day = first + _DAY * offset
        paused = _is_paused(day, pauses)
        counts = first < day <= due_day and not paused and calendar.is_workday(day)
        counted += counts
        kind, name = calendar.day_name(day)
        cells.append(
            RulerDay(
                date=day,
                kind=kind,
                name=name,
                name_en=calendar.day_name(day, "en")[1],
                counted_index=counted if counts else None,
                is_start=day == first,
                is_today=day == today,
                is_due=day == due_day,
                is_paused=paused,
                covered=calendar.covered(day),
            )
        )
    return cells
