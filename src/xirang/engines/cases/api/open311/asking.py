"""Reads what a caller asks for: numbers, codes, a span of at most ninety days, a status, a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from xirang.engines.cases.queries.published import MOST_ROWS
from xirang.foundation.errors import InvalidError

LONGEST = timedelta(days=90)
MOST_NUMBERS = 200
_SECOND = timedelta(seconds=1)


class BadParameterError(InvalidError):
    """A parameter that cannot be read; the sentence names it."""

    code = "bad_parameter"

    def __init__(self, name: str, zh: str, en: str) -> None:
        super().__init__(zh=f"{{parameter}}：{zh}", en=f"{{parameter}}: {en}", parameter=name[:80])


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` to `until`, both included."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What GET requests asks for. `numbers` overrides everything else; `closed` None means both."""

    numbers: tuple[str, ...]
    codes: tuple[str, ...]
    span: Span
    closed: bool | None
    begin: int
    end: int


def wanted_of(query: Mapping[str, str], now: datetime) -> Wanted:
    """Read the parameters of GET requests; BadParameterError names the first that is wrong."""
    numbers = listed(query.get("service_request_id", ""))
    if len(numbers) > MOST_NUMBERS:
        raise BadParameterError(
            "service_request_id", f"一次最多 {MOST_NUMBERS} 个编号。", f"at most {MOST_NUMBERS} at once."
        )
    if numbers:  # The book: these override all other arguments, so a spoilt date beside them does no harm.
        return Wanted(numbers, (), Span(now, now), None, 0, MOST_ROWS)
    begin, end = _rows(query)
    return Wanted((), listed(query.get("service_code", "")), span_of(query, now), _closed(query), begin, end)


def listed(text: str) -> tuple[str, ...]:
    """The parts of a comma list, each once, without blanks."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def span_of(query: Mapping[str, str], now: datetime) -> Span:
    """start_date to end_date; the missing side is ninety days away, or now."""
    since, until = moment_of("start_date", query), moment_of("end_date", query)
    if since is None:
        until = until or now + _SECOND
        since = _shifted(until, -LONGEST)
    elif until is None:
        until = min(_shifted(since, LONGEST), max(now + _SECOND, since))
    if until < since:
        raise BadParameterError("end_date", "结束时间早于开始时间。", "the end lies before the start.")
    # The book counts whole days; a client that names both ends of day one and day ninety is within it.
    if until - since > LONGEST + timedelta(days=1) - _SECOND:
        raise BadParameterError("end_date", "时间跨度最多 90 天，请分段查询。", "the span may not exceed 90 days.")
    return Span(since, until)


def moment_of(name: str, query: Mapping[str, str]) -> datetime | None:
    """A moment in W3C form; without an offset it is taken as the district's time."""
    text = query.get(name, "").strip()
    if not text:
        return None
    # A plus sign that was not escaped arrives as a blank.
    text = re.sub(r" (?=\d\d:?\d\d$)", "+", text)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            last = time(23, 59, 59) if name == "end_date" else time()
            found = datetime.combine(datetime.fromisoformat(text).date(), last)
        else:
            found = datetime.fromisoformat(text)
        found = timezone.make_aware(found) if found.tzinfo is None else found
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadParameterError(
            name, "应形如 2026-09-30T00:00:00Z。", "should look like 2026-09-30T00:00:00Z."
        ) from error


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if by < timedelta() else datetime.max.replace(tzinfo=UTC)


def _closed(query: Mapping[str, str]) -> bool | None:
    asked = set(listed(query.get("status", "").lower()))
    if asked - {"open", "closed"}:
        raise BadParameterError("status", "只能是 open 或 closed。", "must be open or closed.")
    return None if len(asked) != 1 else asked == {"closed"}


def _rows(query: Mapping[str, str]) -> tuple[int, int]:
    """The rows of a page among the thousand that one query may give; what lies beyond is reached by end_date."""
    number, size = _whole("page", query, 1), _whole("page_size", query, MOST_ROWS)
    size = min(size, MOST_ROWS)
    begin = (number - 1) * size
    return min(begin, MOST_ROWS), min(begin + size, MOST_ROWS)


def _whole(name: str, query: Mapping[str, str], otherwise: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < 1:
        raise BadParameterError(name, "应为正整数。", "must be a whole number above zero.")
    return int(text)
