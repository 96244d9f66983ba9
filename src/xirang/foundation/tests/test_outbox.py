"""Events leave after commit, at least once, and each listener has its effect exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from tests.engines import bring, silence
from tests.world import ANYBODY, NOW, Told, in_threads
from xirang.foundation import outbox
from xirang.foundation.actor import SYSTEM, Ref
from xirang.foundation.commands import command, publish, record
from xirang.foundation.errors import ConflictError
from xirang.foundation.models import DayCounter, Delivery, OutboxEvent
from xirang.foundation.numbers import draw
from xirang.foundation.sockets import Audience, Events, Hearer, Listener


@dataclass(frozen=True)
class Rang:
    """A bell rang: every type that an event may carry."""

    KIND: ClassVar[str] = "tests.rang"
    number: int
    bell: UUID
    at: datetime
    on: date | None = None
    who: tuple[str, ...] = ()


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    bring(monkeypatch, Events((Rang,)))


@command("Trial", permit=ANYBODY)
def ring(*, actor: Any, now: Any, times: int = 1, fail: bool = False) -> int:
    record(Ref("bell", "1"), {"times": times})
    for number in range(times):
        publish(Rang(number, uuid4(), now, now.date(), ("a", "b")))
    if fail:
        raise RuntimeError("the power went")
    return times


def waiting() -> int:
    return OutboxEvent.objects.filter(delivered_at__isnull=True).count()


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name='foundation.deliver_outbox' and status='todo'"
        )
        return cursor.fetchone()[0]


def test_a_rolled_back_command_tells_nobody(db, monkeypatch):
    told = Told(monkeypatch)
    with pytest.raises(RuntimeError):
        ring(actor=SYSTEM, now=NOW, fail=True)
    assert outbox.deliver(NOW) == 0
    assert told.heard == []


def test_the_worker_is_woken_after_the_commit_and_never_before(own_database, monkeypatch):
    Told(monkeypatch)
    with transaction.atomic():
        ring(actor=SYSTEM, now=NOW)
        assert jobs() == 0
    assert (waiting(), jobs()) == (1, 1)
    ring(actor=SYSTEM, now=NOW)  # A second wake-up while the first waits is not needed and must not fail.
    assert (waiting(), jobs()) == (2, 1)


def test_waking_a_worker_that_is_awake_leaves_no_error_in_the_database_s_log(own_database, postgres, monkeypatch):
    Told(monkeypatch)
    began = postgres.log.stat().st_size
    for _ in range(3):
        ring(actor=SYSTEM, now=NOW)
    in_threads(*[lambda: ring(actor=SYSTEM, now=NOW)] * 8)
    assert (waiting(), jobs()) == (11, 1)
    logged = postgres.log.read_bytes()[began:].decode("utf-8", "replace")
    assert "procrastinate_jobs_queueing_lock_idx" not in logged


def test_what_is_heard_is_what_was_published_oldest_first(db, monkeypatch):
    told = Told(monkeypatch)
    for minute in range(3):
        ring(actor=SYSTEM, now=NOW + timedelta(minutes=minute), times=40)
    assert outbox.deliver(NOW + timedelta(hours=1)) == 120
    moments = [event.at for event, _ in told.heard]
    assert moments == sorted(moments)
    event, delivered = told.heard[0]
    assert (event.on, event.who, type(event.bell), event.at) == (NOW.date(), ("a", "b"), UUID, NOW)
    assert (delivered.kind, delivered.occurred_at) == ("tests.rang", NOW)
    assert outbox.deliver(NOW) == 0
    assert len(told.heard) == 120


def test_a_crash_between_effect_and_mark_repeats_nothing(own_database, monkeypatch):
    def effect(event: Any, delivered: Any) -> None:
        draw("effects", NOW.date())

    bring(monkeypatch, Listener("effect", effect))
    ring(actor=SYSTEM, now=NOW)
    outbox.deliver(NOW)
    OutboxEvent.objects.update(delivered_at=None)
    assert outbox.deliver(NOW) == 1
    assert DayCounter.objects.get(prefix="effects").last == 1


def test_a_crash_within_the_effect_undoes_it_and_it_happens_later(own_database, monkeypatch):
    crash = [True]

    def effect(event: Any, delivered: Any) -> None:
        draw("effects", NOW.date())
        if crash:
            raise KeyboardInterrupt  # As a killed process, past every `except Exception`.

    bring(monkeypatch, Listener("effect", effect))
    ring(actor=SYSTEM, now=NOW)
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(NOW)
    assert not DayCounter.objects.filter(prefix="effects").exists()
    crash.clear()
    assert outbox.deliver(NOW) == 1
    assert DayCounter.objects.get(prefix="effects").last == 1


def test_a_failing_listener_keeps_the_event_from_nobody_else(db, monkeypatch):
    good, bad = Told(monkeypatch, "a good one"), Told(monkeypatch, "b bad one")
    late = Told(monkeypatch, "c late one")
    bad.fails = lambda event: True
    ring(actor=SYSTEM, now=NOW)
    assert outbox.deliver(NOW) == 0
    assert (len(good.heard), len(bad.heard), len(late.heard)) == (1, 0, 1)
    row = OutboxEvent.objects.get()
    assert (row.attempts, row.delivered_at) == (1, None)
    assert row.next_try_at > NOW
    assert "b bad one: RuntimeError" in row.last_error
    assert outbox.deliver(NOW) == 0, "not before its time"
    assert row.attempts == OutboxEvent.objects.get().attempts
    bad.fails = lambda event: False
    assert outbox.deliver(row.next_try_at + timedelta(seconds=1)) == 1
    assert (len(good.heard), len(bad.heard), len(late.heard)) == (1, 1, 1)
    assert OutboxEvent.objects.get().last_error == ""


def test_tries_become_rarer_up_to_an_hour(db, monkeypatch):
    bad = Told(monkeypatch)
    bad.fails = lambda event: True
    ring(actor=SYSTEM, now=NOW)
    moment, waits = NOW, []
    for _ in range(12):
        outbox.deliver(moment)
        row = OutboxEvent.objects.get()
        waits.append((row.next_try_at - moment).total_seconds())
        moment = row.next_try_at
    assert waits == sorted(waits)
    assert waits[0] <= 15
    assert waits[-1] == 3600


def failing(event: Any, delivered: Any) -> None:
    raise ConflictError(zh="现在做不成。", en="Not now.")


def test_a_hearer_whose_waits_are_over_is_given_up_and_asked_again_when_somebody_says_so(db, monkeypatch):
    waits = (timedelta(minutes=1), timedelta(minutes=5))
    told = Told(monkeypatch)
    bring(monkeypatch, Audience(lambda event, delivered: [Hearer("line", failing, waits)]))
    ring(actor=SYSTEM, now=NOW)
    assert [outbox.deliver(NOW + timedelta(minutes=minutes)) for minutes in (0, 0.5, 1, 5, 6)] == [0, 0, 0, 0, 1]
    row = Delivery.objects.get(listener="line")
    assert (row.tries, row.at, row.given_up_at) == (3, None, NOW + timedelta(minutes=6))
    assert (row.failed_at, row.next_try_at, row.last_error) == (NOW, None, "现在做不成。")
    assert len(told.heard) == 1
    assert waiting() == 0
    assert outbox.try_again(row.pk)
    assert outbox.deliver(NOW + timedelta(days=1)) == 0
    row.refresh_from_db()
    assert (row.tries, row.failed_at, row.given_up_at) == (1, NOW, None)
    assert len(told.heard) == 1, "whoever has heard it does not hear it again"
    assert not outbox.try_again(Delivery.objects.get(listener="told").pk), "nothing failed there"


def test_whoever_comes_to_hear_after_the_others_were_asked_does_not_hear_it(db, monkeypatch):
    told = Told(monkeypatch)
    bring(monkeypatch, Audience(lambda event, delivered: [Hearer("line", failing, (timedelta(minutes=1),))]))
    ring(actor=SYSTEM, now=NOW)
    outbox.deliver(NOW)
    late = Told(monkeypatch, "late")
    outbox.deliver(NOW + timedelta(minutes=1))
    assert (len(told.heard), len(late.heard), waiting()) == (1, 0, 0)


def test_many_failing_events_do_not_keep_the_later_ones_waiting(db, monkeypatch):
    told = Told(monkeypatch)
    told.fails = lambda event: event.number < outbox.BLOCK + 5
    ring(actor=SYSTEM, now=NOW, times=outbox.BLOCK + 25)
    assert outbox.deliver(NOW) == 20
    assert sorted(event.number for event, _ in told.heard) == list(range(outbox.BLOCK + 5, outbox.BLOCK + 25))


def test_an_event_of_an_engine_that_is_gone_waits_and_blocks_nobody(db, monkeypatch):
    told = Told(monkeypatch)
    ring(actor=SYSTEM, now=NOW)
    OutboxEvent.objects.update(kind="gone.vanished")
    ring(actor=SYSTEM, now=NOW + timedelta(seconds=1))
    assert outbox.deliver(NOW + timedelta(minutes=1)) == 1
    assert (waiting(), len(told.heard)) == (1, 1)


def test_two_workers_at_once_have_one_effect_and_neither_spins(own_database, monkeypatch):
    def effect(event: Any, delivered: Any) -> None:
        draw("effects", NOW.date())

    bring(monkeypatch, Listener("effect", effect))
    ring(actor=SYSTEM, now=NOW, times=30)
    results = in_threads(*[lambda: outbox.deliver(NOW)] * 3)
    assert all(isinstance(done, int) for done in results), results
    outbox.deliver(NOW)
    assert waiting() == 0
    assert DayCounter.objects.get(prefix="effects").last == 30
    assert Delivery.objects.count() == 30


def test_an_event_that_another_worker_holds_is_passed_over(own_database, monkeypatch):
    told = Told(monkeypatch)
    ring(actor=SYSTEM, now=NOW)
    held = OutboxEvent.objects.get()

    def deliver_meanwhile() -> int:
        return outbox.deliver(NOW)

    with transaction.atomic():
        OutboxEvent.objects.select_for_update().get(pk=held.pk)
        assert in_threads(deliver_meanwhile) == [0]
    assert told.heard == []
    assert waiting() == 1
    assert outbox.deliver(NOW) == 1


def test_an_event_travels_under_the_kind_that_its_type_names():
    from xirang.engines.cases.events import CaseOpened

    assert CaseOpened.KIND == "cases.case_opened"
    assert outbox.kind_of(Rang(1, uuid4(), datetime(2026, 1, 1, tzinfo=UTC))) == "tests.rang"


def test_every_event_of_cases_survives_the_way_through_the_outbox():
    import json

    from xirang.engines.cases import events
    from xirang.foundation.plain import jsonable

    facts = {
        "case_id": uuid4(),
        "number": "HL-260918-0001-A",
        "title": "路灯",
        "process": "p",
        "stage": "s",
        "area_id": uuid4(),
        "url": "/x",
        "due_at": NOW,
        "requester_person_id": uuid4(),
    }
    more = {"channel": "portal", "action": "a", "text": "t", "outcome": "solved", "reply": "r", "confirmed": True,
            "times": 2, "clock": "c", "percent": 50, "effect": "remind", "kind": "progress"}  # fmt: skip
    for event_type in events.EVENTS:
        names = event_type.__dataclass_fields__
        event = event_type(**{key: value for key, value in {**facts, **more}.items() if key in names})
        kind = outbox.kind_of(event)
        assert outbox.revive(kind, json.loads(json.dumps(jsonable(event)))) == event
