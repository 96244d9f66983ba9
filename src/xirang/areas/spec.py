"""What strangers may know of areas: the levels of the dated tree, from province to grid, and their codes."""

from __future__ import annotations

from xirang.areas.logic import DIGITS, LEVELS, TITLES, Level

__all__ = ["DIGITS", "LEVELS", "TITLES", "Level"]
