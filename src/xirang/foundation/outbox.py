"""Events leave after commit, at least once; an effect and the mark of its delivery commit together, so once."""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Subquery
from pydantic import TypeAdapter

from xirang.foundation import sockets
from xirang.foundation.actor import SYSTEM, Actor
from xirang.foundation.errors import XirangError
from xirang.foundation.ids import new_id
from xirang.foundation.models import AudienceStamp, Delivery, OutboxEvent
from xirang.foundation.plain import jsonable
from xirang.foundation.sockets import Hearer
from xirang.foundation.statements import changed, part
from xirang.foundation.statements import rows as asked

log = logging.getLogger("xirang.outbox")
BLOCK = 100
LONGEST_ERROR = 2000
LIVE_CHANNEL = "xirang_live"
# The job that delivers, by its name: tasks imports this module, so this one asks for the job without importing tasks.
WAKE_UP = "foundation.deliver_outbox"
Published = tuple[Any, datetime, Actor]  # An event, when it occurred, and by whom.
_Named = tuple[UUID, Any, datetime, Actor]  # The same with the event's id in front.
# Who hears an event, by name, and what each asks for; None for nothing.
Plan = list[tuple[str, Any]]
QUEUE = "outbox"  # Its lock has the same name: one worker delivers at a time.


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a listener learns about an event besides its facts."""

    event_id: UUID
    kind: str
    occurred_at: datetime
    now: datetime
    # Of the audience: what is known about it under this stamp holds everything that had committed when it was read.
    stamp: UUID | None = None


def kind_of(event: Any) -> str:
    """The kind under which an event travels: its type's own word, so that moving a module renames nothing stored."""
    kind: str = event.KIND
    return kind


