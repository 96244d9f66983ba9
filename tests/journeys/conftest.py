"""Fixtures of the journeys: a running site and real browsers; what this machine lacks is skipped with the reason."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys import browsers, site
from tests.journeys.site import LiveSite
from xirang.project.keeping.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright


@pytest.fixture(scope="session")
def site_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder in which the demo district was made: its secrets and its password."""
    return site.run_folder(tmp_path_factory, "demo")


@pytest.fixture(scope="session")
def seeded(postgres: EmbeddedPostgres, template: str, site_var: Path) -> str:
    """The name of a database that holds the demo district, made once for all workers."""
    return site.demo_district(postgres, template, site_var)


@pytest.fixture(scope="session")
def live_site(postgres: EmbeddedPostgres, seeded: str, site_var: Path) -> Iterator[LiveSite]:
    """The demo district, served by web and worker processes; one for a worker's journeys, each with its own cases."""
    with site.running(postgres, seeded, site_var, "site") as live:
        yield live


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The driver. It ends with the journeys, because Django takes its event loop for one that must not be blocked."""
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        yield driver
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's current Chromium."""
    try:
        browsers.current_chromium()
    except browsers.UnavailableError as error:
        pytest.skip(str(error))
    with browsers.launch_current(playwright) as browser:
        yield browser


@pytest.fixture(params=sorted(browsers.OLD, key=int))
def old_kernel(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[Browser]:
    """Each of the old kernels in turn, a fresh one for each test: they start at once and bear few windows."""
    kernel = browsers.OLD[request.param]
    try:
        browsers.fetch(kernel)
    except browsers.UnavailableError as error:
        pytest.skip(str(error))
    with browsers.launch_old(playwright, kernel) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of the current Chromium, 1280 wide, in a context of its own."""
    opened = browsers.open_page(chromium)
    yield opened
    opened.context.close()
