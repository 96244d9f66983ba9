"""Fixtures: a running site with a small district of its own, independent of any pack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import site
from tests.journeys.site import LiveSite
from xirang.project.keeping.postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
def small_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Secrets and files of the small district."""
    return site.run_folder(tmp_path_factory, "small")


@pytest.fixture(scope="session")
def small_seed(postgres: EmbeddedPostgres, template: str, small_var: Path) -> str:
    """The name of a database that holds the small district."""
    return site.small_district(postgres, template, small_var)


@pytest.fixture(scope="session")
def small_site(postgres: EmbeddedPostgres, small_seed: str, small_var: Path) -> Iterator[LiveSite]:
    """The small district, served by web and worker processes; one for all tests of a worker, none of which harms it."""
    with site.running(postgres, small_seed, small_var, "small") as live:
        yield live
