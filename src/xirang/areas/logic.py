"""The levels of the dated tree, what a 12-digit code says about an area, and where an area may hang."""

from __future__ import annotations

import re
from enum import StrEnum


class Level(StrEnum):
    """Levels of an area; the digits of the 12-digit statistical code that are significant at each are in `DIGITS`."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GRID = "grid"


LEVELS: tuple[Level, ...] = tuple(Level)
DIGITS: dict[Level, int] = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9, Level.VILLAGE: 12}
TITLES: dict[Level, tuple[str, str]] = {
    Level.PROVINCE: ("省级", "Province"),
    Level.CITY: ("地级", "Prefecture"),
    Level.COUNTY: ("县级", "County or district"),
    Level.TOWN: ("乡级", "Street or town"),
    Level.VILLAGE: ("村级", "Community or village"),
    Level.GRID: ("网格", "Grid"),
}

GRID_CODE = re.compile(r"[0-9]{12}-[0-9]{2,3}")


class AreaCodeError(ValueError):
    """A code that cannot stand for an area; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(zh)


def level_of(code: str) -> Level:
    """The level of a 12-digit statistical code, or of our own grid code `330402001001-07`; AreaCodeError otherwise."""
    if GRID_CODE.fullmatch(code):
        return Level.GRID
    if not re.fullmatch(r"[0-9]{12}", code):
        raise AreaCodeError(
            f"区域代码应为 12 位数字（网格为“村级代码-两到三位序号”），现为“{code[:20]}”。",
            f"An area code has 12 digits (a grid: village code, hyphen, serial); found “{code[:20]}”.",
        )
    for level, digits in reversed(DIGITS.items()):
        step = digits - {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}[digits]
        if code[digits - step : digits] != "0" * step:
            return level
    raise AreaCodeError("区域代码不能全为 0。", "An area code cannot be all zeros.")
