"""Jobs of the ground floor: delivering the outbox and forgetting what has served its time."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from xirang.foundation import outbox
from xirang.foundation.files import sweep_unfinished
from xirang.foundation.retention import forget_old

log = logging.getLogger("xirang.tasks")
# A worker that is told to stop waits for the job under way: each ends well before it would be killed, and goes on as
# another one.
SECONDS_AT_ONCE = 8.0


@app.task(name=outbox.WAKE_UP, queue=outbox.QUEUE, queueing_lock=outbox.QUEUE, lock=outbox.QUEUE)
def deliver_outbox() -> None:
    """Deliver what waits; woken by every commit that published something that somebody wants."""
    outbox.deliver(datetime.now(UTC), seconds=SECONDS_AT_ONCE)


@app.periodic(cron="* * * * *")
@app.task(name="foundation.sweep_outbox", queue="outbox", queueing_lock="sweep", lock="outbox")
def sweep_outbox(timestamp: int) -> None:
    """Find events whose wake-up was lost to a crash, and try failed ones again; none of them is urgent to a second."""
    outbox.deliver(datetime.now(UTC), seconds=SECONDS_AT_ONCE)


@app.periodic(cron="* * * * *")
@app.task(name="foundation.retry_stalled", queue="upkeep", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Take up again what a killed worker left half done: such a job would hold its lock, and the outbox, for ever.

    It holds no lock of its own and stands in a queue of its own, so that it never waits for what it is to free.
    """
    await retry_jobs_of_the_dead(context.app.job_manager)


async def retry_jobs_of_the_dead(manager: JobManager) -> int:
    """Put back every job whose worker has given no sign of life for half a minute; returns how many there were."""
    stalled = list(await manager.get_stalled_jobs())
    for job in stalled:
        log.warning("job %s (%s) was left by a worker that is gone", job.id, job.task_name)
        await _put_back(manager, job)
    return len(stalled)


async def _put_back(manager: JobManager, job: Job) -> None:
    try:
        await manager.retry_job(job)
    except ConnectorException:
        # The same work waits in the queue already, under the same queueing lock: this one has nothing left to do.
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="41 3 * * *")
@app.task(name="foundation.sweep_files", queue="upkeep", queueing_lock="sweep_files")
def sweep_files(timestamp: int) -> None:
    """Remove what uploads cut short by a power failure have left behind."""
    sweep_unfinished(settings.FILES_ROOT, datetime.now(UTC))


@app.periodic(cron="17 3 * * *")
@app.task(name="foundation.forget", queue="upkeep", queueing_lock="forget", lock="forget")
def forget(timestamp: int) -> None:
    """Drop what has served its time, after the terms of `settings.KEEP_DAYS`; much of it in several turns."""
    dropped, finished = forget_old(datetime.now(UTC), seconds=SECONDS_AT_ONCE)
    log.info("forgotten: %s", dropped)
    if not finished:
        with suppress(AlreadyEnqueued):
            forget.configure(task_kwargs={"timestamp": timestamp}).defer()