def put(published: Sequence[Published]) -> None:
    """Keep in the running transaction what somebody wants to hear, and wake the worker once it has committed.

    Who wants what is known from a kept snapshot. The statement that writes also brings the stamp of the audience: when
    that is another one than we decided by, we decide anew by what is committed now. So no event that is written after
    an activation has committed is lost, whichever process publishes it.
    """
    global _last_stamp
    if not published:
        return
    known = _last_stamp
    ours = [(new_id(now), event, now, actor) for event, now, actor in published]
    chosen = [one for one in ours if _wanted(one, known)]
    stamp = _write(chosen)
    if stamp != known:
        _last_stamp = stamp
        missed = [one for one in ours if one not in chosen and _wanted(one, stamp)]
        chosen += missed
        if missed:
            _write(missed)
    if chosen and not any(_wake in waiting for waiting in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def audience_changed(*, now: datetime) -> None:
    """Say, inside the command that changed who hears what, that all kept snapshots of it are old once it commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into foundation_audiencestamp (id, stamp) values (1, %s)"
            " on conflict (id) do update set stamp = excluded.stamp",
            [new_id(now)],
        )


def _wanted(one: _Named, stamp: UUID | None) -> bool:
    event_id, event, now, _actor = one
    return sockets.wanted(event, Delivered(event_id, kind_of(event), now, now, stamp))


# The stamp under which this process last decided; an old one is noticed by the statement below.
_last_stamp: UUID | None = None
# The notification carries nothing: whoever hears it fetches with their own rights. It goes out for every event, also
# for one that nobody wired, because pages that are open follow what happens.
_PUT = """
with written as (
    insert into foundation_outboxevent (id, kind, body, actor, occurred_at, attempts, last_error)
    select one.id, one.kind, one.body, one.actor, one.occurred_at, 0, ''
    from jsonb_to_recordset({events}::jsonb) as one (id uuid, kind text, body jsonb, actor text,
        occurred_at timestamptz)
)
select pg_notify({channel}, ''), (select stamp from foundation_audiencestamp where id = 1)
"""


def _write(ours: Sequence[_Named]) -> UUID | None:
    """Write these events; returns the stamp of the audience as it is committed, or as we changed it ourselves."""
    rows = [
        {
            "id": str(event_id),
            "kind": kind_of(event),
            "body": _facts(event),
            "actor": str(actor.ref),
            "occurred_at": now.isoformat(),
        }
        for event_id, event, now, actor in ours
    ]
    [(_told, stamp)] = asked(part(_PUT, events=json.dumps(rows, ensure_ascii=False), channel=LIVE_CHANNEL))
    found: UUID | None = stamp
    return found


def _facts(event: Any) -> dict[str, Any]:
    """The facts of an event as JSON, without those that its type would fill in by itself."""
    plain = {one.name: (getattr(event, one.name), one.default) for one in fields(event)}
    return {name: jsonable(value) for name, (value, default) in plain.items() if value != default}


def _wake() -> None:
    """Ask the worker to deliver now, unless a wake-up waits already; the periodic sweep is the safety net.

    The worker takes a waiting wake-up after our commit and so finds our events. One statement does it: where another
    process is just about to add the same wake-up, it waits for that one's commit, which is nothing but this statement.
    """
    changed(part(_WAKE, task=WAKE_UP, queue=QUEUE))


_WAKE = """
insert into procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
select {queue}, {task}, 0, {queue}, {queue}, '{{}}'
where not exists (select from procrastinate_jobs where queueing_lock = {queue} and status = 'todo')
on conflict (queueing_lock) where status = 'todo' do nothing
"""


def revive(kind: str, body: dict[str, Any]) -> Any:
    """Bring a stored event back as its frozen dataclass; what the type no longer carries is left out."""
    event_type = sockets.event_types()[kind]
    known = {one.name for one in fields(event_type)}
    return _adapter(event_type).validate_python({name: value for name, value in body.items() if name in known})


@cache
def _adapter(event_type: type) -> TypeAdapter[Any]:
    return TypeAdapter(event_type)


def deliver(now: datetime, *, seconds: float | None = None) -> int:
    """Deliver what waits, oldest first, in blocks; returns how many events have now been heard by everyone.

    Each event is tried once in a run: one that fails, or that another worker holds, keeps nobody else waiting. After
    so many `seconds` the run ends with the block under way, and the worker is woken again for the rest.
    """
    done, last = 0, None
    began = time.monotonic()
    while block := _next_block(now, last):
        done += _deliver_block(block, now)
        last = block[-1].pk
        if seconds is not None and time.monotonic() - began > seconds:
            _wake()
            break
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
    """The next events, and beside each the stamp of the audience, read with them: none is newer than what it tells."""
    waiting = OutboxEvent.objects.filter(delivered_at__isnull=True).exclude(next_try_at__gt=now)
    if after is not None:
        waiting = waiting.filter(id__gt=after)
    stamped = waiting.annotate(stamp=Subquery(AudienceStamp.objects.filter(pk=1).values("stamp")))
    return list(stamped.order_by("id")[:BLOCK])


def _deliver_block(block: Sequence[OutboxEvent], now: datetime) -> int:
    """Deliver neighbours together as far as their hearers allow it, everything in its order; how many are finished."""
    done = 0
    planned = [(row, _plan(row, now)) for row in block]
    for together, some in itertools.groupby(planned, key=lambda one: one[1] is not None):
        if together:
            done += _deliver_together([(row, plan) for row, plan in some if plan is not None], now)
        else:
            done += sum(_deliver_one(row, now) for row, _none in some)
    return done


def _plan(row: OutboxEvent, now: datetime) -> Plan | None:
    """Who hears an event and what each asks for; None where it has to be delivered by itself.

    That is where it failed before, where somebody answers only one by one, and where asking fails already.
    """
    if row.asked_at or row.attempts:
        return None
    told = _told(row, now)
    try:
        event = revive(row.kind, row.body)
        hearers = sockets.hearers(event, told)
        if any(one.question is None for one in hearers):
            return None
        return [(one.name, one.question(event, told)) for one in hearers if one.question is not None]
    except Exception:
        log.debug("event %s cannot be delivered with others", row.pk, exc_info=True)
        return None


def _deliver_together(planned: Sequence[tuple[OutboxEvent, Plan]], now: datetime) -> int:
    """Deliver these events in one transaction; where anything fails, each half by itself, and at last one by one.

    The failed transaction has left nothing behind, so that the good neighbours of a bad event lose only time.
    """
    try:
        with transaction.atomic():
            held, claimed = _claim_all(planned, now)
            asked = [
                question
                for row, plan in planned
                for name, question in plan
                if question is not None and (row.pk, name) in claimed
            ]
            for _type, questions in itertools.groupby(asked, key=type):
                sockets.ask_all(list(questions), actor=SYSTEM, now=now)
    except Exception as error:
        log.info("%s events could not be delivered together: %s", len(planned), error)
        if len(planned) == 1:
            return int(_deliver_one(planned[0][0], now))
        half = len(planned) // 2
        return _deliver_together(planned[:half], now) + _deliver_together(planned[half:], now)
    return held


# As _CLAIM below, for many events and all of their hearers, and every event that is held is struck off. Everybody has
# heard it then, so its facts are no longer needed here: what the field did stands in the record.
_CLAIM_ALL = """
with held as (
    select id from foundation_outboxevent where id = any(%(events)s) and delivered_at is null
    order by id for update skip locked
), claimed as (
    insert into foundation_delivery (event_id, listener, at, tries, last_error)
    select held.id, one.name, %(now)s, 1, ''
    from held join unnest(%(of)s::uuid[], %(names)s::text[]) as one (event, name) on one.event = held.id
    on conflict (event_id, listener)
    do update set at = excluded.at, tries = foundation_delivery.tries + 1, next_try_at = null, last_error = ''
        where foundation_delivery.at is null and foundation_delivery.given_up_at is null
    returning event_id, listener
), finished as (
    update foundation_outboxevent set delivered_at = %(now)s, next_try_at = null, last_error = '', body = '{}'
    where id in (select id from held)
)
select held.id, claimed.listener from held left join claimed on claimed.event_id = held.id
"""


def _claim_all(planned: Sequence[tuple[OutboxEvent, Plan]], now: datetime) -> tuple[int, set[tuple[UUID, str]]]:
    """How many of the events are ours, and which of their hearers have yet to hear them."""
    pairs = [(row.pk, name) for row, plan in planned for name, _question in plan]
    given: dict[str, Any] = {
        "events": [row.pk for row, _plan in planned],
        "of": [event_id for event_id, _name in pairs],
        "names": [name for _event_id, name in pairs],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_ALL, given)
        found = cursor.fetchall()
    held = {event_id for event_id, _name in found}
    return len(held), {(event_id, name) for event_id, name in found if name is not None}


def _told(row: OutboxEvent, now: datetime) -> Delivered:
    return Delivered(row.pk, row.kind, row.occurred_at, now, getattr(row, "stamp", None))


def _deliver_one(row: OutboxEvent, now: datetime) -> bool:
    """Let everybody hear one event; True when nobody is left who has yet to hear it."""
    told = _told(row, now)
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
