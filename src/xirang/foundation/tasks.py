"""Jobs of the ground floor: delivering the outbox and forgetting what has served its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from xirang.foundation import outbox
from xirang.foundation.models import IdempotencyKey, OutboxEvent, RateWindow


@app.task(name="foundation.deliver_outbox", queue="outbox", queueing_lock="outbox", lock="outbox")
def deliver_outbox() -> None:
    """Deliver what waits; woken by every commit that published something."""
    outbox.deliver(datetime.now(UTC))


@app.periodic(cron="* * * * * */10")
@app.task(name="foundation.sweep_outbox", queue="outbox", queueing_lock="sweep", lock="outbox")
def sweep_outbox(timestamp: int) -> None:
    """Find events whose wake-up was lost to a crash, and try failed ones again."""
    outbox.deliver(datetime.now(UTC))


@app.periodic(cron="17 3 * * *")
@app.task(name="foundation.forget", queue="outbox", queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Drop keys of repeated calls after a week, rate windows after a day, delivered events after ninety days."""
    now = datetime.now(UTC)
    IdempotencyKey.objects.filter(claimed_at__lt=now - timedelta(days=7)).delete()
    RateWindow.objects.filter(window__lt=now - timedelta(days=1)).delete()
    OutboxEvent.objects.filter(delivered_at__lt=now - timedelta(days=90)).delete()
