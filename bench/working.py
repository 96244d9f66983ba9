"""Steps of a process, events, clocks: what goes on behind the pages, and what it leaves in the tables."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import ground, processor, programs
from bench.figures import Figure, Skipped, load
from bench.rivals.environments import SPIFF, NotInstalledError, python_with
from bench.scale import chosen
from bench.stepping import STEPS, Office

HERE = Path(__file__).resolve().parent
VAR = HERE.parent / "var" / "bench"
MOST_STEP, LEAST_STEPS, LEAST_EVENTS, LEAST_CLOCKS, MOST_BYTES = 4.5, 400, 1000, 300, 12_000
ALL_OVERDUE, MOST_OVERDUE_SECONDS = 100_000, 360
CLOCK_SECONDS, DELIVERY_SECONDS = 60.0, 120.0  # Neither takes longer here, however slow it is; --overdue has no bound.
RIVAL = "SpiffWorkflow 3.2.0"


def measure() -> Iterator[Figure | Skipped]:
    """Steps beside SpiffWorkflow; bytes of what they finished; a backlog of events; overdue clocks."""
    yield from _steps()
    yield from _events()
    yield from _clocks()


# Steps, and what a finished case takes.


def _steps() -> Iterator[Figure | Skipped]:
    yield load("办理", "流程的一步")
    with ExitStack() as stack:
        stack.enter_context(ground.copied("stepping"))
        sides: dict[str, tuple[list[str], Mapping[str, str]]] = {
            "息壤": ([sys.executable, "-m", "bench.stepping"], ground.environment("stepping"))
        }
        try:
            python = python_with("spiff", SPIFF)
            stack.enter_context(ground.empty("spiff"))
            sides[RIVAL] = ([str(python), str(HERE / "rivals" / "spiff_steps.py")], ground.environment("spiff"))
        except NotInstalledError as error:
            yield Skipped("对照", f"{RIVAL} 的一步：{error}")
        seen: dict[tuple[str, int], list[dict[str, float]]] = {}
        for _ in range(chosen().turns):
            for name, (argv, env) in sides.items():
                for clients in (1, 4):
                    seen.setdefault((name, clients), []).append(_together(argv, env, clients))
        for (name, clients), turns in seen.items():
            yield from _speed(name, clients, turns)
        yield from _leftovers()


def _together(argv: list[str], env: Mapping[str, str], clients: int) -> dict[str, float]:
    """So many processes begin at one word; the database's own time is that of the whole server."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with ExitStack() as stack:
        log = VAR / "logs" / "stepping.log"
        all_ = [stack.enter_context(programs.started(argv, env, log=log, **pipes)) for _ in range(clients)]
        for one in all_:
            _line(one)
        server = ground.postmaster()
        before = processor.spent(server)
        for one in all_:
            assert one.stdin is not None
            one.stdin.write(f"{chosen().seconds}\n")
            one.stdin.flush()
        said = [_line(one) for one in all_]
        database = processor.spent(server) - before
    finished = sum(one["finished"] for one in said)
    rate = sum(one["finished"] / one["seconds"] for one in said)
    return {"finished": finished, "rate": rate, "spent": sum(one["spent"] for one in said), "database": database}


def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a process that takes steps ended, see var/bench/logs/stepping.log")
    found: dict[str, Any] = json.loads(line)
    return found


def _speed(name: str, clients: int, turns: list[dict[str, float]]) -> Iterator[Figure]:
    ours, steps = name == "息壤", sum(one["finished"] for one in turns) * STEPS
    group = "办理" if ours else "对照"
    said = f"{name}，{clients} 个客户端，五步办完一件（n={steps:,.0f} 步）"
    spent, database = (sum(one[part] for one in turns) / steps for part in ("spent", "database"))
    most = MOST_STEP if ours and clients == 1 else None
    yield Figure(group, f"{said} 一步的处理器（库另计 {database:.1f}）", spent, "毫秒", most)
    rate = sum(one["rate"] for one in turns) / len(turns) * STEPS
    yield Figure(group, f"{said} 每秒", rate, "步", LEAST_STEPS if ours and clients == 4 else None, least=True)


def _leftovers() -> Iterator[Figure]:
    """Finish cases in rounds, clear up after each, and weigh what the last round added to the tables for good.

    An open case stands in many indexes in which a finished one does not. What its steps leave there is cleared away by
    the server itself (autovacuum) and filled again by the next cases; two rounds bring the tables into that state.
    """
    finished = chosen().finished
    with ground.speaking_to("stepping"):
        office, weighed = Office(), []
        for _round in range(3):
            for _each in range(finished):
                office.finish_one()
            job("foundation.deliver_outbox")
            job("cases.keep_words", timestamp=0)
            ground.clear_up("stepping")
            weighed.append(ground.sizes("stepping"))
    *_settling, before, after = weighed
    each = {table: (size - before.get(table, 0)) / finished for table, size in after.items()}
    largest = sorted(((table, size) for table, size in each.items() if size >= 50), key=lambda one: -one[1])
    for table, size in largest:
        yield Figure("占用", f"办结一件，表 {table} 连索引", size, "字节")
    yield Figure("占用", f"办结一件，全部的表连索引，清理之后（n={finished}）", sum(each.values()), "字节", MOST_BYTES)


