"""The main path, with peers in the same run: creating, acting, events, clocks, and the bytes that stay."""

from __future__ import annotations

from collections.abc import Iterator

from bench import creating, working
from bench.figures import Figure, Skipped


def measure() -> Iterator[Figure | Skipped]:
    """Creates first: they need the machine for themselves most."""
    yield from creating.measure()
    yield from working.measure()
