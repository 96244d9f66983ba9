"""A second start until its first page is served, what the group costs while nobody comes, its stop, and one command."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.figures import Figure, Skipped

ROUNDS = 3
MOST_START_SECONDS, MOST_FIRST_PAGE_MILLISECONDS, MOST_STOP_SECONDS = 4, 50, 0.6
MOST_LIST_SECONDS, MOST_IDLE_PERCENT = 1, 0.5
SETTLING_SECONDS, IDLE_SECONDS = 10, 60


def measure() -> list[Figure | Skipped]:
    """Start a district of its own once to make it, then again and again; wall time, and CPU that no load changes."""
    environment = own_environment()
    with running(environment) as first:  # Makes the database and the demo district.
        first.await_healthy(120)
    rounds = [one_round(environment) for _ in range(ROUNDS)]
    with running(environment) as site:
        site.await_healthy(60)
        idle = site.idle_percent()
        listed = [timed(lambda: pack_list(environment)) for _ in range(ROUNDS)]
    listed_alone = [timed(lambda: pack_list(environment)) for _ in range(ROUNDS)]
    healthy, page, page_cpu, stop, cpu = (statistics.median(column) for column in zip(*rounds, strict=True))
    return [
        Figure("启动", "再次启动，到健康检查通过", healthy, "秒", MOST_START_SECONDS),
        Figure("启动", "随后的第一页", page, "毫秒", MOST_FIRST_PAGE_MILLISECONDS),
        Figure("启动", "第一页的处理器时间（网页各进程）", page_cpu, "毫秒"),
        Figure("启动", "启动和停止的处理器时间，全部进程", cpu, "秒"),
        Figure("启动", "停止", stop, "秒", MOST_STOP_SECONDS),
        Figure("启动", f"无人访问 {IDLE_SECONDS} 秒，全部进程占一个核", idle, "%", MOST_IDLE_PERCENT),
        *_of_command("xirang pack list（运行中）", listed),
        *_of_command("xirang pack list（未运行，连同起停数据库）", listed_alone),
    ]


def own_environment() -> dict[str, str]:
    """A folder for data of our own below the bench's, and no database but the one in it."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["XIRANG_VAR"] = str(Path(os.environ["XIRANG_VAR"]) / "start")
    return environment


class Site:
    """A started `xirang run` and everything that it has started."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        argv = [sys.executable, "-m", "xirang.project.cli", "run"]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            argv, env=environment | {"PORT": str(self.port)}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    def await_healthy(self, seconds: float) -> float:
        """Seconds from the start until /healthz says ok."""
        while time.monotonic() - self.began < seconds:
            assert self.process.poll() is None, "xirang run ended at once"
            try:
                if self.get("/healthz") == 200:
                    return time.monotonic() - self.began
            except OSError:
                pass
            time.sleep(0.02)
        raise TimeoutError(f"not healthy within {seconds} seconds")

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status

    def family(self) -> list[psutil.Process]:
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def idle_percent(self) -> float:
        """Share of one core that all processes together use while nobody asks for anything."""
        time.sleep(SETTLING_SECONDS)
        family = [one.pid for one in self.family()]
        before = {pid: run_seconds(pid) for pid in family}
        time.sleep(IDLE_SECONDS)
        return sum(run_seconds(pid) - before[pid] for pid in family) / IDLE_SECONDS * 100

    def stop(self) -> float:
        """Seconds from SIGTERM until all is over."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0
        return time.monotonic() - began


@contextmanager
def running(environment: dict[str, str]) -> Iterator[Site]:
    """A site that is stopped afterwards, whatever happened."""
    site = Site(environment)
    try:
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()


def one_round(environment: dict[str, str]) -> tuple[float, float, float, float, float]:
    """Seconds to healthy, milliseconds of the first page, of its CPU, seconds to stop, CPU seconds of it all."""
    spent = children_seconds()
    with running(environment) as site:
        healthy = site.await_healthy(60)
        pages = [one.pid for one in site.family() if one.name() == "xirang-page"]
        before = sum(map(run_seconds, pages))
        page = timed(lambda: site.get("/"))[0] * 1000
        page_cpu = (sum(map(run_seconds, pages)) - before) * 1000
        stop = site.stop()
    return healthy, page, page_cpu, stop, children_seconds() - spent


def pack_list(environment: dict[str, str]) -> None:
    """`xirang pack list` as a person runs it."""
    argv = [sys.executable, "-m", "xirang.project.cli", "pack", "list"]
    subprocess.run(argv, env=environment, check=True, stdout=subprocess.DEVNULL)


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds that it took, and CPU seconds of the children that it waited for."""
    spent, began = children_seconds(), time.monotonic()
    act()
    return time.monotonic() - began, children_seconds() - spent


def children_seconds() -> float:
    """User and system time of all our children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_seconds(pid: int) -> float:
    """What the scheduler gave a process, all threads, to the nanosecond; ticks of 10 ms would not show an idle one."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except OSError:
        return 0.0


def _of_command(what: str, rounds: list[tuple[float, float]]) -> list[Figure | Skipped]:
    seconds, cpu = (statistics.median(column) for column in zip(*rounds, strict=True))
    return [
        Figure("启动", what, seconds, "秒", MOST_LIST_SECONDS),
        Figure("启动", f"{what}：处理器时间", cpu, "秒"),
    ]
