"""The floors of the house from the ground up; engines that nobody lists here are siblings on one floor."""

from __future__ import annotations

FLOORS = ("foundation", "ui", "areas", "people", "ledger", "places", "engines", "cockpit", "packs", "project")
"""`engines` is the floor of the siblings: whatever is installed and has no floor of its own stands there."""


def floor_of(label: str) -> str:
    """The floor on which the application of this label stands."""
    return label if label in FLOORS else "engines"


def height_of(label: str) -> int:
    """How high an application stands, 0 on the ground; strangers on one floor have the same height."""
    return FLOORS.index(floor_of(label))
