"""Jobs of the ground floor: delivering the outbox and forgetting what has served its time."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from xirang.foundation import outbox
from xirang.foundation.files import sweep_unfinished
from xirang.foundation.models import IdempotencyKey, OutboxEvent, RateWindow

log = logging.getLogger("xirang.tasks")


@app.task(name=outbox.WAKE_UP, queue=outbox.QUEUE, queueing_lock=outbox.QUEUE, lock=outbox.QUEUE)
def deliver_outbox() -> None:
    """Deliver what waits; woken by every commit that published something."""
    outbox.deliver(datetime.now(UTC))


@app.periodic(cron="* * * * * */10")
@app.task(name="foundation.sweep_outbox", queue="outbox", queueing_lock="sweep", lock="outbox")
def sweep_outbox(timestamp: int) -> None:
    """Find events whose wake-up was lost to a crash, and try failed ones again."""
    outbox.deliver(datetime.now(UTC))


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
@app.task(name="foundation.forget", queue="outbox", queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Drop keys of repeated calls after a week, rate windows after a day, delivered events after ninety days."""
    now = datetime.now(UTC)
    IdempotencyKey.objects.filter(claimed_at__lt=now - timedelta(days=7)).delete()
    RateWindow.objects.filter(window__lt=now - timedelta(days=1)).delete()
    OutboxEvent.objects.filter(delivered_at__lt=now - timedelta(days=90)).delete()
