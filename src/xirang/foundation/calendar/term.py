"""Terms such as “5 workdays” or “12 hours”: when they end, what a pause leaves of them, where their marks fall."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from xirang.foundation.calendar.working import WorkingCalendar, local_date

Unit = Literal["workday", "day", "hour", "workhour"]
_SHAPE = re.compile(r"([1-9][0-9]{0,4})\s+(workday|day|hour|workhour)s?")
_LONGEST: dict[Unit, int] = {"workday": 2_500, "day": 3_660, "hour": 87_840, "workhour": 20_000}
_NATURAL: dict[str, timedelta] = {"day": timedelta(days=1), "hour": timedelta(hours=1), "workhour": timedelta(hours=1)}
_TICK = timedelta(microseconds=1)


class TermError(ValueError):
    """A text that is no term; `zh` and `en` say what is expected."""

    def __init__(self, text: str) -> None:
        self.zh = (
            f"“{text[:40]}”不是时限。请写数量加单位，例如 5 workdays、4 workhours、10 days、12 hours，数量不超过十年。"
        )
        self.en = (
            f"“{text[:40]}” is no term. Write a number and a unit, for example 5 workdays, 4 workhours, 10 days or "
            "12 hours, of ten years at most."
        )
        super().__init__(self.en)


def scaled(span: timedelta, share: Fraction) -> timedelta:
    """Return an exact share of a span, cut to whole microseconds."""
    return _TICK * (span // _TICK * share.numerator // share.denominator)


@dataclass(frozen=True)
class Term:
    """An amount of time in one unit.

    `workday` ends at the close of office of the n-th working day after the start; `workhour` counts office hours;
    `day` (24 hours) and `hour` run on through nights and holidays. What is left after a pause may be a fraction. A
    term that had already run out when it was paused keeps its old end in `ran_out_at`, so that a pause can never make
    an overdue case punctual again.
    """

    amount: int | Fraction
    unit: Unit
    ran_out_at: datetime | None = None
    paused_on: date | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.unit not in _LONGEST or not 0 <= self.amount <= _LONGEST[self.unit]:
            raise TermError(f"{self.amount} {self.unit}")
        if self.unit == "workday" and self.amount != int(self.amount):
            raise TermError(f"{self.amount} {self.unit}")
        if isinstance(self.amount, Fraction) and self.amount.denominator == 1:
            object.__setattr__(self, "amount", int(self.amount))

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read "1 workday", "5 workdays", "10 days", "12 hours" or "4 workhours"; TermError for anything else."""
        match = _SHAPE.fullmatch(text.strip()) if isinstance(text, str) else None
        unit = next((known for known in _LONGEST if match and known == match[2]), None)
        if match is None or unit is None or int(match[1]) > _LONGEST[unit]:
            raise TermError(str(text))
        return cls(int(match[1]), unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    @property
    def counts_working_time(self) -> bool:
        """Say whether the term stands still outside office hours."""
        return self.unit in ("workday", "workhour")

    def _span(self) -> timedelta:
        return scaled(_NATURAL[self.unit], Fraction(self.amount))

    def due(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """Return the moment (UTC) at which the term ends when it runs from `start` without a pause."""
        if self.ran_out_at is not None:
            return self.ran_out_at
        if self.unit == "workday":
            return self._due_workday(start, calendar)
        if self.unit == "workhour":
            return calendar.add_working_time(start, self._span())
        if start.tzinfo is None:
            raise ValueError("the calendar needs aware datetimes")
        return start.astimezone(UTC) + self._span()

    def _due_workday(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        due = calendar.add_workdays(start, int(self.amount))
        # What was paused on its last day and taken up after hours of a later day would be overdue at once: it gets
        # the next working day. Taken up on the day of the pause it ends as if there had been none.
        if self.amount == 0 and start > due and local_date(start) != self.paused_on:
            due = calendar.add_workdays(start, 1)
        return due

    def remaining_after(self, start: datetime, paused_at: datetime, calendar: WorkingCalendar) -> Term:
        """Return what is left of a term that runs from `start` when it is paused at `paused_at`.

        For working days the day of the pause is used up: pausing and resuming on one day shifts nothing, pausing on
        Friday and resuming on Monday shifts by one working day. ValueError when the pause lies before the start.
        """
        if paused_at < start:
            raise ValueError("a term cannot be paused before it starts")
        due, day = self.due(start, calendar), local_date(paused_at)
        if paused_at > due:
            return Term(self.amount, self.unit, ran_out_at=due)
        if self.unit == "workday":
            return Term(calendar.workdays_between(day, local_date(due)), self.unit, paused_on=day)
        used_up = calendar.working_time_between if self.unit == "workhour" else _natural_time_between
        return Term(Fraction(used_up(paused_at, due) // _TICK, _NATURAL[self.unit] // _TICK), self.unit)

    def mark_at(self, start: datetime, due: datetime, share: Fraction, calendar: WorkingCalendar) -> datetime:
        """Return the moment at which a share of this term has passed; see the function `mark_at`."""
        return mark_at(start, due, share, calendar, natural=not self.counts_working_time)


def _natural_time_between(a: datetime, b: datetime) -> timedelta:
    return b - a


def mark_at(
    start: datetime, due: datetime, fraction: Fraction, calendar: WorkingCalendar, *, natural: bool = False
) -> datetime:
    """Return the moment (UTC) at which `fraction` of the time between `start` and `due` has passed.

    Working time is counted, or all time when `natural` (terms in days and hours). The whole is exactly `due`; a share
    beyond it (150 %) runs on after `due`. Where no working time lies between the two, all time is counted. ValueError
    for a negative share or a due moment before the start.
    """
    if fraction < 0 or due < start:
        raise ValueError("a mark needs a share of zero or more and a due moment after the start")
    start, due = start.astimezone(UTC), due.astimezone(UTC)
    if fraction == 1:
        return due
    beyond = fraction > 1
    begin, share = (due, Fraction(fraction) - 1) if beyond else (start, Fraction(fraction))
    whole = due - start if natural else calendar.working_time_between(start, due)
    if natural or not whole:
        return begin + scaled(due - start, share)
    return calendar.add_working_time(begin, scaled(whole, share))
