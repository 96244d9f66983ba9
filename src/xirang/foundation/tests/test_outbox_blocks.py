"""Neighbours that are delivered together stay apart: one that fails, or a power cut, costs the others only time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.engines import bring, silence
from tests.world import ANYBODY, NOW, in_threads
from xirang.foundation import outbox
from xirang.foundation.actor import SYSTEM, Ref
from xirang.foundation.commands import command, publish, record
from xirang.foundation.errors import ConflictError
from xirang.foundation.models import DayCounter, Delivery, OutboxEvent
from xirang.foundation.numbers import draw
from xirang.foundation.sockets import Audience, Effect, Events, Hearer

WAITS = (timedelta(minutes=1), timedelta(minutes=5))


@dataclass(frozen=True)
class Knocked:
    """Somebody knocked."""

    KIND: ClassVar[str] = "tests.knocked"
    number: int
    alone: bool = False
    at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """Go and open."""

    KIND: ClassVar[str] = "tests.answer"
    number: int


class Porter:
    """Opens doors one by one or many at once, fails at some, and counts in the database what it did."""

    def __init__(self) -> None:
        self.bad: Callable[[int], bool] = lambda number: False
        self.error: type[BaseException] = ConflictError
        self.opened: list[int] = []
        self.together: list[int] = []

    def open_one(self, question: Answer, *, actor: Any, now: datetime) -> None:
        self._open(question)

    def open_all(self, questions: Sequence[Answer], *, actor: Any, now: datetime) -> None:
        self.together.append(len(questions))
        for question in questions:
            self._open(question)

    def _open(self, question: Answer) -> None:
        draw("opened", NOW.date())
        draw(f"door {question.number}", NOW.date())
        if self.bad(question.number):
            raise self.error()
        self.opened.append(question.number)

    def hear(self, event: Knocked, delivered: Any) -> None:
        self._open(Answer(event.number))

    def find(self, event: Knocked, delivered: Any) -> list[Hearer]:
        question = None if event.alone else (lambda event, delivered: Answer(event.number))
        return [Hearer("line", self.hear, WAITS, question)]


@command("Trial", permit=ANYBODY)
def knock(*, actor: Any, now: Any, numbers: Sequence[int], alone: Sequence[int] = ()) -> None:
    record(Ref("door", "1"), {})
    for number in numbers:
        publish(Knocked(number, number in alone))


@pytest.fixture
def porter(monkeypatch: pytest.MonkeyPatch) -> Porter:
    silence(monkeypatch)
    porter = Porter()
    bring(monkeypatch, Events((Knocked,)), Effect(Answer, porter.open_one, porter.open_all), Audience(find=porter.find))
    return porter


def opened() -> int:
    return DayCounter.objects.get(prefix="opened").last


def waiting() -> int:
    return OutboxEvent.objects.filter(delivered_at__isnull=True).count()


def test_a_block_is_delivered_by_a_handful_of_statements_in_its_order(db, porter):
    knock(actor=SYSTEM, now=NOW, numbers=range(outbox.BLOCK))
    with CaptureQueriesContext(connection) as captured:
        assert outbox.deliver(NOW) == outbox.BLOCK
    ours = [one["sql"] for one in captured.captured_queries if "foundation_daycounter" not in one["sql"]]
    assert len(ours) <= 6, ours
    assert porter.together == [outbox.BLOCK]
    assert porter.opened == list(range(outbox.BLOCK))
    assert Delivery.objects.filter(at=NOW, tries=1).count() == outbox.BLOCK
    assert not OutboxEvent.objects.exclude(body={}).exists(), "what everybody has heard is not kept twice"


@pytest.mark.parametrize("bad", [[0], [57], [99], [3, 4, 50]])
def test_one_that_fails_undoes_none_of_its_neighbours_and_is_tried_again_by_itself(db, porter, bad):
    porter.bad = lambda number: number in bad
    knock(actor=SYSTEM, now=NOW, numbers=range(outbox.BLOCK))
    assert outbox.deliver(NOW) == outbox.BLOCK - len(bad)
    assert opened() == outbox.BLOCK - len(bad), "what failed left nothing behind, the others happened once"
    failing = Delivery.objects.filter(at__isnull=True)
    assert {(one.tries, one.failed_at, one.next_try_at) for one in failing} == {(1, NOW, NOW + WAITS[0])}
    assert sorted(one.event.body["number"] for one in failing) == bad
    assert Delivery.objects.filter(at=NOW).count() == outbox.BLOCK - len(bad)
    porter.bad = lambda number: False
    assert outbox.deliver(NOW + timedelta(seconds=59)) == 0, "not before its time"
    assert outbox.deliver(NOW + WAITS[0]) == len(bad)
    assert opened() == outbox.BLOCK
    assert waiting() == 0


def test_where_all_fail_each_is_given_up_after_its_own_tries(db, porter):
    porter.bad = lambda number: True
    knock(actor=SYSTEM, now=NOW, numbers=range(9))
    for minutes in (0, 1, 6):
        outbox.deliver(NOW + timedelta(minutes=minutes))
    assert {(one.tries, one.given_up_at) for one in Delivery.objects.all()} == {(3, NOW + timedelta(minutes=6))}
    assert not DayCounter.objects.filter(prefix="opened").exists()
    assert outbox.try_again(Delivery.objects.order_by("pk")[0].pk)
    porter.bad = lambda number: False
    outbox.deliver(NOW + timedelta(days=1))
    assert opened() == 1, "its facts were kept for this"


def test_the_order_is_kept_where_some_can_only_be_answered_one_by_one(db, porter):
    knock(actor=SYSTEM, now=NOW, numbers=range(20), alone=(5, 6, 13))
    assert outbox.deliver(NOW) == 20
    assert porter.opened == list(range(20))
    assert porter.together == [5, 6, 6]


def test_what_cannot_be_asked_for_fails_by_itself(db, porter, monkeypatch):
    def find(event: Knocked, delivered: Any) -> list[Hearer]:
        return [Hearer("line", hear, WAITS, lambda event, delivered: Answer(7 // event.number))]

    def hear(event: Knocked, delivered: Any) -> None:
        porter.opened.append(7 // event.number)

    silence(monkeypatch)
    bring(monkeypatch, Audience(find=find))
    knock(actor=SYSTEM, now=NOW, numbers=(1, 0, 7))
    assert outbox.deliver(NOW) == 2
    assert porter.opened == [7, 1]
    assert "ZeroDivisionError" in Delivery.objects.get(at__isnull=True).last_error


def test_a_power_cut_within_a_block_undoes_all_of_it_and_it_happens_later_once(own_database, porter):
    porter.bad, porter.error = lambda number: number == 57, KeyboardInterrupt  # As a killed process.
    knock(actor=SYSTEM, now=NOW, numbers=range(outbox.BLOCK + 20))
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(NOW)
    assert not DayCounter.objects.filter(prefix="opened").exists()
    assert (waiting(), Delivery.objects.count()) == (outbox.BLOCK + 20, 0)
    porter.bad = lambda number: False
    assert outbox.deliver(NOW) == outbox.BLOCK + 20
    assert opened() == outbox.BLOCK + 20
    assert not DayCounter.objects.filter(last__gt=1).exclude(prefix="opened").exists()


def test_several_workers_deliver_every_event_of_a_block_once(own_database, porter):
    porter.bad = lambda number: number % 40 == 7
    knock(actor=SYSTEM, now=NOW, numbers=range(250))
    results = in_threads(*[lambda: outbox.deliver(NOW)] * 3)
    assert all(isinstance(done, int) for done in results), results
    porter.bad = lambda number: False
    outbox.deliver(NOW + timedelta(minutes=30))
    assert waiting() == 0
    assert opened() == Delivery.objects.filter(at__isnull=False).count() == 250
    assert not DayCounter.objects.filter(last__gt=1).exclude(prefix="opened").exists()


def test_a_run_ends_after_its_time_and_wakes_the_worker_for_the_rest(db, porter, django_capture_on_commit_callbacks):
    knock(actor=SYSTEM, now=NOW, numbers=range(outbox.BLOCK + 20))
    assert outbox.deliver(NOW, seconds=0) == outbox.BLOCK
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where queueing_lock = 'outbox' and status = 'todo'")
        assert cursor.fetchone() == (1,)
    assert outbox.deliver(NOW, seconds=60) == 20


def test_what_nobody_wants_is_not_kept(db, monkeypatch):
    silence(monkeypatch)
    bring(monkeypatch, Events((Knocked,)), Audience(lambda event, told: [], wants=lambda event, told: event.number > 3))
    knock(actor=SYSTEM, now=NOW, numbers=range(6))
    assert list(OutboxEvent.objects.order_by("id").values_list("body__number", flat=True)) == [4, 5]
    silence(monkeypatch)
    knock(actor=SYSTEM, now=NOW, numbers=range(6))
    assert OutboxEvent.objects.count() == 2, "nobody is there who could want it"


def test_facts_that_the_type_fills_in_by_itself_are_not_written(db, porter):
    knock(actor=SYSTEM, now=NOW, numbers=(1, 2), alone=(2,))
    bodies = list(OutboxEvent.objects.order_by("id").values_list("body", flat=True))
    assert bodies == [{"number": 1}, {"number": 2, "alone": True}]
    assert outbox.revive("tests.knocked", bodies[0]) == Knocked(1)
