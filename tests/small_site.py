"""Fixtures: a running site with a small district of its own, independent of any pack."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.environment import ROOT
from tests.journeys import site
from tests.journeys.site import LiveSite
from xirang.project.keeping.postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
def small_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Secrets and files of these sites."""
    return tmp_path_factory.mktemp("small")


@pytest.fixture(scope="session")
def small_seed(postgres: EmbeddedPostgres, template: str, small_var: Path) -> Iterator[str]:
    """The name of a database that holds the small district."""
    name = databases.clone(postgres, template, "small")
    argv = [sys.executable, "-m", "tests.interfaces.seeding"]
    told = site.environment(postgres.url(name), small_var)
    done = subprocess.run(argv, env=told, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    yield name
    databases.drop(postgres, name)


@pytest.fixture(scope="module")
def small_site(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, small_seed: str, small_var: Path
) -> Iterator[LiveSite]:
    """The small district, served by web and worker processes; one for each module."""
    with site.running(postgres, small_seed, small_var, request.module.__name__.rpartition(".")[2]) as live:
        yield live
