"""The demo district 禾澜区: generated, invented from end to end, and the same on every machine."""

from __future__ import annotations

from datetime import datetime

Identity = tuple[str, str, str, str]


def seed(now: datetime) -> None:
    """Make the demo district where it is missing; a second call changes nothing."""
    from xirang.project.demo.seeding import seed as make

    make(now)


def identities() -> list[Identity]:
    """(who, user name, password, what to try) of each identity that a visitor may use; empty outside demo mode."""
    from xirang.project.demo.showing import identities as shown

    return shown()
