"""The order of the tests: whoever talks to one running site stays together, and what is long begins first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import scheduling
from tests.environment import ROOT


def item(nodeid: str, *marks: str) -> Any:
    """What the scheduling asks of a test."""
    return SimpleNamespace(nodeid=nodeid, iter_markers=lambda name: iter([name] if name in marks else []))


@pytest.mark.parametrize("start", scheduling.TOGETHER)
def test_what_stays_together_is_there(start: str) -> None:
    assert (ROOT / start).exists()


def test_whoever_talks_to_the_small_site_stays_together() -> None:
    talking = [path for path in ROOT.glob("tests/*/test_*.py") if ": LiveSite" in path.read_text("utf-8")]
    assert len(talking) > 5
    groups = {scheduling.group_of(path.relative_to(ROOT).as_posix()) for path in talking}
    assert groups == {"journeys", "journeys of cases", "small site"}


def test_journeys_begin_then_what_has_many_slow_tests_and_files_stay_whole() -> None:
    tests = [
        item("src/a/test_a.py::test_one"),
        item("src/b/test_b.py::test_one", "slow"),
        item("src/a/test_a.py::test_two"),
        item("tests/security/test_doors.py::test_one"),
        item("tests/interfaces/test_openapi.py::test_one", "slow"),
        item("tests/interfaces/test_openapi.py::test_two", "slow"),
        item("tests/journeys/test_site.py::test_one", "journey"),
    ]
    scheduling.pytest_collection_modifyitems(tests)
    order = [scheduling.group_of(one.nodeid) for one in tests]
    assert order == ["journeys", *["small site"] * 3, "src/b/test_b.py", *["src/a/test_a.py"] * 2]
