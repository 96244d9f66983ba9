"""What has served its time goes after its term and not before, in batches; what waits for a person stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from tests.world import NOW
from xirang.foundation import retention
from xirang.foundation.ids import new_id
from xirang.foundation.models import Delivery, IdempotencyKey, OutboxEvent, RateWindow
from xirang.foundation.retention import forget_old


def before(what: str, **more: float) -> datetime:
    """So long before the end of a term."""
    return NOW - timedelta(days=settings.KEEP_DAYS[what]) - timedelta(**more)


def event(at: datetime, *, delivered: bool = True) -> OutboxEvent:
    return OutboxEvent.objects.create(
        id=new_id(at), kind="tests.rang", body={}, actor="x:1", occurred_at=at, delivered_at=at if delivered else None
    )


def job(status: str, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, status) values ('q', 't', '{}', 'todo')"
            " returning id"
        )
        number = cursor.fetchone()[0]
        if status != "todo":
            cursor.execute("update procrastinate_jobs set status = 'doing' where id = %s", [number])
            cursor.execute("update procrastinate_jobs set status = %s where id = %s", [status, number])
        cursor.execute("update procrastinate_events set at = %s where job_id = %s", [at, number])
    return number


def jobs() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select id from procrastinate_jobs order by id")
        return [number for (number,) in cursor.fetchall()]


def test_delivered_events_go_with_their_deliveries_after_a_month(db):
    old, fresh = event(before("delivered_events", seconds=1)), event(before("delivered_events", seconds=-1))
    waiting = event(before("delivered_events", days=100), delivered=False)
    for one in (old, fresh):
        Delivery.objects.create(event=one, listener="a", at=NOW, tries=1)
    assert forget_old(NOW)[0]["delivered_events"] == 1
    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == {fresh.pk, waiting.pk}
    assert list(Delivery.objects.values_list("event_id", flat=True)) == [fresh.pk]


def test_what_was_given_up_stays_until_somebody_has_seen_to_it(db):
    old = event(before("delivered_events", days=200))
    Delivery.objects.create(event=old, listener="a", at=NOW, tries=1)
    given_up = Delivery.objects.create(event=old, listener="b", tries=8, given_up_at=NOW)
    assert forget_old(NOW)[0]["delivered_events"] == 0
    assert OutboxEvent.objects.get().deliveries.count() == 2
    Delivery.objects.filter(pk=given_up.pk).update(at=NOW, given_up_at=None)
    assert forget_old(NOW)[0]["delivered_events"] == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("status", "term"),
    [
        ("succeeded", "finished_jobs"),
        ("cancelled", "finished_jobs"),
        ("aborted", "finished_jobs"),
        ("failed", "failed_jobs"),
    ],
)
def test_jobs_that_have_ended_go_after_their_term(db, status, term):
    job(status, before(term, seconds=1))
    fresh = job(status, before(term, seconds=-1))
    waiting = job("todo", before("failed_jobs", days=300))
    assert forget_old(NOW)[0][term] == 1
    assert jobs() == [fresh, waiting]


def test_keys_and_windows_go_after_theirs(db):
    for seconds in (1, -1):
        IdempotencyKey.objects.create(
            key=str(seconds), command="c", actor="a", claimed_at=before("idempotency_keys", seconds=seconds)
        )
        RateWindow.objects.create(bucket=str(seconds), window=before("rate_windows", seconds=seconds))
    dropped, finished = forget_old(NOW)
    assert (dropped["idempotency_keys"], dropped["rate_windows"], finished) == (1, 1, True)
    assert (IdempotencyKey.objects.get().key, RateWindow.objects.get().bucket) == ("-1", "-1")


def test_much_goes_in_batches_and_a_run_ends_after_its_time(db, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for minutes in range(5):
        event(before("delivered_events", minutes=minutes, seconds=1))
    assert forget_old(NOW, seconds=0) == (dict.fromkeys(retention.FORGETTING, 0) | {"delivered_events": 2}, False)
    assert forget_old(NOW, seconds=60)[1] is True
    assert not OutboxEvent.objects.exists()


def test_every_term_is_stated_and_every_statement_has_one():
    assert set(settings.KEEP_DAYS) == set(retention.FORGETTING)
