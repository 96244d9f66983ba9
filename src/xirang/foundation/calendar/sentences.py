"""Sentences about terms, as an official would write them, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from xirang.foundation.calendar.days import DayKind
from xirang.foundation.calendar.term import Term
from xirang.foundation.calendar.working import SHANGHAI, WorkingCalendar, local_date
from xirang.foundation.language import is_english

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZH_UNITS = {"workday": "个工作日", "day": "天", "hour": "小时", "workhour": "个工作小时"}
_EN_UNITS = {"workday": "working day", "day": "day", "hour": "hour", "workhour": "working hour"}


def _plural(amount: int, noun: str) -> str:
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


def _day(day: date, year: int, *, english: bool) -> str:
    """Write a day; the year appears where it differs from the one the reader has in mind."""
    if english:
        return f"{day.day} {_MONTHS[day.month - 1]}" + ("" if day.year == year else f" {day.year}")
    return ("" if day.year == year else f"{day.year} 年 ") + f"{day.month} 月 {day.day} 日"


def _moment(moment: datetime, year: int, *, english: bool) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{_day(local.date(), year, english=english)} {local:%H:%M}"


def _amount(term: Term, *, english: bool) -> str:
    """Write the amount of a term; what a pause has left is given in whole units and minutes."""
    whole, rest = int(term.amount), Fraction(term.amount) % 1
    unit = _plural(whole, _EN_UNITS[term.unit]) if english else f"{whole} {_ZH_UNITS[term.unit]}"
    if not rest:
        return unit
    minutes = int(rest * (24 * 60 if term.unit == "day" else 60))
    return f"{unit} {_plural(minutes, 'minute')}" if english else f"{unit} {minutes} 分钟"


def _runs(calendar: WorkingCalendar, kind: DayKind, first: date, last: date) -> Iterator[tuple[date, date, date]]:
    """Yield (from, to, from) of neighbouring days of one kind and name between two days, both included."""
    begin: date | None = None
    for offset in range((last - first).days + 2):
        day = first + _DAY * offset
        inside = day <= last and calendar.day_name(day)[0] == kind
        same = begin is not None and inside and calendar.day_name(day) == calendar.day_name(begin)
        if begin is not None and not same:
            yield begin, day - _DAY, begin
            begin = None
        if inside and begin is None:
            begin = day


def _span(begin: date, end: date, year: int, *, english: bool) -> str:
    if begin == end:
        return _day(begin, year, english=english)
    if english:
        return f"{_day(begin, year, english=True)} to {_day(end, year, english=True)}"
    same_month = (begin.year, begin.month) == (end.year, end.month)
    return f"{_day(begin, year, english=False)}至 " + (
        f"{end.day} 日" if same_month else _day(end, year, english=False)
    )


def _makeups(calendar: WorkingCalendar, first: date, last: date, *, english: bool) -> str:
    days = [first + _DAY * n for n in range((last - first).days + 1)]
    worked = [_day(day, first.year, english=english) for day in days if calendar.day_name(day)[0] == DayKind.MAKEUP]
    if not worked:
        return ""
    if english:
        return f", counting the make-up working day{'s' if len(worked) > 1 else ''} {', '.join(worked)}"
    return f"，含 {'、'.join(worked)}调休上班"


def _holidays(calendar: WorkingCalendar, first: date, last: date, *, english: bool) -> str:
    language = "en" if english else "zh"
    parts = []
    for begin, end, named in _runs(calendar, DayKind.HOLIDAY, first, last):
        span, name = _span(begin, end, first.year, english=english), calendar.day_name(named, language)[1]
        parts.append(f"{name} ({span})" if english else f"{span}{name}放假")
    if not parts:
        return ""
    return f", without {', '.join(parts)}" if english else f"，{'、'.join(parts)}不计"


def _counting(term: Term, start: datetime, due: datetime, calendar: WorkingCalendar, *, english: bool) -> str:
    """Say from when the term counts and what it counts."""
    first, last = local_date(start), local_date(due)
    if term.unit == "workday":
        after = _day(first, first.year, english=english)
        lead = f"counted from the day after {after}" if english else f"自 {after}次日起算"
        first += _DAY
    else:
        moment = _moment(start, first.year, english=english)
        lead = f"counted from {moment}" if english else f"自 {moment} 起算"
    if not term.counts_working_time:
        return f"{lead}, nights and holidays included" if english else f"{lead}，节假日不扣除"
    if term.unit == "workhour":
        hours = f"{calendar.opens:%H:%M}–{calendar.closes:%H:%M}"
        lead += f", office hours only ({hours})" if english else f"，只计上班时间（{hours}）"
    return lead + _makeups(calendar, first, last, english=english) + _holidays(calendar, first, last, english=english)


def _uncovered(term: Term, due: datetime, calendar: WorkingCalendar, *, english: bool) -> str:
    """Say that the holidays of a later year are not yet published, where they could move the end."""
    day = local_date(due)
    if not term.counts_working_time or calendar.covered(day):
        return ""
    if english:
        return f" The holidays of {day.year} are not known to this system yet; Monday to Friday are counted."
    return f"{day.year} 年放假安排尚未录入，暂按周一至周五计算。"


def term_sentence(term: Term, start: datetime, due: datetime, calendar: WorkingCalendar, language: str = "zh") -> str:
    """Return one sentence that explains an end, e.g.
    “5 个工作日，自 9 月 18 日次日起算，含 9 月 20 日调休上班；截止 9 月 24 日 17:00。”

    Where `due` differs from the term's own end (a pause, an extension) the sentence gives both.
    """
    english = is_english(language)
    year, own = local_date(start).year, term.due(start, calendar)
    head = _amount(term, english=english)
    counting = _counting(term, start, own, calendar, english=english)
    planned, actual = _moment(own, year, english=english), _moment(due, year, english=english)
    if own == due:
        end = f"; due {actual}." if english else f"；截止 {actual}。"
    else:
        end = f"; first due {planned}, now due {actual}." if english else f"；原定 {planned} 截止，现为 {actual}。"
    joint = ", " if english else "，"
    return f"{head}{joint}{counting}{end}{_uncovered(term, due, calendar, english=english)}"


def _measure(span: timedelta, day_length: timedelta, *, working: bool, english: bool) -> str:
    """Write a span in days and hours, below one hour in minutes, below one minute so."""
    days, rest = divmod(span, day_length)
    hours, minutes = rest // _HOUR, rest % _HOUR // _MINUTE
    day_noun = "working day" if working else "day"
    if english:
        parts = [_plural(days, day_noun)] * bool(days) + [_plural(hours, "hour")] * bool(hours)
        if not parts and minutes:
            parts = [_plural(minutes, "minute")]
        return " and ".join(parts) or "less than a minute"
    zh_day = f"{days} 个工作日" if working else f"{days} 天"
    parts = [zh_day] * bool(days) + [f"{hours} 小时"] * bool(hours)
    if not parts and minutes:
        parts = [f"{minutes} 分钟"]
    return "又 ".join(parts) or "不到 1 分钟"


def remaining_sentence(
    due: datetime, now: datetime, calendar: WorkingCalendar, *, natural: bool = False, language: str = "zh"
) -> str:
    """Return “还剩 1 个工作日又 5 小时” or, past the end, “已超 2 小时”.

    Working time is measured, or all time when `natural`. Where no office time lies between the two moments (a night
    before the end, a weekend after it) all time is given.
    """
    english, late = is_english(language), now > due
    a, b = (due, now) if late else (now, due)
    span = timedelta() if natural else calendar.working_time_between(a, b)
    working = bool(span)
    text = _measure(
        span if working else b - a, calendar.day_length() if working else _DAY, working=working, english=english
    )
    if english:
        return f"{text} overdue" if late else f"{text} left"
    gap = " " if text[0].isdigit() else ""
    return f"{'已超' if late else '还剩'}{gap}{text}"