# Events and clocks.


def _events() -> Iterator[Figure]:
    """A backlog of openings, each of which tells its requester by one notify line, delivered by one worker."""
    yield load("事件", "投递积压")
    with ground.copied("events"), ground.speaking_to("events"):
        job("foundation.deliver_outbox")  # What the demo left.
        told, count = _messages(), chosen().backlog
        _ask_often(count)
        deliver = functools.partial(job, "foundation.deliver_outbox")
        spent = _timed(deliver, left=lambda: told + count - _messages(), within=DELIVERY_SECONDS)
        heard = _messages() - told
    each = f"处理器每条 {spent['own'] / max(1, heard):.1f} + 库 {spent['base'] / max(1, heard):.1f}"
    said = f"积压的“收到办件”，各有一条 notify（投到 {heard:,} 条，{each}）"
    yield Figure("事件", said, heard / spent["seconds"], "条/秒", LEAST_EVENTS, least=True)
    yield Figure("事件", f"{count:,} 条里没有投到的", count - heard, "条", 0)


def _ask_often(count: int) -> None:
    from xirang.areas.models import Area
    from xirang.areas.spec import Level
    from xirang.engines.cases import commands
    from xirang.engines.cases.commands import Opening, PlaceGiven
    from xirang.people.queries import actor_of, find_account

    account = find_account("fangqing")
    assert account is not None
    actor = actor_of(account, now=datetime.now(UTC))
    area = Area.objects.filter(level=Level.GRID.value).order_by("pk")[0].pk
    answers = {"category": "noise", "what": "工地夜里十点以后还在施工。"}
    places = {"place": PlaceGiven(address="听潮路 18 号门口")}
    for _ in range(count):
        opening = Opening(process="snap_report", area_id=area, answers=answers, places=places)
        commands.open_case(actor=actor, opening=opening, now=datetime.now(UTC))


def _messages() -> int:
    return counted("select count(*) from bulletin_message")


def _clocks() -> Iterator[Figure]:
    """Cases all of whose terms have run out, until no clock is due or the time is up."""
    from bench.filling import Filling

    wanted = ALL_OVERDUE if chosen().all_overdue else chosen().overdue
    with ground.copied("clocks"), ground.speaking_to("clocks"):
        run_clocks = functools.partial(job, "cases.run_clocks", timestamp=0)
        run_clocks()  # What the demo left.
        filling, began = Filling(), _due()
        filling.copy([_marked(filling.handled + filling.waiting)] * wanted, late=True)
        due = _due() - began
        yield load("时限", f"{due:,} 件到期")
        within = float("inf") if chosen().all_overdue else CLOCK_SECONDS
        spent = _timed(run_clocks, left=lambda: _due() - began, within=within)
        left = max(0, _due() - began)
    run = due - left
    each = f"处理器每件 {spent['own'] / max(1, run):.1f} + 库 {spent['base'] / max(1, run):.1f}"
    rate = run / spent["seconds"]
    yield Figure("时限", f"到期的时限（{run:,} 件，{each}）", rate, "件/秒", LEAST_CLOCKS, least=True)
    if chosen().all_overdue:
        yield Figure("时限", f"{run:,} 件全部办完", spent["seconds"], "秒", MOST_OVERDUE_SECONDS)
        yield Figure("时限", "没有办完的", left, "件", 0)
    elif run:
        said = f"{ALL_OVERDUE:,} 件到期全部办完，按上一行推算，不是实测（实测加 --overdue）"
        yield Figure("时限", said, ALL_OVERDUE / rate, "秒", MOST_OVERDUE_SECONDS)


def _marked(cases: list[Any]) -> list[Any]:
    """Those of the cases on which a clock has something to do some day."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select id from cases_case where id = any(%s) and next_mark_at is not null order by id", [cases])
        return [row[0] for row in cursor.fetchall()]


def _due() -> int:
    moment = datetime.now(UTC) - timedelta(seconds=1)
    return counted("select count(*) from cases_case where next_mark_at <= %s", moment)


def counted(statement: str, *values: object) -> int:
    """The one number that a statement gives."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: int = cursor.fetchone()[0]
        return found


def job(name: str, **arguments: Any) -> None:
    """One of the worker's jobs, by the name under which it stands in the queue, done here and now."""
    from procrastinate.contrib.django import app

    app.tasks[name](**arguments)


def _timed(work: Callable[[], None], *, left: Callable[[], int], within: float) -> dict[str, float]:
    """Repeat a job as the worker does, until nothing is left, nothing more gets done, or the seconds are up."""
    server = ground.postmaster()
    base, own, began = processor.spent(server), time.process_time(), time.monotonic()
    before = left()
    while before > 0 and time.monotonic() - began < within:
        work()
        after = left()
        if after >= before:
            break
        before = after
    return {
        "seconds": time.monotonic() - began,
        "own": (time.process_time() - own) * 1000,
        "base": processor.spent(server) - base,
    }
