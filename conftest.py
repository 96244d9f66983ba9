"""What every test may count on: a migrated database of its own worker, and the shared data where it is at hand."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.environment import ROOT
from xirang.project.keeping.postgres import EmbeddedPostgres

# The order of the tests; and one running small district for all tests of a worker that talk to it, wherever they lie.
pytest_plugins = ["tests.scheduling", "tests.small_site"]
# The folder of real data beside the checkout; a bare clone has none, and its tests say so.
SHARED = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared")


@pytest.fixture(autouse=True)
def _kept_for_one_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is kept for a moment is kept for the whole test, however slow the machine, and for no other test."""
    from xirang.foundation import short_cache

    short_cache.forget_all()
    for answers in short_cache.all_caches():
        monkeypatch.setattr(answers, "seconds", 3600.0)
    yield
    short_cache.forget_all()


@pytest.fixture(scope="session", autouse=True)
def production_hash_costs() -> Iterator[dict[str, int]]:
    """What a hash costs in production; for the length of the tests it costs next to nothing."""
    from tests.passwords import cheap_hashes

    with cheap_hashes() as costs:
        yield costs


PACK_DELETED = "drives a pack that was deleted"


def pytest_report_header() -> str:
    return f"throwaway PostgreSQL in {databases.SERVER_HOME.relative_to(ROOT)}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The throwaway server of this checkout, shared by all workers and runs; the last one to leave stops it."""
    with databases.server() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of the migrated template database."""
    return databases.prepare_template(postgres)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, template: str, django_db_blocker: object
) -> Iterator[None]:
    """Replaces pytest-django's own: each worker works in a clone of the template."""
    from django.conf import settings
    from django.db import connection

    from xirang.project.keeping.database import database_settings

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = databases.clone(postgres, template, worker)
    os.environ["DATABASE_URL"] = postgres.url(name)
    for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD"):
        value = database_settings(os.environ)[key]
        settings.DATABASES["default"][key] = connection.settings_dict[key] = value
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.close()
    databases.drop(postgres, name)


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED}; name its folder by SHARED_DATA")
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever deletes a pack's folder loses the tests that drive this pack, and no others."""
    from tests.world import PACKS

    here = {path.parent.name for path in Path(os.environ["XIRANG_PACKS"]).glob("*/pack.yaml")}
    for item in items:
        needed = {name for mark in item.iter_markers("packs") for name in mark.args}
        if "world" in getattr(item, "fixturenames", ()):
            needed |= set(PACKS)
        if missing := sorted(needed - here):
            item.add_marker(pytest.mark.skip(reason=f"{PACK_DELETED}: {', '.join(missing)}"))


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: the collector of garbage need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in _undriven_journeys(terminalreporter):
        terminalreporter.write_line(f"journey not driven: {report.nodeid}", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """On CI a journey that was skipped has failed: a green run must mean that the browsers were really driven."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and exitstatus in (0, 5) and _undriven_journeys(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _undriven_journeys(reporter: pytest.TerminalReporter) -> list[pytest.TestReport]:
    """The journeys that were skipped, but for those through packs that were deleted."""
    return [
        report
        for report in reporter.stats.get("skipped", [])
        if "tests/journeys" in str(report.nodeid) and PACK_DELETED not in str(report.longrepr)
    ]
