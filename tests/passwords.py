"""Passwords in tests: hashed by the same algorithm as in production, at its lowest cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

LOWEST = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


@contextmanager
def cheap_hashes() -> Iterator[dict[str, int]]:
    """Make Argon2 as cheap as it can be for the length of the block; gives the costs of production.

    A hash of production takes a tenth of a second and a hundred megabytes on purpose. Tests open thousands of accounts.
    """
    costs = {name: getattr(Argon2PasswordHasher, name) for name in LOWEST}
    _set(LOWEST)
    try:
        yield costs
    finally:
        _set(costs)


def _set(costs: dict[str, int]) -> None:
    for name, value in costs.items():
        setattr(Argon2PasswordHasher, name, value)
