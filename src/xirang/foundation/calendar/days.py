"""What the State Council has published about single days, and the names these days carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class DayKind(StrEnum):
    """The four kinds of day: an ordinary working day, a weekend, a holiday, a weekend worked in exchange."""

    WORKDAY = "workday"
    REST = "rest"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


class Published(NamedTuple):
    """Holidays and make-up working days by date, each with the English name of the festival, and the years covered."""

    holidays: Mapping[date, str]
    makeups: Mapping[date, str]
    first_year: int
    last_year: int


# The festival names of the source, as offices write them.
FESTIVALS: Mapping[str, tuple[str, str]] = {
    "New Year's Day": ("元旦", "New Year's Day"),
    "Spring Festival": ("春节", "Spring Festival"),
    "Tomb-sweeping Day": ("清明节", "Tomb-sweeping Day"),
    "Labour Day": ("劳动节", "Labour Day"),
    "Dragon Boat Festival": ("端午节", "Dragon Boat Festival"),
    "Mid-autumn Festival": ("中秋节", "Mid-autumn Festival"),
    "National Day": ("国庆节", "National Day"),
    "Anti-Fascist 70th Day": ("抗战胜利纪念日", "Victory Day"),
}

WEEKEND = ("周末", "Weekend")


@cache
def published() -> Published:
    """Return the published days; the package that knows them is loaded at the first question only."""
    import chinese_calendar

    holidays, makeups = chinese_calendar.holidays, chinese_calendar.workdays
    # A year counts as published once its National Day is known. The first days of a year may appear alone, because
    # the holiday of New Year sometimes begins in the old year.
    years = {day.year for day in holidays if (day.month, day.day) == (10, 1)}
    return Published(holidays, makeups, min(years), max(years))


def published_until() -> date:
    """Return the last day for which the State Council's arrangement is known to the installed calendar."""
    return date(published().last_year, 12, 31)


def festival(name: str) -> tuple[str, str]:
    """Return the Chinese and the English name of a festival of the source; an unknown one keeps its name."""
    return FESTIVALS.get(name, (name, name))
