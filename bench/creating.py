"""The public create at one, four and eight clients, beside django-helpdesk's public ticket and a bare Django row."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import ground, processor, programs
from bench.driver import Connection, Load, address_of, drive, next_serial
from bench.figures import Figure, Skipped, load
from bench.lists import served
from bench.rivals.environments import HELPDESK, NotInstalledError, python_with
from bench.rivals.sites import FLOOR_SITE, HELPDESK_SITE, TicketForm, send_row
from bench.scale import chosen

BENCH = "建件"
VAR = Path(__file__).resolve().parents[1] / "var" / "bench"
DATABASE = "creating"
CLIENTS = (1, 4, 8)
MOST_PROCESSOR, MOST_STATEMENTS = 15, 9
COUNTED = 20
QUIET_SECONDS, QUIET_SHARE = 60, 0.05
Send = Callable[[Connection, int], int]


@dataclass(frozen=True, slots=True)
class Running:
    """A side that is up: where it is asked, how, and the processes that belong to it besides the database."""

    port: int
    send: Send
    expects: int
    pids: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Cell:
    """What one side showed with so many clients; processor time in ms by part, waiting for what was put off."""

    load: Load = field(default_factory=Load)
    spent: dict[str, float] = field(default_factory=dict)

    @property
    def processor(self) -> float:
        """Milliseconds of all parts for each create."""
        return sum(self.spent.values()) / max(1, len(self.load.times))

    @property
    def parts(self) -> str:
        """The parts in words."""
        each = (f"{name} {value / max(1, len(self.load.times)):.1f}" for name, value in self.spent.items())
        return " + ".join(each)


def measure() -> Iterator[Figure | Skipped]:
    """Turns of all sides, one up at a time; then how many statements a create asks."""
    yield load(BENCH, "公众提交")
    with ExitStack() as stack:
        stack.enter_context(ground.copied(DATABASE))
        sides: dict[str, Callable[[], AbstractContextManager[Running]]] = {"息壤": _xirang}
        try:
            python_with("helpdesk", HELPDESK)
            for site in (HELPDESK_SITE, FLOOR_SITE):
                stack.enter_context(ground.empty(site.database))
                site.run("prepare")
            sides |= {"django-helpdesk 2.6.1": _helpdesk, "只写一行的 Django": _floor}
        except NotInstalledError as error:
            yield Skipped("对照", f"django-helpdesk 与 Django 的建件：{error}")
        cells = {(name, clients): Cell() for name in sides for clients in CLIENTS}
        for _ in range(chosen().turns):
            for name, side in sides.items():
                with side() as running:
                    for clients in CLIENTS:
                        _turn(cells[name, clients], running, clients)
        yield from _figures(cells, list(sides))
        yield _statements("息壤", DATABASE, MOST_STATEMENTS, lambda: _xirang(worker=False))
        if len(sides) > 1:
            yield _statements("django-helpdesk 2.6.1", HELPDESK_SITE.database, None, _helpdesk)


def _turn(cell: Cell, running: Running, clients: int) -> None:
    parts = (*running.pids, ("库", ground.postmaster()))
    for _ in range(10):
        running.send(Connection(running.port), next_serial())
    _await_quiet(running)
    before = [processor.spent(pid) for _name, pid in parts]
    seen = drive(running.send, port=running.port, clients=clients, seconds=chosen().seconds, expects=running.expects)
    _await_quiet(running)
    for (name, pid), began in zip(parts, before, strict=True):
        cell.spent[name] = cell.spent.get(name, 0.0) + processor.spent(pid) - began
    cell.load.add(seen)


def _await_quiet(running: Running) -> None:
    """Return when nothing of the side works any more: what was put off belongs to the create that put it off."""
    deadline = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < deadline:
        before = sum(processor.spent(pid) for _name, pid in running.pids)
        time.sleep(1)
        if sum(processor.spent(pid) for _name, pid in running.pids) - before <= 1000 * QUIET_SHARE:
            return


def _figures(cells: dict[tuple[str, int], Cell], names: list[str]) -> Iterator[Figure | Skipped]:
    peer = names[1] if len(names) > 1 else ""
    for clients in CLIENTS:
        other = cells[peer, clients].load if peer else None
        for name in names:
            cell, ours = cells[name, clients], name == "息壤"
            group = BENCH if ours else "对照"
            wrong = f"，{len(cell.load.wrong)} 次不成（{cell.load.wrong[0]}）" if cell.load.wrong else ""
            said = f"{name}，{clients} 个客户端（n={len(cell.load.times)}{wrong}）"
            yield Figure(
                group, f"{said} 处理器：{cell.parts}", cell.processor, "毫秒", MOST_PROCESSOR if ours else None
            )
            rival = other if ours and clients > 1 else None
            rate = rival.rate if rival else None
            yield Figure(group, f"{said} 每秒", cell.load.rate, "件", rate, least=True)
            most = rival.at(0.95) if rival else None
            yield Figure(group, f"{said} p95（p50 {cell.load.at(0.5):.1f}）", cell.load.at(0.95), "毫秒", most)
    wrong_ones = [one for (name, _clients), cell in cells.items() if name == "息壤" for one in cell.load.wrong]
    yield Figure(BENCH, "息壤：不成的提交", len(wrong_ones), "次", 0)


def _statements(
    name: str, database: str, most: int | None, side: Callable[[], AbstractContextManager[Running]]
) -> Figure:
    """Counted in the server's log: everything between the first and the last byte of a create."""
    with ground.statements_logged(database) as asked, side() as running:
        connection = Connection(running.port)
        for _ in range(COUNTED):  # Both workers have read by then what is read once a process.
            running.send(connection, next_serial())
        asked.begin()
        for _ in range(COUNTED):
            status = running.send(connection, next_serial())
            assert status == running.expects, status
        time.sleep(0.5)
        count = asked.count() / COUNTED
        # Which ones they are, for whoever wants fewer.
        (VAR / "logs" / f"statements-{database}.txt").write_text("\n".join(asked.texts) + "\n", "utf-8")
    group = BENCH if name == "息壤" else "对照"
    return Figure(group, f"{name}：每件的数据库语句（不含事务起止，n={COUNTED}）", count, "条", most)


@contextmanager
def _xirang(*, worker: bool = True) -> Iterator[Running]:
    env = ground.environment(DATABASE)
    with ExitStack() as stack:
        port, web = stack.enter_context(served(DATABASE))
        pids = [("网页", web)]
        if worker:
            process = stack.enter_context(programs.started(programs.xirang("work"), env, log=VAR / "logs" / "work.log"))
            pids.append(("后台", process.pid))
            time.sleep(3)  # It has begun to listen by then.
        yield Running(port, _report, 201, tuple(pids))


def _report(connection: Connection, serial: int) -> int:
    """One report of noise, which no rule dispatches, from another address each: the limit is one of an address."""
    body = {
        "process": "snap_report",
        "answers": {"category": "noise", "what": f"工地夜里十点以后还在施工，第 {serial} 次。"},
        "places": {"place": {"address": "听潮路 18 号门口"}},
    }
    headers = {"Content-Type": "application/json", "X-Forwarded-For": address_of(serial)}
    return connection.ask("POST", "/api/requests", headers, json.dumps(body).encode()).status


@contextmanager
def _helpdesk() -> Iterator[Running]:
    with HELPDESK_SITE.served() as (port, pid):
        yield Running(port, TicketForm(port).send, 302, (("网页", pid),))


@contextmanager
def _floor() -> Iterator[Running]:
    with FLOOR_SITE.served() as (port, pid):
        yield Running(port, send_row, 201, (("网页", pid),))
