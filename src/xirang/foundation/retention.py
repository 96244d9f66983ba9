"""Forgetting what has served its time, after the terms of `settings.KEEP_DAYS`, in small batches."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from django.conf import settings
from django.db import connection

BATCH = 1000

# An event of which somebody has yet to hear, or of which a delivery was given up, waits for a person: it stays.
# Ids ascend with the time, so that the walk along the key ends at the term instead of the end of the table.
_EVENTS = """
with old as (
    select id from foundation_outboxevent event
    where id < %(newest)s and delivered_at < %(before)s
        and not exists (select from foundation_delivery one where one.event_id = event.id and one.at is null)
    order by id limit %(batch)s
), gone as (
    delete from foundation_delivery where event_id in (select id from old)
)
delete from foundation_outboxevent where id in (select id from old)
"""
_JOBS = """
delete from procrastinate_jobs where id in (
    select job.id from procrastinate_jobs job
    where job.status::text = any(%(statuses)s)
        and coalesce((select max(at) from procrastinate_events event where event.job_id = job.id), '-infinity')
            < %(before)s
    order by job.id limit %(batch)s
)
"""
_KEYS = """
delete from foundation_idempotencykey where id in (
    select id from foundation_idempotencykey where claimed_at < %(before)s order by claimed_at limit %(batch)s
)
"""
_WINDOWS = """
delete from foundation_ratewindow where id in (
    select id from foundation_ratewindow where "window" < %(before)s limit %(batch)s
)
"""
FORGETTING: dict[str, tuple[LiteralString, tuple[str, ...]]] = {
    "delivered_events": (_EVENTS, ()),
    "finished_jobs": (_JOBS, ("succeeded", "cancelled", "aborted")),
    "failed_jobs": (_JOBS, ("failed",)),
    "idempotency_keys": (_KEYS, ()),
    "rate_windows": (_WINDOWS, ()),
}


def forget_old(now: datetime, *, seconds: float | None = None) -> tuple[dict[str, int], bool]:
    """Drop what is older than its term: how much of each, and whether nothing is left that could go.

    Each batch is a transaction of its own, short enough to keep nobody waiting. After so many `seconds` the run ends.
    """
    began, dropped = time.monotonic(), dict.fromkeys(FORGETTING, 0)
    for what in FORGETTING:
        while (count := _drop(what, now)) > 0:
            dropped[what] += count
            if seconds is not None and time.monotonic() - began > seconds:
                return dropped, False
    return dropped, True


def _drop(what: str, now: datetime) -> int:
    statement, statuses = FORGETTING[what]
    before = now - timedelta(days=settings.KEEP_DAYS[what])
    given: dict[str, Any] = {"before": before, "batch": BATCH}
    if statement is _JOBS:
        given["statuses"] = list(statuses)
    if statement is _EVENTS:
        given["newest"] = UUID(int=int(before.timestamp() * 1000) << 80)
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        count: int = cursor.rowcount
    return count
