"""Values of the expression language: months, exact ratios, and the check that a value fits its declared type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial

from xirang.foundation.expressions.errors import ExpressionError, error
from xirang.foundation.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    INT,
    MONTH,
    RATE,
    SCORE,
    TEXT,
    UNROUNDED_FEN,
    Code,
    ListOf,
    OptionalOf,
    Quantity,
    Record,
    Type,
    words_for,
)

LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Clock time in China; without summer time since 1992, so a fixed offset is exact and needs no time zone files."""

MAX_MAGNITUDE = 10**18
MAX_TEXT_VALUE = 20_000
MAX_ITEMS = 10_000
_RATE_TEXT = re.compile(r"(-?[0-9]{1,18})(?:/([0-9]{1,18}))?")
_MONTH_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")


@dataclass(frozen=True, order=True)
class YearMonth:
    """A calendar month, the value of type `month`; ordered in time."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def parse(cls, text: str) -> YearMonth:
        """Read "2026-07"; ValueError for anything else."""
        match = _MONTH_TEXT.fullmatch(text)
        if not match:
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def local_date(moment: date | datetime) -> date:
    """The date on the wall calendar in China."""
    return moment.astimezone(LOCAL).date() if isinstance(moment, datetime) else moment


def as_number(value: object) -> int | Fraction:
    """A value that a checked rule knows to be a number; TypeError when it is not."""
    if isinstance(value, int | Fraction):
        return value
    raise TypeError(f"a number was promised, not {type(value).__name__}")


def as_text(value: object) -> str:
    """A value that a checked rule knows to be a text or a code; TypeError when it is not."""
    if isinstance(value, str):
        return value
    raise TypeError(f"a text was promised, not {type(value).__name__}")


def as_items(value: object) -> tuple[object, ...]:
    """A value that a checked rule knows to be a list; TypeError when it is not."""
    if isinstance(value, tuple):
        return value
    raise TypeError(f"a list was promised, not {type(value).__name__}")


def value_from_text(kind: Type, text: str) -> object:
    """Read a value as declarations write it: "5/100" for a rate, "2026-07" for a month, dates in ISO form,
    "true" and "false".

    Clock time without a zone is Chinese time. Raises ExpressionError (`value_wrong`) when the text does not fit.
    """
    try:
        raw = _parse(kind.inner if isinstance(kind, OptionalOf) else kind, text)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise _wrong(text, kind, text, 0, len(text)) from None
    return checked_value(kind, raw, text)


def _parse(kind: Type, text: str) -> object:
    if kind in (INT, FEN, RATE, SCORE) or isinstance(kind, Quantity):
        match = _RATE_TEXT.fullmatch(text)
        if not match or (kind in (INT, FEN) and match[2]):
            raise ValueError(text)
        return Fraction(int(match[1]), int(match[2])) if match[2] else int(match[1])
    if kind == MONTH:
        return YearMonth.parse(text)
    if kind == DATE and _DATE_TEXT.fullmatch(text):
        return date.fromisoformat(text)
    if kind == DATETIME and _DATETIME_TEXT.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
    if kind == TEXT or isinstance(kind, Code):
        return text
    if kind == BOOL and text in ("true", "True", "false", "False"):
        return text in ("true", "True")
    raise ValueError(text)


def checked_value(kind: Type, value: object, name: str, start: int = 0, end: int | None = None) -> object:
    """The value in its exact form (int, Fraction, date, YearMonth, str, tuple), or ExpressionError naming `name`."""
    end = start + len(name) if end is None else end
    if isinstance(kind, OptionalOf):
        return None if value is None else checked_value(kind.inner, value, name, start, end)
    if value is None:
        raise error(
            "value_missing", start, end, expected=str(kind), found="None", name=name, expected_word=words_for(kind)
        )
    if isinstance(value, float):
        raise error("value_float", start, end, expected=str(kind), found="float", name=name)
    if isinstance(kind, ListOf):
        return _checked_list(kind, value, name, start, end)
    try:
        exact = _exact_form(kind)(value)
    except ExpressionError:
        raise
    except _TooBig:
        raise error("value_too_big", start, end, expected=str(kind), found=type(value).__name__, name=name) from None
    except _Naive:
        raise error("value_naive", start, end, expected="datetime", found="datetime", name=name) from None
    if exact is None:
        raise _wrong(name, kind, value, start, end)
    return exact


class _TooBig(Exception):
    """A number or text beyond the limits that keep every evaluation quick."""


class _Naive(Exception):
    """A point in time that does not say its zone."""


def _checked_list(kind: ListOf, value: object, name: str, start: int, end: int) -> tuple[object, ...]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise _wrong(name, kind, value, start, end)
    if len(value) > MAX_ITEMS:
        raise error("value_too_big", start, end, expected=str(kind), found="list", name=name)
    return tuple(checked_value(kind.item, item, name, start, end) for item in value)


def _wrong(name: str, kind: Type, value: object, start: int, end: int) -> ExpressionError:
    # A number may be too long even to be written out, so only what is known to be short is shown as it is.
    shown = value if isinstance(value, str | date) else type(value).__name__
    return error(
        "value_wrong", start, end, expected=str(kind), found=str(shown)[:40], name=name, expected_word=words_for(kind)
    )


@lru_cache(maxsize=1024)
def _exact_form(kind: Type) -> Callable[[object], object | None]:
    """What gives the exact form of one single value of a type, or None when it does not fit."""
    if kind in (INT, FEN):
        return _whole
    if kind in (RATE, SCORE, UNROUNDED_FEN) or isinstance(kind, Quantity):
        return _fraction
    if isinstance(kind, Code):
        return partial(_text, kind)
    simple: dict[Type, Callable[[object], object | None]] = {
        BOOL: _truth, DATE: _day, DATETIME: _moment, MONTH: _month, TEXT: partial(_text, kind),
    }  # fmt: skip
    # A record is only ever asked whether it is there; its parts are checked on their own paths.
    return _group if isinstance(kind, Record) else simple.get(kind, lambda value: None)


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _group(value: object) -> Mapping[object, object] | None:
    return value if isinstance(value, Mapping) else None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    if abs(value) > MAX_MAGNITUDE:
        raise _TooBig
    return int(value)


def _fraction(value: object) -> Fraction | None:
    if isinstance(value, tuple) and len(value) == 2 and all(_whole(part) is not None for part in value):
        return Fraction(*value) if value[1] > 0 else None
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        if abs(value.adjusted()) > 18 or len(value.as_tuple().digits) > 36:
            raise _TooBig
        value = Fraction(value)
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return None
    if abs(value.numerator) > MAX_MAGNITUDE**2 or value.denominator > MAX_MAGNITUDE**2:
        raise _TooBig
    return Fraction(value)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    if value.utcoffset() is None:
        raise _Naive
    try:
        value.astimezone(LOCAL)
    except OverflowError:
        raise _TooBig from None
    return value


def _month(value: object) -> YearMonth | None:
    if isinstance(value, YearMonth):
        return value
    if isinstance(value, date) and not isinstance(value, datetime) and value.day == 1:
        return YearMonth(value.year, value.month)
    return None


def _text(kind: Type, value: object) -> str | None:
    if not isinstance(value, str):
        return None
    if len(value) > MAX_TEXT_VALUE:
        raise _TooBig
    # A member of a text enumeration is reduced to the plain text that it holds.
    text = str.__str__(value)
    return None if isinstance(kind, Code) and kind.choices is not None and text not in kind.choices else text
