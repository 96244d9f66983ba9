"""An answer is made once within its time, by one thread, and never kept when making it failed."""

from __future__ import annotations

import threading
import time

import pytest

from xirang.foundation import short_cache
from xirang.foundation.short_cache import ShortCache


def test_an_answer_is_kept_for_its_time_and_by_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(short_cache.time, "monotonic", lambda: clock[0])
    made: list[str] = []
    answers: ShortCache[int] = ShortCache(10)

    def ask(key: str) -> int:
        return answers.get(key, lambda: made.append(key) or len(made))

    assert [ask("a"), ask("a"), ask("b")] == [1, 1, 2]
    clock[0] += 9.9
    assert ask("a") == 1
    clock[0] += 0.2
    assert ask("a") == 3
    answers.forget()
    assert ask("a") == 4
    short_cache.forget_all()
    assert ask("a") == 5


def test_what_fails_is_not_kept() -> None:
    answers: ShortCache[int] = ShortCache(10)
    with pytest.raises(ZeroDivisionError):
        answers.get("", lambda: 1 // 0)
    assert answers.get("", lambda: 7) == 7


def test_many_who_ask_at_once_make_one_answer() -> None:
    answers: ShortCache[int] = ShortCache(10)
    made: list[int] = []
    ready = threading.Barrier(8)
    got: list[int] = []

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return len(made)

    def ask() -> None:
        ready.wait()
        got.append(answers.get("", make))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, got) == ([1], [1] * 8)
