"""Kill -9 of the database and of the web server while reports come in: what was acknowledged is there, and once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.environment import ARTIFACTS, ROOT
from tests.journeys import site
from tests.journeys.site import LiveSite
from xirang.project.keeping.postgres import EmbeddedPostgres, binary, client_environment

pytestmark = pytest.mark.slow
CLIENTS, KILLS, BETWEEN, PATIENCE = 3, 2, 12, 60
REPORT = {"service_code": "TS01", "address_string": "澄湖路", "attribute[topic]": "light"}


@dataclass(slots=True)
class Intake:
    """Clients that report without end; each repeats one report until it is acknowledged, as a real one would."""

    url: str
    round: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    failures: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Intake:
        for client in range(CLIENTS):
            self.threads.append(threading.Thread(target=self._report, args=(client,), daemon=True))
            self.threads[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(PATIENCE)

    def _report(self, client: int) -> None:
        serial = 0
        headers = {"X-Forwarded-For": f"10.9.{client}.1"}
        with httpx.Client(timeout=15, headers=headers) as http:
            while not self.stopping.is_set():
                word = f"{self.round}: client {client} report {serial}"
                if self._send(http, client, word):
                    serial += 1

    def _send(self, http: httpx.Client, client: int, word: str) -> bool:
        sent = REPORT | {"description": word, "device_id": f"device-{client}"}
        try:
            answer = http.post(f"{self.url}/open311/requests.json", data=sent)
        except httpx.HTTPError:
            self.failures += 1
            time.sleep(0.05)
            return False
        if answer.status_code == 200:
            self.acknowledged[word] = answer.json()[0]["service_request_id"]
            return True
        self.failures += 1
        if answer.status_code != 503:
            self.refused.append(f"{word}: {answer.status_code} {answer.text[:200]}")
        time.sleep(0.05)
        return False

    def wait_for(self, more: int) -> None:
        """Until that many further reports have been acknowledged."""
        goal, deadline = len(self.acknowledged) + more, time.monotonic() + PATIENCE
        while len(self.acknowledged) < goal:
            assert time.monotonic() < deadline, f"intake stands still: {self.refused[-3:]}"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server that waits for the disk before it acknowledges, as in production."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("crash") / "pg") as server:
        yield server


@pytest.fixture(scope="module")
def var(small_seed: str, small_var: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets with which the small district was made."""
    return shutil.copytree(small_var, tmp_path_factory.mktemp("crash-var") / "var")


@pytest.fixture(scope="module")
def database_url(durable: EmbeddedPostgres, postgres: EmbeddedPostgres, small_seed: str) -> str:
    """Its database with the small district, copied from the throwaway server where it was made."""
    dumping = [str(binary("pg_dump")), "--no-owner", postgres.url(small_seed)]
    dump = subprocess.run(dumping, env=client_environment(), capture_output=True)
    assert dump.returncode == 0, dump.stderr
    loading = [str(binary("psql")), "--quiet", "--set", "ON_ERROR_STOP=1", durable.url()]
    done = subprocess.run(loading, input=dump.stdout, env=client_environment(), capture_output=True)
    assert done.returncode == 0, done.stderr
    return durable.url()


class Web:
    """The web server alone, which may be killed and started again at the same address."""

    def __init__(self, database_url: str, var: Path) -> None:
        self.port = site._free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = site.environment(database_url, var, self.port)
        self.start()

    def start(self) -> None:
        log = ARTIFACTS / "journeys" / "power_cut.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab") as out:
            argv = [sys.executable, "-m", "xirang.project.cli", "serve"]
            self.process = subprocess.Popen(
                argv, env=self.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        live = LiveSite(self.url, database_url="", var=Path(), log=log, web=self.process, worker=self.process)
        site._await_ready(live, self.port)

    def kill(self) -> None:
        """Kill -9, as the kernel does when memory runs out; its workers must not stay behind."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture
def web(database_url: str, var: Path) -> Iterator[Web]:
    server = Web(database_url, var)
    yield server
    server.stop()


def check(intake: Intake, database_url: str) -> None:
    """Every acknowledged number exists with its own text, whole, and no report made two cases."""
    with psycopg.connect(database_url) as connection:
        kept = connection.execute("select number, fields->>'what', id from cases_case").fetchall()
        events = dict(connection.execute("select case_id, count(*) from cases_caseevent group by 1").fetchall())
        records = connection.execute("select count(*) from ledger_record where subject_kind = 'case'").fetchone()
    by_number = {number: word for number, word, _ in kept}
    lost = {word: number for word, number in intake.acknowledged.items() if by_number.get(number) != word}
    assert not lost, f"lost: {lost}"
    words = [word for _, word, _ in kept]
    assert len(words) == len(set(words)), "a repeated report made two cases"
    assert all(events.get(case_id, 0) >= 1 for _, _, case_id in kept)
    assert records[0] >= len(kept), "every case has its record"
    assert not intake.refused, intake.refused[:5]


def test_kill_9_of_the_database_loses_no_acknowledged_request(
    durable: EmbeddedPostgres, database_url: str, web: Web
) -> None:
    with Intake(web.url, "database") as intake:
        for _ in range(KILLS):
            intake.wait_for(BETWEEN)
            postmaster = durable.running_pid()
            assert postmaster is not None
            os.kill(postmaster, signal.SIGKILL)
            while durable.running_pid() == postmaster:
                time.sleep(0.01)
            assert durable.revive()
        intake.wait_for(BETWEEN)
    assert intake.failures, "the kill was not felt: the test proves nothing"
    check(intake, database_url)


def test_kill_9_of_the_web_server_loses_no_acknowledged_request(database_url: str, web: Web) -> None:
    with Intake(web.url, "web") as intake:
        for _ in range(KILLS):
            intake.wait_for(BETWEEN)
            web.kill()
            web.start()
        intake.wait_for(BETWEEN)
    assert intake.failures, "the kill was not felt: the test proves nothing"
    check(intake, database_url)
