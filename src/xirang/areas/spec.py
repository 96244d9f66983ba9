"""The levels of the dated tree, from province to grid, and what their codes look like."""

from __future__ import annotations

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
