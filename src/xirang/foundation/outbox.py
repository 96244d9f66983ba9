"""Events leave after commit, at least once; an effect and the mark of its delivery commit together, so once."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from pydantic import TypeAdapter

from xirang.foundation import sockets
from xirang.foundation.actor import Actor
from xirang.foundation.errors import XirangError
from xirang.foundation.ids import new_id
from xirang.foundation.models import Delivery, OutboxEvent
from xirang.foundation.plain import jsonable
from xirang.foundation.sockets import Hearer

log = logging.getLogger("xirang.outbox")
BLOCK = 100
LONGEST_ERROR = 2000
LIVE_CHANNEL = "xirang_live"
# The job that delivers, by its name: tasks imports this module, so this one asks for the job without importing tasks.
WAKE_UP = "foundation.deliver_outbox"
QUEUE = "outbox"  # Its lock has the same name: one worker delivers at a time.


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
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    with contextlib.suppress(AlreadyEnqueued), transaction.atomic(), connection.cursor() as cursor:
        # Whoever holds the lock is about to defer: its wake-up is taken after its commit, and so after ours.
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended('wake outbox', 7))")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "select exists (select from procrastinate_jobs where queueing_lock = %s and status = 'todo')", ["outbox"]
        )
        if not cursor.fetchone()[0]:
            app.configure_task(WAKE_UP, queue=QUEUE, queueing_lock=QUEUE, lock=QUEUE).defer()


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
        done += sum(_deliver_one(row, now) for row in block)
        last = block[-1].pk
    return done


def try_again(delivery_id: int) -> bool:
    """Let a failed delivery be tried at once, with all its tries anew; False when none failed. Inside a command."""
    row = Delivery.objects.select_for_update().filter(pk=delivery_id, at__isnull=True).first()
    if row is None:
        return False
    row.tries, row.given_up_at, row.next_try_at = 0, None, None
    row.save(update_fields=["tries", "given_up_at", "next_try_at"])
    OutboxEvent.objects.filter(pk=row.event_id).update(delivered_at=None, next_try_at=None)
    transaction.on_commit(_wake, robust=True)
    return True


def _next_block(now: datetime, after: UUID | None) -> list[OutboxEvent]:
    waiting = OutboxEvent.objects.filter(delivered_at__isnull=True).exclude(next_try_at__gt=now)
    if after is not None:
        waiting = waiting.filter(id__gt=after)
    return list(waiting.order_by("id")[:BLOCK])


def _deliver_one(row: OutboxEvent, now: datetime) -> bool:
    """Let everybody hear one event; True when nobody is left who has yet to hear it."""
    told = Delivered(row.pk, row.kind, row.occurred_at, now)
    try:
        event = revive(row.kind, row.body)
        hearers = sockets.hearers(event, told)
    except Exception as error:  # Its engine may be gone for now; no other event waits for this one.
        _put_off(row, now, now + _wait(row.attempts + 1, None), _sentence(error))
        return False
    known = {one.listener: one for one in row.deliveries.all()} if row.asked_at else {}
    if row.asked_at:
        # Everybody was asked before: only those who failed are asked again, whoever else would hear it by now.
        hearers = [one for one in hearers if one.name in known and _is_open(known[one.name])]
    due = [one for one in hearers if one.name not in known or (known[one.name].next_try_at or now) <= now]
    failed: dict[Hearer, str] = {}
    finished = False
    for hearer in due:
        last = hearer is due[-1] and len(due) == len(hearers) and not failed
        try:
            held, claimed = _tell(row, event, told, hearer, last=last)
        except Exception as error:  # One hearer's fault must not keep the event from the others.
            log.warning(
                "%s failed to hear event %s: %s",
                hearer.name,
                row.pk,
                error,
                exc_info=None if isinstance(error, XirangError) else error,
            )
            failed[hearer] = _sentence(error)
            continue
        if not held:  # Another worker is at it, or has done it meanwhile.
            return False
        finished = claimed and last
    return finished or _settle(row, known, hearers, failed, now)


def _is_open(delivery: Delivery) -> bool:
    return delivery.at is None and delivery.given_up_at is None


def _tell(row: OutboxEvent, event: Any, told: Delivered, hearer: Hearer, *, last: bool) -> tuple[bool, bool]:
    """Let one hear it, in a transaction of their own; what `_claim` found."""
    with transaction.atomic():
        held, claimed = _claim(row, hearer.name, told.now, finish=last)
        if claimed:
            hearer.hear(event, told)
    return held, claimed


# One statement takes the event, claims it for the hearer and, with the last one, strikes it off: all of it is undone
# with the effect when that fails. Two workers never wait for each other, and the unique key lets neither do it twice.
_CLAIM = """
with held as (
    select id from foundation_outboxevent where id = %(event)s and delivered_at is null for update skip locked
), claimed as (
    insert into foundation_delivery (event_id, listener, at, tries, last_error)
    select id, %(name)s, %(now)s, 1, '' from held
    on conflict (event_id, listener)
    do update set at = excluded.at, tries = foundation_delivery.tries + 1, next_try_at = null, last_error = ''
        where foundation_delivery.at is null and foundation_delivery.given_up_at is null
    returning event_id
), finished as (
    update foundation_outboxevent set delivered_at = %(now)s, next_try_at = null, last_error = ''
    where %(finish)s and id in (select event_id from claimed)
)
select (select count(*) from held), (select count(*) from claimed)
"""


def _claim(row: OutboxEvent, name: str, now: datetime, *, finish: bool) -> tuple[bool, bool]:
    """Whether the event is ours, and whether this hearer has yet to hear it."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"event": row.pk, "name": name, "now": now, "finish": finish})
        held, claimed = cursor.fetchone()
    return bool(held), bool(claimed)


