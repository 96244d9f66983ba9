"""What a killed worker left half done is taken up again, and what a power failure left behind is swept away."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from procrastinate.contrib.django import app

from tests.engines import bring, silence
from tests.world import ANYBODY, NOW, Told
from xirang.foundation import outbox, tasks
from xirang.foundation.actor import SYSTEM, Ref
from xirang.foundation.commands import command, publish, record
from xirang.foundation.models import OutboxEvent
from xirang.foundation.sockets import Events
from xirang.foundation.tests.test_outbox import Rang


def rows() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("select task_name, status::text from procrastinate_jobs order by id")
        return cursor.fetchall()


def leave(task: str, lock: str, *, seconds_ago: int) -> int:
    """A job as a worker leaves it that was killed at it: marked as being done, its last sign of life long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s))"
            " returning id",
            [seconds_ago],
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)"
            " values ('outbox', %s, %s, %s, '{}', 'doing', %s) returning id",
            [task, lock, lock, worker],
        )
        return cursor.fetchone()[0]


def take_up() -> int:
    async def run() -> int:
        async with app.with_connector(app.connector.get_worker_connector()).open_async() as working:
            return await tasks.retry_jobs_of_the_dead(working.job_manager)

    return asyncio.run(run())


def work() -> None:
    """One worker that does what waits and ends."""

    async def run() -> None:
        async with app.with_connector(app.connector.get_worker_connector()).open_async() as working:
            await working.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(run())


@command("Trial", permit=ANYBODY)
def say(*, actor: Any, now: Any) -> None:
    record(Ref("bell", "1"), {})
    publish(Rang(1, uuid4(), now))


def test_a_job_of_a_dead_worker_is_put_back_and_one_of_a_living_worker_left_alone(own_database):
    leave("foundation.deliver_outbox", "outbox", seconds_ago=120)
    leave("foundation.forget", "forget", seconds_ago=1)
    assert take_up() == 1
    assert rows() == [("foundation.deliver_outbox", "todo"), ("foundation.forget", "doing")]
    assert take_up() == 0


def test_where_the_same_work_waits_already_the_old_job_ends(own_database):
    leave("foundation.deliver_outbox", "outbox", seconds_ago=120)
    tasks.deliver_outbox.defer()
    assert take_up() == 1
    assert rows() == [("foundation.deliver_outbox", "failed"), ("foundation.deliver_outbox", "todo")]
    assert take_up() == 0


def test_a_worker_killed_while_delivering_does_not_stop_the_outbox_for_ever(own_database, monkeypatch):
    silence(monkeypatch)
    bring(monkeypatch, Events((Rang,)))
    Told(monkeypatch)
    leave("foundation.deliver_outbox", "outbox", seconds_ago=120)
    say(actor=SYSTEM, now=NOW)
    assert OutboxEvent.objects.filter(delivered_at__isnull=True).count() == 1
    tasks.retry_stalled.defer(timestamp=0)
    work()
    connection.close()
    assert OutboxEvent.objects.filter(delivered_at__isnull=True).count() == 0
    assert outbox.deliver(NOW) == 0
    assert not [row for row in rows() if row[1] in ("todo", "doing")]


def test_all_periodic_jobs_are_known_and_none_waits_for_what_it_frees():
    known = {one.task.name: one.task for one in app.periodic_registry.periodic_tasks.values()}
    assert {
        "foundation.retry_stalled",
        "foundation.sweep_files",
        "foundation.forget",
        "foundation.sweep_outbox",
    } <= set(known)
    assert known["foundation.retry_stalled"].lock is None


def test_unfinished_uploads_are_swept_after_a_day(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    folder = tmp_path / "unfinished"
    folder.mkdir()
    for name, age in (("old", timedelta(days=2)), ("fresh", timedelta(hours=1))):
        (folder / name).write_bytes(b"x")
        then = (datetime.now(UTC) - age).timestamp()
        os.utime(folder / name, (then, then))
    tasks.sweep_files(0)
    assert [path.name for path in folder.iterdir()] == ["fresh"]
