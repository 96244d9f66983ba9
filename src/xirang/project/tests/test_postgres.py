"""The launcher of the embedded server against crashes, kills, odd paths and strangers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from xirang.foundation.terminal import StartupError
from xirang.project.keeping import postgres
from xirang.project.keeping.folders import SOURCE
from xirang.project.keeping.postgres import EmbeddedPostgres

pytestmark = pytest.mark.slow
HOLD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from xirang.project.keeping.postgres import EmbeddedPostgres
server = EmbeddedPostgres(sys.argv[2], throwaway=True).acquire()
print(server.url(), flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster that was made and stopped in order; to make one takes longer than most tests with it."""
    place = tmp_path_factory.mktemp("made") / "pg"
    with EmbeddedPostgres(place, throwaway=True):
        pass
    return place


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """A place with blanks and Chinese in its name where no server ever was."""
    place = tmp_path / "带 空格的 路径" / "pg"
    yield place
    EmbeddedPostgres(place).stop()


@pytest.fixture
def home(empty: Path, made: Path) -> Path:
    """The same place with a cluster in it; owners and rights are those of a cluster made there."""
    empty.parent.mkdir()
    subprocess.run(["cp", "-a", str(made), str(empty)], check=True)
    return empty


@pytest.fixture
def holders() -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Starts other processes that use a server, and ends them afterwards."""
    started: list[subprocess.Popen[str]] = []

    def hold(place: Path) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", HOLD, str(SOURCE), str(place)]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        return process

    yield hold
    for process in started:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_deep_path_with_blanks_and_chinese_works_and_its_parents_stay_closed(tmp_path: Path) -> None:
    closed = tmp_path / "只有 我能进"
    closed.mkdir(mode=0o700)
    deep = closed / ("很长的名字" * 10) / "pg"
    with EmbeddedPostgres(deep, throwaway=True) as server:
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("select lower('ÀÉ'), '中文' ~ '^\\w+$'").fetchone() == ("àé", True)
        assert server.sockets.stat().st_mode & 0o077 == 0
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not server.sockets.exists()


def test_the_last_user_stops_the_server_and_the_data_stays(home: Path) -> None:
    first = EmbeddedPostgres(home).acquire()
    second = EmbeddedPostgres(home).acquire()
    with psycopg.connect(first.url(), autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")
    pid = first.running_pid()
    first.release()
    assert second.running_pid() == pid
    second.release()
    assert second.members() == []
    with EmbeddedPostgres(home) as again, psycopg.connect(again.url()) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


def test_kill_9_of_the_only_user_leaves_nothing_running(home: Path, holders: Callable) -> None:
    holder = holders(home)
    server = EmbeddedPostgres(home)
    assert server.running_pid()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    wait_until(lambda: not server.members() and not server.sockets.exists())


def test_kill_9_of_one_user_does_not_disturb_another(home: Path, holders: Callable) -> None:
    holder = holders(home)
    with EmbeddedPostgres(home) as server:
        pid = server.running_pid()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        time.sleep(0.3)
        assert server.running_pid() == pid
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    assert server.members() == []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_neither_stops_its_parents_server_nor_keeps_it_up(home: Path) -> None:
    server = EmbeddedPostgres(home, throwaway=True).acquire()
    said, says = os.pipe()
    waits, ends = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ends)
        server.release()
        os.write(says, b"released")
        os.read(waits, 1)  # Lives until the parent closes its end.
        os._exit(0)
    try:
        assert os.read(said, 8) == b"released"
        assert server.running_pid()
        server.release()
        assert server.members() == []
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
    finally:
        os.close(ends)
        os.waitpid(child, 0)
        for each in (said, says, waits):
            os.close(each)


def test_a_killed_server_with_a_busy_backend_comes_back_with_all_committed_rows(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create table kept as select generate_series(1, 1000) as n")
        busy = psycopg.connect(server.url(), autocommit=True)
        busy.pgconn.send_query(b"select sum(a * b) from generate_series(1, 30000) a, generate_series(1, 30000) b")
        wait_until(lambda: len(server.members()) > 3)
        os.kill(server.running_pid() or 0, signal.SIGKILL)
        wait_until(lambda: server.running_pid() is None)
        with EmbeddedPostgres(home) as again, psycopg.connect(again.url()) as connection:
            assert connection.execute("select count(*) from kept").fetchone() == (1000,)
        busy.close()


def test_a_stale_pid_file_that_names_an_innocent_program_harms_neither(home: Path) -> None:
    innocent = subprocess.Popen(["sleep", "600"])
    try:
        stale = [str(innocent.pid), str(home / "data"), "1", "5432", "/nowhere", "", "", "ready"]
        (home / "data" / "postmaster.pid").write_text("\n".join(stale) + "\n")
        server = EmbeddedPostgres(home, throwaway=True)
        assert server.running_pid() is None
        with server, psycopg.connect(server.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_start_that_broke_off_while_creating_the_cluster_is_repeated(empty: Path) -> None:
    (empty / "new-12345").mkdir(parents=True)
    (empty / "new-12345" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(empty, throwaway=True) as server:
        assert server.running_pid()
    assert not (empty / "new-12345").exists()


def test_data_of_another_major_version_is_refused_with_the_way_out(home: Path) -> None:
    (home / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(StartupError, match="xirang backup"):
        EmbeddedPostgres(home, throwaway=True).acquire()


def test_two_homes_run_side_by_side(home: Path, tmp_path: Path) -> None:
    with EmbeddedPostgres(home, throwaway=True) as first:
        with EmbeddedPostgres(tmp_path / "乙", throwaway=True) as second:
            assert first.running_pid() != second.running_pid()
            assert first.sockets != second.sockets
        assert first.running_pid()
        assert second.members() == []


def test_a_strangers_link_in_place_of_the_socket_folder_is_not_followed(home: Path, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o755)
    (private / "kept").write_text("kept")
    sockets = postgres.socket_folder(home.resolve())
    sockets.symlink_to(private)
    with EmbeddedPostgres(home, throwaway=True) as server:
        assert not server.sockets.is_symlink()
    assert (private / "kept").read_text() == "kept"
    assert private.stat().st_mode & 0o777 == 0o755


def test_durable_settings_are_durable(home: Path) -> None:
    with EmbeddedPostgres(home) as server, psycopg.connect(server.url()) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert connection.execute(f"show {name}").fetchone() == ("on",)
        assert connection.execute("show listen_addresses").fetchone() == ("",)
