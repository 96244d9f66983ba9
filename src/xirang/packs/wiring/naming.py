"""The name under which the outbox delivers to a wired line; with the event it is the key of one delivery."""

from __future__ import annotations

from uuid import UUID

PREFIX = "wiring/"


def hearer_name(activation_id: UUID, number: int | None = None) -> str:
    """The name of one line (counted from 1) of an activation; without a number how all of its lines begin."""
    return f"{PREFIX}{activation_id}/" + ("" if number is None else str(number))


def read_name(name: str) -> tuple[UUID, int]:
    """Which activation and line a name means; ValueError for any other name."""
    prefix, activation, number = name.split("/")
    if f"{prefix}/" != PREFIX:
        raise ValueError(name)
    return UUID(activation), int(number)
