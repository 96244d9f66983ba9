"""Exact arithmetic behind the functions: rounding, division and calendar months, in whole numbers throughout."""

from __future__ import annotations

import calendar as days_of_months
from datetime import date
from fractions import Fraction
from functools import lru_cache

from xirang.foundation.expressions.types import RATE, SCORE, UNROUNDED_FEN, Quantity, Type, plain
from xirang.foundation.expressions.values import YearMonth, as_number


def as_exact(kind: Type, value: object) -> object:
    """The value in the form its type has: a Fraction wherever the type allows parts of one."""
    if value is None or type(value) is Fraction or not _has_parts(kind):
        return value
    return Fraction(as_number(value))


@lru_cache(maxsize=256)
def _has_parts(kind: Type) -> bool:
    kind = plain(kind)
    return kind in (RATE, SCORE, UNROUNDED_FEN) or isinstance(kind, Quantity)


def round_whole(value: Fraction | int, rounding: str) -> int:
    """A whole number: ties away from zero (half_up) or to even (half_even), towards zero (down), away from it (up)."""
    value = Fraction(value)
    sign = -1 if value < 0 else 1
    below, rest = divmod(abs(value.numerator), value.denominator)
    if rounding == "up":
        more = rest > 0
    elif rounding == "down":
        more = False
    else:
        twice = 2 * rest
        tie = twice == value.denominator
        more = twice > value.denominator or (tie and (rounding == "half_up" or below % 2 == 1))
    return sign * (below + more)


def divide(above: Fraction | int, below: Fraction | int, scale: int, rounding: str) -> Fraction:
    """above / below rounded to `scale` decimal places; `below` is not zero."""
    step = 10**scale
    return Fraction(round_whole(Fraction(above) / Fraction(below) * step, rounding), step)


def months_apart(first: date | YearMonth, second: date | YearMonth) -> int:
    """Months from first to second; between dates only completed months count, a month's last day completes it.

    The second half follows article 202 of the Civil Code: where the last month has no corresponding day, its last
    day is the end of the term.
    """
    if isinstance(first, YearMonth) or isinstance(second, YearMonth):
        return _month_number(second) - _month_number(first)
    if second < first:
        return -months_apart(second, first)
    last_day = days_of_months.monthrange(second.year, second.month)[1]
    incomplete = second.day < first.day and second.day < last_day
    return _month_number(second) - _month_number(first) - incomplete


def _month_number(moment: date | YearMonth) -> int:
    return moment.year * 12 + moment.month


def same_month_last_year(moment: date | YearMonth) -> YearMonth:
    """The month one year earlier; ValueError before the year 1."""
    return YearMonth(moment.year - 1, moment.month)
