"""`xirang run` as a person uses it: it starts, says where it is, and however it ends, nothing is left running."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from xirang.project.keeping.folders import SOURCE
from xirang.project.keeping.postgres import EmbeddedPostgres

START_SECONDS = 60
pytestmark = pytest.mark.slow


class Running:
    """A started `xirang run`, with every process that it has started."""

    def __init__(self, var: Path, port: int) -> None:
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LANG", "LC_ALL")}
        env |= {"XIRANG_VAR": str(var), "XIRANG_DEMO": "0", "PORT": str(port), "PYTHONPATH": str(SOURCE)}
        env["XIRANG_WORKERS"] = "1"
        self.port = port
        self.server = EmbeddedPostgres(var / "pg")
        self.log = var.parent / f"run-{time.monotonic_ns()}.log"
        argv = [sys.executable, "-m", "xirang.project.cli", "run"]
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.family: list[psutil.Process] = []

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def await_ready(self) -> Running:
        until(lambda: "息壤已启动" in self.said() or self.process.poll() is not None, START_SECONDS)
        assert self.process.poll() is None, self.said()
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        return self

    def part(self, name: str) -> psutil.Process:
        """The one process of that name; page processes have a name of their own."""
        (found,) = [each for each in self.family if each.name() == name]
        return found

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def leaves_nothing(self) -> bool:
        alive = [each for each in self.family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        return not alive and not self.server.members()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("家 目录") / "var"


@pytest.fixture(scope="module")
def start(var: Path) -> Iterator[Callable[[], Running]]:
    """Gives the program that a test before has left running and in order, or starts it; the last one is ended here."""
    started: list[Running] = []

    def begin() -> Running:
        if started and started[-1].process.poll() is None:
            return started[-1]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        started.append(Running(var, port))
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.process.send_signal(signal.SIGTERM)
            each.process.wait(30)


# A start takes ten seconds. What survives a test serves the next one, so the order counts: a test may begin with a
# program that came through a killed database, or with the one that was started over what kill -9 had left.


def test_a_killed_database_comes_back_by_itself_and_the_site_with_it(start: Callable[[], Running]) -> None:
    running = start().await_ready()
    assert running.get("/") in (200, 302)
    killed = running.server.running_pid()
    os.kill(killed or 0, signal.SIGKILL)
    until(lambda: running.server.running_pid() not in (None, killed))
    until(lambda: running.get("/") in (200, 302) and running.get("/healthz") == 200)
    time.sleep(2)
    assert running.process.poll() is None, running.said()
    assert "已重新启动" in running.said()
    children = psutil.Process(running.process.pid).children()
    assert all(each.status() != psutil.STATUS_ZOMBIE for each in children)
    assert [each.name() for each in children].count("xirang-work") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_serves_and_ends_in_order(start: Callable[[], Running], number: signal.Signals) -> None:
    running = start().await_ready()
    assert f"http://127.0.0.1:{running.port}" in running.said()
    assert running.get("/healthz") == 200
    assert running.get("/live/changes") == 403
    assert running.get("/") in (200, 302)
    running.process.send_signal(number)
    assert running.process.wait(30) == 0
    assert "已停止" in running.said()
    # The database is gone; its watcher is told so by the lock that the supervisor's end sets free, and leaves last.
    assert not running.server.members()
    until(running.leaves_nothing, 2)


def test_told_to_stop_while_it_is_still_starting_it_ends_in_order(start: Callable[[], Running]) -> None:
    running = start()
    program = psutil.Process(running.process.pid)
    until(lambda: any(each.name() == "xirang-web" for each in program.children()), START_SECONDS)
    running.family = program.children(recursive=True)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert "已停止" in running.said()
    assert "Traceback" not in running.said()
    until(running.leaves_nothing, 5)


def test_kill_9_of_the_supervisor_leaves_nothing_running_and_the_data_whole(start: Callable[[], Running]) -> None:
    running = start().await_ready()
    with psycopg.connect(running.server.acquire().url(), autocommit=True) as connection:
        connection.execute("create table if not exists kept as select 42 as answer")
    running.server.release()
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    until(running.leaves_nothing)
    again = start().await_ready()
    with again.server as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


@pytest.mark.parametrize(
    ("name", "sentence"), [("xirang-web", "网页服务意外退出"), ("xirang-work", "后台任务意外退出")]
)
def test_the_death_of_one_part_ends_all_with_a_sentence(start: Callable[[], Running], name: str, sentence: str) -> None:
    running = start().await_ready()
    running.part(name).kill()
    assert running.process.wait(30) == 1
    assert sentence in running.said()
    until(running.leaves_nothing)


def test_a_taken_port_is_named_with_a_free_one_and_nothing_is_started(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        running = Running(var, other.getsockname()[1])
        assert running.process.wait(20) == 1
    assert re.search(r"PORT=\d+ make run", running.said())
    assert not running.server.members()
