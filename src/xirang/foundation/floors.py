"""The floors of the house from the ground up; engines that nobody lists here are siblings on one floor."""

from __future__ import annotations

FLOORS = ("foundation", "ui", "areas", "people", "ledger", "places", "engines", "cockpit", "packs", "project")
"""`engines` is the floor of the siblings: whatever stands below `xirang.engines` and has no floor of its own."""


def floor_of(package: str) -> str:
    """The floor on which a package of ours stands, `engines` for an engine without a floor of its own."""
    steps = package.split(".")[1:]
    name = steps[1] if steps[0] == "engines" and len(steps) > 1 else steps[0]
    return name if name in FLOORS else "engines"


def height_of(package: str) -> int:
    """How high a package stands, 0 on the ground; strangers on one floor have the same height."""
    return FLOORS.index(floor_of(package))
