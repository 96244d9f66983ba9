"""Answers that cost much and may be a moment old, kept by each process for itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_every: list[ShortCache[Any]] = []


class ShortCache(Generic[T]):
    """Answers by key, each made anew when it is older than `seconds`; while one thread makes it, the others wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._answers: dict[Hashable, tuple[float, T]] = {}
        self._making = threading.RLock()
        _every.append(self)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The kept answer, or what `make` answers now; an exception is passed on and nothing is kept."""
        found = self._fresh(key)
        if found is None:
            with self._making:
                found = self._fresh(key)
                if found is None:
                    found = self._answers[key] = (time.monotonic(), make())
        return found[1]

    def forget(self) -> None:
        """Make every answer anew at the next question."""
        self._answers.clear()

    def _fresh(self, key: Hashable) -> tuple[float, T] | None:
        found = self._answers.get(key)
        return found if found is not None and time.monotonic() - found[0] < self.seconds else None


def all_caches() -> tuple[ShortCache[Any], ...]:
    """Everything that this process keeps."""
    return tuple(_every)


def forget_all() -> None:
    """Forget every kept answer of this process: between tests, each of which has a district of its own."""
    for kept in _every:
        kept.forget()
