"""`xirang run`: database, migrations, web pages and background work as one group that starts and ends together."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from xirang.foundation.terminal import StartupError, say
from xirang.project.keeping import secrets
from xirang.project.keeping.database import open_database
from xirang.project.keeping.folders import SOURCE, START, make_private, var_folder
from xirang.project.keeping.postgres import EmbeddedPostgres
from xirang.project.running.parts import Part, Wait, load_site, start_part, woken_by_children
from xirang.project.running.web import Address, address_from, warn_of_open_demo

READY_SECONDS = 60
STOP_SECONDS = 15
POLL_SECONDS = 0.05
LOOK_SECONDS = 2  # A dead child wakes us at once; only a database that another process started has to be looked after.
MOST_REVIVALS, REVIVAL_WINDOW_SECONDS = 3, 300


class StoppedError(BaseException):
    """Somebody asked us to end: Ctrl-C, SIGTERM or a closed terminal."""


def configure(parser: argparse.ArgumentParser) -> None:
    """`run` takes no arguments: HOST, PORT, DATABASE_URL and XIRANG_… come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Start everything, wait until it is told to stop or a part dies, and stop everything; the database last."""
    began = time.monotonic()
    with _asked_to_stop():
        try:
            address = address_from(os.environ)
            refuse_taken_port(address)
            warn_of_open_demo(address)
            make_private(var_folder())
            secrets.load(var_folder())
            _warn_without_face()
            with open_database() as database:
                load_site()
                _prepare()
                _run_parts(address, began, database)
        except StoppedError:
            say("已停止。", "Stopped.")
    return 0


def refuse_taken_port(address: Address) -> None:
    """Raise StartupError, naming a free neighbour, where another program listens on the address."""
    if problem := bind_problem(address):
        free = next((port for port in range(address.port + 1, address.port + 50) if not _taken(address, port)), 0)
        raise StartupError(
            f"{address.host}:{address.port} 不能使用（{problem}）。请换一个端口，例如：PORT={free} {START}",
            f"{address.host}:{address.port} cannot be used ({problem}). Choose another port: PORT={free} {START}",
        )


@contextmanager
def _asked_to_stop() -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # Impatience must not interrupt the orderly end.
        raise StoppedError

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _prepare() -> None:
    parts: list[Part] = []
    try:
        start_part(parts, "准备数据", "preparation", "prepare", "xirang-prepare")
        parts[0].process.join()
    finally:
        _end(parts)
    if parts[0].exit_code:
        raise StartupError("数据准备没有成功，原因见上。", "Preparing the data failed, see above.")


def _run_parts(address: Address, began: float, database: EmbeddedPostgres | None) -> None:
    parts: list[Part] = []
    try:
        with woken_by_children() as wait:
            start_part(parts, "网页服务", "the web service", "serve", "xirang-web")
            start_part(parts, "后台任务", "the background worker", "work", "xirang-work")
            _await_ready(address, parts, wait)
            took = time.monotonic() - began
            say(
                f"息壤已启动（{took:.1f} 秒）：{address.url}　　按 Ctrl-C 停止。",
                f"Xirang is running ({took:.1f} s): {address.url}   Ctrl-C stops it.",
            )
            _watch(parts, database, wait)
    finally:
        _end(parts)


def _watch(parts: list[Part], database: EmbeddedPostgres | None, wait: Wait) -> None:
    """Look after the parts until we are stopped; a dead embedded database is started again, it loses no commit."""
    revivals: list[float] = []
    while True:
        wait(LOOK_SECONDS)
        dead = _first_dead(parts)
        if database and database.running_pid() is None:
            revivals = [moment for moment in revivals if time.monotonic() - moment < REVIVAL_WINDOW_SECONDS]
            if len(revivals) >= MOST_REVIVALS:
                raise StartupError(
                    "数据库反复退出，全部停止。请运行 xirang doctor。", "The database keeps dying. Run xirang doctor."
                )
            revivals.append(time.monotonic())
            database.revive()
            say(
                "数据库意外退出，已重新启动，数据没有丢失。",
                "The database died and was started again; no data is lost.",
            )
            _renew(parts, "work")  # It survives, but deaf: the connection on which it hears of new work is gone.
        elif dead:
            raise _death(dead)


def _renew(parts: list[Part], command: str) -> None:
    old = next(part for part in parts if part.command == command)
    _end([old])
    parts.remove(old)
    start_part(parts, old.zh, old.en, command, old.name)


def _await_ready(address: Address, parts: list[Part], wait: Wait) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if dead := _first_dead(parts):
            raise _death(dead)
        if answers(address):
            return
        wait(POLL_SECONDS)
    raise StartupError(
        f"{READY_SECONDS} 秒内没有启动完成。请运行 xirang doctor 查看原因。",
        f"Not ready within {READY_SECONDS} seconds. Run xirang doctor to see why.",
    )


def answers(address: Address) -> bool:
    """Whether a healthy Xirang answers at the address."""
    connection = http.client.HTTPConnection(address.reachable_host, address.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _first_dead(parts: list[Part]) -> Part | None:
    return next((part for part in parts if part.exit_code is not None), None)


def _death(part: Part) -> StartupError:
    code = part.exit_code
    return StartupError(
        f"{part.zh}意外退出（代码 {code}），因此全部停止。数据没有丢失；原因见上，或运行 xirang doctor。",
        f"{part.en} ended unexpectedly (code {code}), so everything stops. No data is lost; "
        "see above, or run xirang doctor.",
    )


def _end(parts: list[Part]) -> None:
    for part in parts:
        if part.exit_code is None:
            part.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for part in parts:
        if not part.ends_within(max(0.1, deadline - time.monotonic())):
            say(f"{part.zh}没有按时结束，强行结束。", f"{part.en} did not end in time and is killed.")
        part.kill_with_all_its_own()


def bind_problem(address: Address) -> str:
    """Why nobody can listen on the address now; empty where one can."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
            probe.listen(1)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _taken(address: Address, port: int) -> bool:
    return port > 65535 or bool(bind_problem(Address(address.host, port)))


def _warn_without_face() -> None:
    if not any((SOURCE / "xirang" / "ui" / "static" / "ui").glob("*")):
        say("样式和脚本还没有生成，页面会很简陋。请运行 make setup。", "Styles are not built yet. Run make setup.")
