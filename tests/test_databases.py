"""The tests' own databases: thrown away, one for each worker, never anybody's data, and no abandoned one stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests import databases
from tests.environment import ROOT, SERVER_HOME
from xirang.project.keeping.postgres import EmbeddedPostgres


@pytest.mark.django_db
def test_a_test_works_in_a_migrated_clone_on_the_throwaway_server() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_database(), current_setting('fsync')")
        name, fsync = cursor.fetchone()
        cursor.execute("select count(*) from django_migrations")
        (migrations,) = cursor.fetchone()
    assert name.startswith("test_")
    assert name.endswith(f"_{os.getpid()}")
    assert fsync == "off"
    assert migrations > 20
    assert f"/{name}?" in os.environ["DATABASE_URL"]


def test_settings_point_at_throwaway_places() -> None:
    from django.conf import settings

    assert Path(settings.VAR) == ROOT / "var" / "test"
    assert EmbeddedPostgres(SERVER_HOME).home == ROOT / "var" / "test-pg"


def test_databases_of_dead_runs_are_removed_and_those_of_living_ones_stay(
    postgres: EmbeddedPostgres, template: str
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
        server.execute(f"create database test_dead_{gone.pid}")
        server.execute(f"create database test_living_{os.getppid()}")
        databases.prepare_template(postgres)
        left = {name for (name,) in server.execute("select datname from pg_database").fetchall()}
        server.execute(f"drop database test_living_{os.getppid()}")
    assert f"test_dead_{gone.pid}" not in left
    assert f"test_living_{os.getppid()}" in left
    assert template in left


SKIPPED = """
import pytest

def test_something():
    pytest.skip("no browser")
"""


@pytest.mark.slow
@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_a_skipped_journey_fails_the_run_on_ci_alone(ci: str, code: int) -> None:
    journey = ROOT / "tests" / "journeys" / f"test_skipped_{os.getpid()}.py"
    journey.write_text(SKIPPED)
    try:
        argv = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", str(journey)]
        done = subprocess.run(argv, cwd=ROOT, env=os.environ | {"CI": ci}, capture_output=True, text=True)
    finally:
        journey.unlink()
    assert done.returncode == code, done.stdout + done.stderr
    assert "journey not driven" in done.stdout
