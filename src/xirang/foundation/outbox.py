"""Events leave after commit, at least once; a listener's effect and its delivery mark commit together, so once."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from pydantic import TypeAdapter

from xirang.foundation import sockets
from xirang.foundation.actor import Actor
from xirang.foundation.ids import new_id
from xirang.foundation.models import Delivery, OutboxEvent

BLOCK = 100
LIVE_CHANNEL = "xirang_live"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a listener learns about an event besides its facts."""

    event_id: UUID
    kind: str
    occurred_at: datetime
    now: datetime


def kind_of(event: Any) -> str:
    """The kind under which an event travels: its type's own word, so that moving a module renames nothing stored."""
    kind: str = event.KIND
    return kind


def put(events: Sequence[Any], *, now: datetime, actor: Actor, act_id: UUID) -> None:
    """Write events in the running transaction and wake the worker once it has committed."""
    from xirang.foundation.commands import jsonable

    rows = [
        (new_id(now), kind_of(event), json.dumps(jsonable(event), ensure_ascii=False), str(actor.ref), now)
        for event in events
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into foundation_outboxevent (id, kind, body, actor, occurred_at, attempts, last_error)"
            " values (%s,%s,%s,%s,%s,0,'')",
            rows,
        )
        # The notification carries nothing: whoever hears it fetches with their own rights.
        cursor.execute("select pg_notify(%s, '')", [LIVE_CHANNEL])
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    """Ask the worker to deliver now, unless a wake-up waits already; the periodic sweep is the safety net.

    The worker takes a waiting wake-up after our commit and so finds our events. Deferring it a second time would fail
    on its queueing lock, harmlessly, but the database would log every such failure with its whole statement.
    """
    from procrastinate.exceptions import AlreadyEnqueued

    from xirang.foundation.tasks import deliver_outbox

    with contextlib.suppress(AlreadyEnqueued), transaction.atomic(), connection.cursor() as cursor:
        # Whoever holds the lock is about to defer: its wake-up is taken after its commit, and so after ours.
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended('wake outbox', 7))")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "select exists (select from procrastinate_jobs where queueing_lock = %s and status = 'todo')", ["outbox"]
        )
        if not cursor.fetchone()[0]:
            deliver_outbox.defer()


def revive(kind: str, body: dict[str, Any]) -> Any:
    """Bring a stored event back as its frozen dataclass; what the type no longer carries is left out."""
    event_type = sockets.event_types()[kind]
    known = {one.name for one in fields(event_type)}
    return _adapter(event_type).validate_python({name: value for name, value in body.items() if name in known})


@cache
def _adapter(event_type: type) -> TypeAdapter[Any]:
    return TypeAdapter(event_type)


def deliver(now: datetime) -> int:
    """Deliver what waits, oldest first, in blocks; returns how many events have now been heard by everyone.

    Each event is tried once in a run: one that fails, or that another worker holds, keeps nobody else waiting.
    """
    done, last = 0, None
    while block := _next_block(now, last):
        done += sum(_deliver_one(event_id, now) for event_id in block)
        last = block[-1]
    return done


def _next_block(now: datetime, after: UUID | None) -> list[UUID]:
    waiting = OutboxEvent.objects.filter(delivered_at__isnull=True).exclude(next_try_at__gt=now)
    if after is not None:
        waiting = waiting.filter(id__gt=after)
    return list(waiting.order_by("id").values_list("id", flat=True)[:BLOCK])


def _deliver_one(event_id: UUID, now: datetime) -> bool:
    failed = ""
    for name, listener in sockets.listeners().items():
        try:
            with transaction.atomic():
                row = (
                    OutboxEvent.objects.select_for_update(skip_locked=True)
                    .filter(pk=event_id, delivered_at__isnull=True)
                    .first()
                )
                if row is None:  # Another worker is at it, or has done it meanwhile.
                    return False
                if Delivery.objects.filter(event=row, listener=name).exists():
                    continue
                event = revive(row.kind, row.body)
                listener(event, Delivered(row.pk, row.kind, row.occurred_at, now))
                Delivery.objects.create(event=row, listener=name, at=now)
        except Exception as error:  # One listener's fault must not keep the event from the others.
            failed = f"{name}: {type(error).__name__}: {error}"[:2000]
    rows = OutboxEvent.objects.filter(pk=event_id)
    if not failed:
        rows.update(delivered_at=now, last_error="")
        return True
    attempts = rows.values_list("attempts", flat=True).get() + 1
    wait = timedelta(seconds=min(3600, 5 * 2 ** min(attempts, 10)))
    rows.update(attempts=attempts, next_try_at=now + wait, last_error=failed)
    return False
