"""A whole running Xirang for journeys: web and worker as in production, on a free port, with a database of its own."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import databases
from tests.environment import ARTIFACTS, ROOT
from xirang.project.keeping.postgres import EmbeddedPostgres

READY_SECONDS = 60
STOP_SECONDS = 20


@dataclass(slots=True)
class LiveSite:
    """Where the site answers, where its database is, and its processes for tests that kill them."""

    url: str
    database_url: str
    var: Path
    log: Path
    web: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]

    @property
    def packs(self) -> Path:
        """Its folder of packs."""
        return own_packs(self.var)

    def query(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Look into its database, past all rules; for what no page shows."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement, parameters).fetchall()


def environment(database_url: str, var: Path, port: int = 0) -> dict[str, str]:
    """What the site's processes are told."""
    paths = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    told = {"DATABASE_URL": database_url, "XIRANG_VAR": str(var), "XIRANG_DEMO": "1", "PYTHONPATH": paths}
    served = {"HOST": "127.0.0.1", "PORT": str(port), "XIRANG_WORKERS": "1", "XIRANG_PACKS": str(own_packs(var))}
    return os.environ | told | served


def own_packs(var: Path) -> Path:
    """The site's own folder of packs, so that a journey may lay a new one beside those of the checkout."""
    folder = var / "packs"
    if not folder.exists():
        shutil.copytree(ROOT / "packs", folder)
    return folder


def demo_district(postgres: EmbeddedPostgres, template: str, var: Path) -> str:
    """The name of a database with the demo district in it; its secrets and its password lie in `var`."""
    return databases.seeded(
        postgres, template, "demoseed", lambda url: _run(["-m", "xirang.project.cli", "prepare"], url, var)
    )


def small_district(postgres: EmbeddedPostgres, template: str, var: Path) -> str:
    """The name of a database with the small district of the interface tests in it."""
    return databases.seeded(
        postgres, template, "smallseed", lambda url: _run(["-m", "tests.interfaces.seeding"], url, var)
    )


def _run(program: list[str], database_url: str, var: Path) -> None:
    argv = [sys.executable, *program]
    done = subprocess.run(argv, env=environment(database_url, var), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the district could not be made:\n{done.stdout}{done.stderr}")


def run_folder(tmp_path_factory: pytest.TempPathFactory, purpose: str) -> Path:
    """A folder that all workers of this run share; it holds the secrets with which a seed was made."""
    mine = tmp_path_factory.getbasetemp()
    folder = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / purpose
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def running(postgres: EmbeddedPostgres, seeded: str, seed_var: Path, purpose: str) -> Iterator[LiveSite]:
    """Serve a clone of that database until the block ends; the processes are ended by their ids.

    Files and packs of the site are its own, too: it begins with a copy of the data folder of the seed.
    """
    name = databases.clone(postgres, seeded, purpose)
    var = seed_var.with_name(f"{seed_var.name}-{purpose}-{os.getpid()}")
    shutil.copytree(seed_var, var)
    port = _free_port()
    env = environment(postgres.url(name), var, port)
    log = ARTIFACTS / "journeys" / f"{purpose}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        with open(log, "ab") as out:
            for command in ("serve", "work"):
                argv = [sys.executable, "-m", "xirang.project.cli", command]
                processes.append(
                    subprocess.Popen(argv, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
                )
        site = LiveSite(f"http://127.0.0.1:{port}", postgres.url(name), var, log, *processes)
        _await_ready(site, port)
        yield site
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        databases.drop(postgres, name)


def _await_ready(site: LiveSite, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and site.web.poll() is None and site.worker.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError(f"the site did not start:\n{site.log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
