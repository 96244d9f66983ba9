"""Which tests run one after the other in one worker, and which groups of tests are begun first."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Whoever talks to the same running site stays together, so that each site is started once. All others go by file.
# The journeys make two such groups with a site each: one alone would run longer than all other tests.
TOGETHER = {
    "tests/journeys/test_enterprise_help.py": "journeys of cases",
    "tests/journeys/test_office.py": "journeys of cases",
    "tests/journeys/test_snap_report.py": "journeys of cases",
    "tests/journeys/": "journeys",
    "tests/interfaces/": "small site",
    "tests/security/test_doors.py": "small site",
    "tests/security/test_two_at_once.py": "small site",
    "tests/security/test_power_cut.py": "small site",
}
# These fixtures start programs; a test that asks for one of them is slow, whatever its own mark says.
PROGRAMS = frozenset({"live_site", "small_site", "chromium", "old_kernel"})


class TogetherScheduling(LoadScopeScheduling):
    """Gives each worker whole groups, in the order of collection; whoever is free takes the next one."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The group of a test: a name of TOGETHER, or its file."""
    file = nodeid.partition("::")[0]
    return next((group for start, group in TOGETHER.items() if file.startswith(start)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherScheduling:
    """Every run with workers is scheduled so, whatever `--dist` says."""
    config.option.loadscopereorder = False  # The order is ours: long groups first, not those of many tests.
    return TogetherScheduling(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whoever asks for a fixture that starts programs is slow."""
    if PROGRAMS & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first, then groups with many slow tests: no worker begins one while the other has nothing left to do."""
    slow = Counter(group_of(item.nodeid) for item in items if is_slow(item))
    items.sort(key=lambda item: (not group_of(item.nodeid).startswith("journeys"), -slow[group_of(item.nodeid)]))


def is_slow(item: pytest.Item) -> bool:
    """Whether `make quick` leaves the test out."""
    return any(item.iter_markers("slow")) or any(item.iter_markers("journey"))
