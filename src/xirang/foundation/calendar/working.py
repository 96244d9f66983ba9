"""The working calendar: which days are worked, from when to when, and arithmetic on working time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from xirang.foundation.calendar.days import WEEKEND, DayKind, festival, published, published_until
from xirang.foundation.language import is_english

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NO_TIME = timedelta()
# A term longer than this is a slip of the keyboard, and a search over days must end.
LONGEST_DAYS = 20_000


def local_date(moment: datetime) -> date:
    """Return the day in China on which an aware moment falls; ValueError for a naive one."""
    return _aware(moment).astimezone(SHANGHAI).date()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("the calendar needs aware datetimes")
    return moment


@dataclass(frozen=True)
class WorkingCalendar:
    """Office days and hours of one district; immutable, cheap to keep, safe to share between threads.

    `opens`, `closes` and the optional `lunch` (from, to) are times of day in China. `extra_rest` and `extra_work` map
    dates to a Chinese name and prevail over the published arrangement; `covered_until` lets a district that has
    entered a whole later year by hand vouch for it. All moments going in are aware, all coming out are UTC.
    """

    opens: time = time(9, 0)
    closes: time = time(17, 0)
    lunch: tuple[time, time] | None = None
    extra_rest: Mapping[date, str] = field(default_factory=dict)
    extra_work: Mapping[date, str] = field(default_factory=dict)
    covered_until: date | None = None
    _known: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise ValueError("the office must open before it closes")
        if self.lunch and not self.opens < self.lunch[0] < self.lunch[1] < self.closes:
            raise ValueError("the lunch break must lie within office hours")
        both = set(self.extra_rest) & set(self.extra_work)
        if both:
            raise ValueError(f"{min(both)} is declared both as a rest day and as a working day")
        object.__setattr__(self, "extra_rest", MappingProxyType(dict(self.extra_rest)))
        object.__setattr__(self, "extra_work", MappingProxyType(dict(self.extra_work)))

    # ------------------------------------------------------------ days

    def known_until(self) -> date:
        """Return the last day for which holidays are known; later days are taken as Monday to Friday."""
        return max(published_until(), self.covered_until) if self.covered_until else published_until()

    def covered(self, day: date) -> bool:
        """Say whether the arrangement of this day is published (or entered); pages mark days that are not."""
        declared = day in self.extra_rest or day in self.extra_work
        return declared or date(published().first_year, 1, 1) <= day <= self.known_until()

    def _describe(self, day: date) -> tuple[DayKind, str, str]:
        """Return kind, Chinese and English name of a day."""
        source = published()
        if day in self.extra_work:
            return DayKind.MAKEUP, self.extra_work[day], self.extra_work[day]
        if day in self.extra_rest:
            return DayKind.HOLIDAY, self.extra_rest[day], self.extra_rest[day]
        if day in source.makeups:
            zh, en = festival(source.makeups[day])
            return DayKind.MAKEUP, f"{zh}调休", f"Make-up day for {en}"
        if day in source.holidays:
            return DayKind.HOLIDAY, *festival(source.holidays[day])
        return (DayKind.WORKDAY, "", "") if day.weekday() < 5 else (DayKind.REST, *WEEKEND)

    def day_name(self, day: date, language: str = "zh") -> tuple[DayKind, str]:
        """Return the kind of a day and its name in "zh" or "en", such as (HOLIDAY, "中秋节").

        An ordinary working day has no name. Days of a holiday are all called by its festival, also the weekend days
        and the days in lieu that belong to it.
        """
        kind, zh, en = self._describe(day)
        return kind, en if is_english(language) else zh

    def is_workday(self, day: date) -> bool:
        """Say whether the office works on this day."""
        return self._describe(day)[0] in (DayKind.WORKDAY, DayKind.MAKEUP)

    def workdays_between(self, a: date, b: date) -> int:
        """Count the working days after `a` up to and including `b`; negative when `b` lies before `a`."""
        if b < a:
            return -self.workdays_between(b, a)
        return sum(bool(self._sessions(a + _DAY * n)) for n in range(1, (b - a).days + 1))

    def workday_after(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`; n = 0 gives `day` itself or the next working day.

        Negative n counts back: -1 is the last working day before `day`. ValueError beyond ±20,000.
        """
        if abs(n) > LONGEST_DAYS:
            raise ValueError(f"a calendar does not count more than {LONGEST_DAYS} working days")
        if n == 0 and self.is_workday(day):
            return day
        step, missing = (-_DAY if n < 0 else _DAY), max(abs(n), 1)
        while missing:
            day += step
            missing -= self.is_workday(day)
        return day

    # ------------------------------------------------------------ hours

    def opening(self, day: date) -> datetime:
        """Return the moment (UTC) at which office hours of a day begin, whether it is worked or not."""
        return datetime.combine(day, self.opens, SHANGHAI).astimezone(UTC)

    def closing(self, day: date) -> datetime:
        """Return the moment (UTC) at which office hours of a day end, whether it is worked or not."""
        return datetime.combine(day, self.closes, SHANGHAI).astimezone(UTC)

    def _sessions(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the stretches of office time of a day, none on a day of rest; a calendar keeps what it found."""
        found = self._known.get(day)
        if found is None:
            if len(self._known) >= LONGEST_DAYS:
                self._known.clear()
            found = self._known[day] = self._find_sessions(day)
        return found

    def _find_sessions(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        if not self.is_workday(day):
            return ()
        if self.lunch is None:
            return ((self.opening(day), self.closing(day)),)
        out, back = (datetime.combine(day, moment, SHANGHAI).astimezone(UTC) for moment in self.lunch)
        return ((self.opening(day), out), (back, self.closing(day)))

    def day_length(self) -> timedelta:
        """Return the working time of one full day."""
        anchor = date(2026, 9, 18)
        whole = datetime.combine(anchor, self.closes) - datetime.combine(anchor, self.opens)
        if self.lunch is None:
            return whole
        return whole - (datetime.combine(anchor, self.lunch[1]) - datetime.combine(anchor, self.lunch[0]))

    def is_working_time(self, moment: datetime) -> bool:
        """Say whether the office is open at this moment; the closing moment itself is outside."""
        return any(begin <= moment < end for begin, end in self._sessions(local_date(moment)))

    def add_workdays(self, start: datetime, n: int) -> datetime:
        """Return the close of office of the n-th working day after the day of `start`.

        The day of the start does not count. n = 0 gives the close of that day, or of the next working day when it is
        a day of rest.
        """
        return self.closing(self.workday_after(local_date(start), n))

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Return the office time between two moments, exactly; negative when `b` lies before `a`."""
        if b < a:
            return -self.working_time_between(b, a)
        first, last = local_date(a), local_date(b)
        if first == last:
            return self._within(first, a, b)
        full_days = self.workdays_between(first, last - _DAY)
        return self._within(first, a, b) + self.day_length() * full_days + self._within(last, a, b)

    def _within(self, day: date, a: datetime, b: datetime) -> timedelta:
        """Return the office time of one day that lies between two moments."""
        return sum((max(_NO_TIME, min(b, end) - max(a, begin)) for begin, end in self._sessions(day)), _NO_TIME)

    def working_minutes_between(self, a: datetime, b: datetime) -> int:
        """Return the whole minutes of office time between two moments, rounded towards zero."""
        span = self.working_time_between(a, b)
        return span // _MINUTE if span >= _NO_TIME else -(-span // _MINUTE)

    def _forward(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of office time from `start` on, the first one cut at `start`."""
        first = local_date(start)
        for n in range(LONGEST_DAYS * 2):
            for begin, end in self._sessions(first + _DAY * n):
                if end > start:
                    yield max(begin, start), end
        raise ValueError("the amount of working time is too large")

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the first moment by which `amount` of office time has passed since `start`.

        Nothing added gives `start` itself, even outside office hours; a full day ends at the close of office and not
        at the next opening. ValueError for a negative amount.
        """
        if amount < _NO_TIME:
            raise ValueError("working time is added, not taken away")
        moment = _aware(start).astimezone(UTC)
        if amount == _NO_TIME:
            return moment
        for begin, end in self._forward(moment):
            if amount <= end - begin:
                return begin + amount
            amount -= end - begin
        raise AssertionError("office time never ends")

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """Return the first moment by which so many minutes of office time have passed since `start`."""
        return self.add_working_time(start, _MINUTE * minutes)
