"""Areas that another process founds or ends, in a database of the test's own with real commits."""

from __future__ import annotations

import time
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.world import NOW, in_threads
from xirang.areas import queries
from xirang.areas.commands import dissolve_area, found_area
from xirang.foundation.actor import SYSTEM
from xirang.foundation.errors import InvalidError

DAY = NOW.date()


def test_what_another_process_founded_or_ended_is_seen_here(own_database: str, monkeypatch: pytest.MonkeyPatch):
    """Two connections: this thread's keeps what it read, the other one's commands change it."""
    monkeypatch.setattr(queries._roots, "seconds", 0.05)
    assert queries.root_area(DAY) is None
    elsewhere: dict[str, UUID] = {}
    forget, kept = queries.forget, monkeypatch.setattr

    def another_process(work: Any) -> None:
        kept(queries, "forget", lambda: None)  # What this process keeps, another one cannot forget.
        (failed,) = in_threads(work)
        kept(queries, "forget", forget)
        assert failed is None, failed

    def founding(code: str) -> Any:
        def work() -> None:
            elsewhere[code] = found_area(actor=SYSTEM, code=code, name="甲", parent_id=None, valid_from=DAY, now=NOW)

        return work

    another_process(founding("339902000000"))
    first = queries.root_area(DAY)
    assert first is not None, "what was not there is not kept"
    assert first.pk == elsewhere["339902000000"] == queries.get_area(first.pk).pk
    another_process(founding("339901000000"))
    time.sleep(0.06)
    second = queries.root_area(DAY)
    assert second is not None
    assert second.pk == elsewhere["339901000000"]

    def ending() -> None:
        dissolve_area(actor=SYSTEM, area_id=second.pk, successor_ids=[], on=date(2026, 9, 19), now=NOW)

    another_process(ending)
    with pytest.raises(InvalidError, match="停用"):
        found_area(actor=SYSTEM, code="339901001000", name="乙", parent_id=second.pk, valid_from=date(2026, 9, 20),
                   now=NOW)  # fmt: skip
    time.sleep(0.06)
    assert queries.root_area(date(2026, 9, 19)) == first