def _settle(
    row: OutboxEvent,
    known: Mapping[str, Delivery],
    hearers: Sequence[Hearer],
    failed: Mapping[Hearer, str],
    now: datetime,
) -> bool:
    """Note who failed and when they are asked again; strike the event off when nobody is left to ask."""
    waiting = [known[one.name].next_try_at or now for one in hearers if one not in failed and one.name in known]
    waiting = [moment for moment in waiting if moment > now]
    for hearer, sentence in failed.items():
        tries = (known[hearer.name].tries if hearer.name in known else 0) + 1
        given_up = hearer.waits is not None and tries > len(hearer.waits)
        next_try = None if given_up else now + _wait(tries, hearer.waits)
        waiting += [next_try] if next_try else []
        _note_failure(row, hearer.name, tries, sentence, next_try, now)
    if waiting:
        names = "; ".join(f"{hearer.name}: {sentence}" for hearer, sentence in failed.items())
        _put_off(row, now, min(waiting), names or row.last_error, asked=True)
        return False
    OutboxEvent.objects.filter(pk=row.pk, delivered_at__isnull=True).update(
        delivered_at=now, next_try_at=None, last_error="", asked_at=now
    )
    return True


def _note_failure(
    row: OutboxEvent, name: str, tries: int, sentence: str, next_try: datetime | None, now: datetime
) -> None:
    # Between the failure and this note another worker may have succeeded: what was heard stays heard.
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into foundation_delivery"
            " (event_id, listener, tries, failed_at, next_try_at, given_up_at, last_error)"
            " values (%(event)s, %(name)s, %(tries)s, %(now)s, %(next)s, %(given_up)s, %(error)s)"
            " on conflict (event_id, listener) do update set tries = excluded.tries,"
            " next_try_at = excluded.next_try_at, given_up_at = excluded.given_up_at, last_error = excluded.last_error,"
            " failed_at = coalesce(foundation_delivery.failed_at, excluded.failed_at)"
            " where foundation_delivery.at is null",
            {
                "event": row.pk,
                "name": name,
                "tries": tries,
                "now": now,
                "next": next_try,
                "given_up": None if next_try else now,
                "error": sentence,
            },
        )


def _put_off(row: OutboxEvent, now: datetime, until: datetime, sentence: str, *, asked: bool = False) -> None:
    changes = {"attempts": row.attempts + 1, "next_try_at": until, "last_error": sentence[:LONGEST_ERROR]}
    changes |= {"asked_at": now} if asked else {}
    OutboxEvent.objects.filter(pk=row.pk, delivered_at__isnull=True).update(**changes)


def _wait(tries: int, waits: Sequence[timedelta] | None) -> timedelta:
    if waits is not None:
        return waits[tries - 1]
    return timedelta(seconds=min(3600, 5 * 2 ** min(tries, 10)))


def _sentence(error: Exception) -> str:
    """What is kept of an error: its own sentence, or its name; the lines below may show what stands in a table."""
    if isinstance(error, XirangError):
        return error.zh[:LONGEST_ERROR]
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"[:LONGEST_ERROR]
