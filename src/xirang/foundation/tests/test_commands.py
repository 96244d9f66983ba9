"""Every write is a recorded command: one transaction, nothing without a record, repeatable by its key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.engines import bring
from tests.world import ANYBODY, NOW, Told, in_threads
from xirang.engines.bulletin.models import Message
from xirang.engines.ledger.models import Record
from xirang.foundation import engines, sockets
from xirang.foundation.actor import SYSTEM, PlainActor, Ref
from xirang.foundation.commands import (
    NothingRecordedError,
    OutsideCommandError,
    all_commands,
    command,
    publish,
    record,
    running_command,
    unchanged,
)
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError
from xirang.foundation.models import DayCounter, IdempotencyKey, OutboxEvent
from xirang.foundation.numbers import draw
from xirang.foundation.plain import jsonable

WHY = "a test looks at everything"
SOMEBODY = PlainActor(Ref("account", "somebody"), "某人")


@dataclass(frozen=True)
class ThingDone:
    """An event of these tests."""

    KIND: ClassVar[str] = "tests.thing_done"
    thing: str


@dataclass(frozen=True)
class ReadOnly:
    """Somebody who looks through another's eyes."""

    ref: Ref = Ref("account", "looker")
    name: str = "查看者"
    grants: tuple = ()
    organisation_ids: frozenset = frozenset()
    read_only: bool = True

    def holds(self, *roles: str) -> bool:
        return False

    def areas_of(self, *roles: str) -> frozenset:
        return frozenset()


@command("Trial", permit=ANYBODY)
def do_thing(*, actor: Any, now: Any, thing: str = "a", fail: bool = False, silent: bool = False) -> UUID:
    """Draws a number, records and publishes, and fails where it is told to."""
    draw(f"thing-{thing}", now.date())
    if silent:
        return uuid4()
    record(Ref("thing", thing), {"thing": thing})
    publish(ThingDone(thing))
    if fail:
        raise InvalidError(zh="办不成")
    return uuid4()


@command("Trial", permit=ANYBODY)
def do_both(*, actor: Any, now: Any, second_fails: bool = False) -> str:
    """One act within another, which somebody else does."""
    record(Ref("pair", "before"), {"name": running_command()})
    publish(ThingDone("before"))
    do_thing(actor=SOMEBODY, thing="inner", now=now, fail=second_fails)
    record(Ref("pair", "after"), {"name": running_command()})
    publish(ThingDone("after"))
    return running_command()


@command("Trial", permit=ANYBODY)
def do_inside(*, actor: Any, now: Any, inner: Any, own: bool = True) -> list[Any]:
    """Carries out what it is given inside itself, and goes on when that fails; returns what came of it."""
    if own:
        record(Ref("pair", "own"), {})
    try:
        return [inner()]
    except InvalidError as error:
        return [error.zh]


@command("Trial", permit=ANYBODY)
def do_nothing(*, actor: Any, now: Any, also_record: bool = False) -> int:
    draw("nothing", now.date())
    if also_record:
        record(Ref("thing", "x"), {"was": "recorded"})
    return unchanged(7)


@command("Trial", permit=ANYBODY)
def give_back(*, actor: Any, now: Any, result: Any) -> Any:
    record(Ref("thing", "y"), {})
    return result


def counted() -> int:
    return DayCounter.objects.count()


def records() -> Any:
    return Record.objects.all_unscoped(WHY)


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody hears everything, so that every event is kept for delivery."""
    Told(monkeypatch, "everything")


def test_a_command_that_records_nothing_is_refused_and_undone(db):
    with pytest.raises(NothingRecordedError):
        do_thing(actor=SYSTEM, now=NOW, silent=True)
    assert counted() == 0
    assert not records().exists()


def test_a_failing_command_leaves_no_row_no_record_no_event(db):
    with pytest.raises(InvalidError):
        do_thing(actor=SYSTEM, now=NOW, fail=True)
    assert (counted(), records().count(), OutboxEvent.objects.count()) == (0, 0, 0)
    with pytest.raises(OutsideCommandError):
        record(Ref("thing", "1"), {})


def test_record_and_event_are_written_with_the_row(db):
    do_thing(actor=SOMEBODY, now=NOW)
    row = records().get()
    assert (row.action, row.subject_kind, row.actor_id, row.at) == ("tests.do_thing", "thing", "somebody", NOW)
    event = OutboxEvent.objects.get()
    assert (event.kind, event.body, event.actor) == ("tests.thing_done", {"thing": "a"}, "account:somebody")


def test_a_command_inside_a_command_is_an_act_of_its_own(db):
    assert do_both(actor=SYSTEM, now=NOW) == "tests.do_both"
    assert list(records().order_by("id").values_list("action", "actor_kind", "subject_id")) == [
        ("tests.do_both", "system", "before"),
        ("tests.do_thing", "account", "inner"),
        ("tests.do_both", "system", "after"),
    ]
    told = OutboxEvent.objects.order_by("id").values_list("actor", "body__thing")
    assert list(told) == [("system:system", "before"), ("account:somebody", "inner"), ("system:system", "after")]


def test_the_key_of_an_inner_command_counts(db):
    def once():
        return do_thing.once("inner", actor=SOMEBODY, now=NOW)

    (first,) = do_inside(actor=SYSTEM, now=NOW, inner=once)
    (again,) = do_inside(actor=SYSTEM, now=NOW + timedelta(hours=1), inner=once)
    assert isinstance(first, UUID)
    assert first == again == do_thing.once("inner", actor=SOMEBODY, now=NOW)
    assert records().filter(action="tests.do_thing").count() == OutboxEvent.objects.count() == 1
    assert records().filter(action="tests.do_inside").count() == 2


def test_a_repeated_outer_command_does_nothing_inside_again(db):
    for _ in range(2):
        assert do_both.once("outer", actor=SYSTEM, now=NOW) == "tests.do_both"
    assert (records().count(), OutboxEvent.objects.count(), counted()) == (3, 3, 1)


def test_unchanged_inside_undoes_only_the_inner_command(db):
    def nothing():
        return do_nothing.once("n", actor=SYSTEM, now=NOW)

    assert do_inside(actor=SYSTEM, now=NOW, inner=nothing) == [7]
    assert list(records().values_list("action", flat=True)) == ["tests.do_inside"]
    assert (counted(), IdempotencyKey.objects.count()) == (0, 0)


def test_an_inner_command_that_fails_takes_its_own_part_with_it(db):
    def failing():
        return do_thing.once("k", actor=SYSTEM, now=NOW, fail=True)

    assert do_inside(actor=SYSTEM, now=NOW, inner=failing) == ["办不成"]
    assert list(records().values_list("action", flat=True)) == ["tests.do_inside"]
    assert (counted(), IdempotencyKey.objects.count(), OutboxEvent.objects.count()) == (0, 0, 0)


def test_a_part_is_an_act_of_its_own_without_a_savepoint(db):
    def part():
        return do_thing.as_part(actor=SOMEBODY, now=NOW, thing="part")

    with CaptureQueriesContext(connection) as as_part:
        (made,) = do_inside(actor=SYSTEM, now=NOW, inner=part)
    with CaptureQueriesContext(connection) as as_act:
        do_inside(actor=SYSTEM, now=NOW, inner=lambda: do_thing(actor=SOMEBODY, now=NOW, thing="part"))
    assert isinstance(made, UUID)
    assert list(records().order_by("id").values_list("action", "actor_id", "subject_id"))[:2] == [
        ("tests.do_inside", "system", "own"),
        ("tests.do_thing", "somebody", "part"),
    ]
    assert [one.actor for one in OutboxEvent.objects.all()] == ["account:somebody"] * 2
    assert len(as_act) == len(as_part) + 2
    assert not any("SAVEPOINT" in one["sql"] for one in as_part.captured_queries[1:-1])


def test_an_act_cannot_survive_a_part_that_failed(db):
    def failing():
        return do_thing.as_part(actor=SYSTEM, now=NOW, fail=True)

    with pytest.raises(InvalidError, match="办不成"):
        do_inside(actor=SYSTEM, now=NOW, inner=failing)
    assert (counted(), records().count(), OutboxEvent.objects.count()) == (0, 0, 0)

    def around():
        return do_inside(actor=SOMEBODY, now=NOW, inner=failing)

    # The act whose part it was is undone in its savepoint; the one around that goes on, as after any failed act.
    assert do_inside(actor=SYSTEM, now=NOW, inner=around) == ["办不成"]
    assert list(records().values_list("action", "actor_id")) == [("tests.do_inside", "system")]
    assert (counted(), OutboxEvent.objects.count()) == (0, 0)


def test_a_part_of_a_part_that_failed_ends_both(db):
    def innermost():
        return do_thing.as_part(actor=SYSTEM, now=NOW, fail=True)

    def middle():
        return do_inside.as_part(actor=SYSTEM, now=NOW, inner=innermost)

    with pytest.raises(InvalidError, match="办不成"):
        do_inside(actor=SYSTEM, now=NOW, inner=middle)
    assert (counted(), records().count()) == (0, 0)


def test_a_part_stands_inside_an_act_and_changes_something(db):
    with pytest.raises(OutsideCommandError):
        do_thing.as_part(actor=SYSTEM, now=NOW)
    with pytest.raises(RuntimeError, match="cannot be a part"):
        do_inside(actor=SYSTEM, now=NOW, inner=lambda: do_nothing.as_part(actor=SYSTEM, now=NOW))
    with pytest.raises(NotAllowedError):
        do_inside(actor=SYSTEM, now=NOW, inner=lambda: do_thing.as_part(actor=ReadOnly(), now=NOW))
    assert (counted(), records().count()) == (0, 0)


def test_arguments_that_do_not_fit_are_refused_before_anything(db):
    with pytest.raises(TypeError, match="now"):
        do_thing(actor=SYSTEM)
    with pytest.raises(TypeError, match="positional"):
        do_thing(SYSTEM, now=NOW)


def test_each_command_says_itself_what_it_did(db):
    with pytest.raises(NothingRecordedError, match=r"tests\.do_thing"):
        do_inside(actor=SYSTEM, now=NOW, inner=lambda: do_thing(actor=SYSTEM, now=NOW, silent=True))
    # What an inner command recorded says nothing about the outer one.
    with pytest.raises(NothingRecordedError, match=r"tests\.do_inside"):
        do_inside(actor=SYSTEM, now=NOW, own=False, inner=lambda: do_thing(actor=SYSTEM, now=NOW))
    assert (records().count(), counted()) == (0, 0)


def test_unchanged_does_not_undo_what_was_recorded_inside(db):
    @command("Trial", permit=ANYBODY)
    def only_inside(*, actor: Any, now: Any) -> int:
        do_thing(actor=SOMEBODY, now=now)
        return unchanged(3)

    assert only_inside(actor=SYSTEM, now=NOW) == 3
    assert list(records().values_list("action", "actor_id")) == [("tests.do_thing", "somebody")]
    assert counted() == 1


def test_when_the_inner_command_fails_the_outer_one_is_undone_too(db):
    with pytest.raises(InvalidError):
        do_both(actor=SYSTEM, now=NOW, second_fails=True)
    assert (counted(), records().count()) == (0, 0)


def test_unchanged_rolls_back_and_records_nothing(db):
    assert do_nothing.once("n", actor=SYSTEM, now=NOW) == 7
    assert (counted(), records().count(), IdempotencyKey.objects.count()) == (0, 0, 0)
    # Who says "unchanged" and yet recorded something has done something.
    assert do_nothing(actor=SYSTEM, now=NOW, also_record=True) == 7
    assert (counted(), records().count()) == (1, 1)


def test_a_key_gives_the_first_result_again(db):
    first = do_thing.once("k", actor=SYSTEM, now=NOW)
    again = do_thing.once("k", actor=SYSTEM, now=NOW + timedelta(hours=1))
    assert isinstance(again, UUID)
    assert first == again
    assert (counted(), records().count(), OutboxEvent.objects.count()) == (1, 1, 1)


def test_a_key_belongs_to_its_actor_and_its_command(db):
    first = do_thing.once("k", actor=SYSTEM, now=NOW)
    assert do_thing.once("k", actor=SOMEBODY, now=NOW) != first
    assert do_both.once("k", actor=SYSTEM, now=NOW) == "tests.do_both"


def test_a_failed_call_does_not_use_up_its_key(db):
    with pytest.raises(InvalidError):
        do_thing.once("k", actor=SYSTEM, now=NOW, fail=True)
    assert do_thing.once("k", actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("result", [None, 0, "", [1, "二"], {"a": [None, True]}])
def test_plain_results_come_back_as_they_were(db, result):
    assert give_back.once("r", actor=SYSTEM, now=NOW, result=result) == result
    assert give_back.once("r", actor=SYSTEM, now=NOW, result="other") == result


def test_somebody_who_only_looks_cannot_act(db):
    with pytest.raises(NotAllowedError) as refused:
        do_thing(actor=ReadOnly(), now=NOW)
    assert refused.value.code == "read_only"
    assert not records().exists()


@pytest.mark.parametrize("body", [{"rate": 0.5}, {"list": [1, [2.0]]}, {"deep": {"x": float("nan")}}])
def test_floats_never_reach_a_record(db, body):
    with pytest.raises(TypeError, match="float"):
        jsonable(body)
    from tests.world import note_something

    with pytest.raises(TypeError):
        note_something(actor=SYSTEM, now=NOW, body=body)
    assert not records().exists()


def test_what_jsonable_makes_plain():
    one = uuid4()
    assert jsonable({"id": one, "at": NOW, "on": NOW.date(), "ref": Ref("case", "1"), 3: (1, None)}) == {
        "id": str(one),
        "at": NOW.isoformat(),
        "on": "2026-09-18",
        "ref": "case:1",
        "3": [1, None],
    }
    assert jsonable(ThingDone("x")) == {"thing": "x"}
    with pytest.raises(TypeError):
        jsonable(object())


def test_the_shape_of_a_command_is_checked_when_it_is_declared():
    with pytest.raises(TypeError, match="keyword-only"):

        @command("Trial", permit=ANYBODY)
        def positional(actor, now):
            """Refused."""

    with pytest.raises(TypeError, match="actor first"):

        @command("Trial", permit=ANYBODY)
        def wrong_order(*, now, actor):
            """Refused."""


def test_every_command_of_the_house_is_known_by_engine_and_verb(db):
    known = all_commands()
    for name in ("cases.open_case", "cases.run_clock", "areas.found_area", "packs.activate_pack", "bulletin.notify"):
        assert name in known
        assert known[name].name == name


def test_without_a_ledger_nothing_commits(db, monkeypatch):
    monkeypatch.setattr(engines, "_engines", [])
    with pytest.raises(sockets.UnansweredError):
        do_thing(actor=SYSTEM, now=NOW)
    assert counted() == 0


def test_two_at_once_with_one_key_make_one(own_database):
    works = [lambda: do_thing.once("same", actor=SYSTEM, now=NOW) for _ in range(4)]
    results = in_threads(*works)
    assert len({*results}) == 1, results
    assert isinstance(results[0], UUID)
    assert (counted(), records().count(), OutboxEvent.objects.count()) == (1, 1, 1)


def test_two_at_once_without_a_key_draw_different_numbers(own_database):
    @command("Trial", permit=ANYBODY)
    def number(*, actor: Any, now: Any) -> int:
        record(Ref("thing", "n"), {})
        return draw("HL", now.date())

    results = in_threads(*[lambda: number(actor=SYSTEM, now=NOW)] * 4)
    assert sorted(results) == [1, 2, 3, 4]


def test_a_key_whose_first_call_failed_meanwhile_is_taken_by_the_second(own_database):
    results = in_threads(
        lambda: do_thing.once("k", actor=SYSTEM, now=NOW, fail=True),
        lambda: do_thing.once("k", actor=SYSTEM, now=NOW),
    )
    assert isinstance(results[0], InvalidError | UUID)
    assert isinstance(results[1], UUID)
    assert records().count() == 1


def test_a_key_without_a_kept_result_says_that_it_is_still_running(db):
    IdempotencyKey.objects.create(key="k", command="tests.do_thing", actor=str(SYSTEM.ref), claimed_at=NOW)
    with pytest.raises(ConflictError) as refused:
        do_thing.once("k", actor=SYSTEM, now=NOW)
    assert refused.value.code == "still_running"


def test_a_listener_may_act_and_its_act_is_recorded_once(own_database, monkeypatch):
    from xirang.engines.bulletin.spec import Notify
    from xirang.foundation import outbox
    from xirang.foundation.sockets import Events, Listener, ask

    bring(monkeypatch, Events((ThingDone,)))
    told = Told(monkeypatch)
    notes = {"n": 0}

    def notify(event: Any, delivered: Any) -> None:
        notes["n"] += 1
        ask(Notify("有事", "请看", to_person_id=person), actor=SYSTEM, now=NOW)

    bring(monkeypatch, Listener("notifying", notify))
    from xirang.people.commands import create_person

    person = create_person(actor=SYSTEM, now=NOW, fields={"name": "张三"})
    do_thing(actor=SYSTEM, now=NOW)
    assert outbox.deliver(NOW) == 1
    OutboxEvent.objects.update(delivered_at=None)  # As after a crash before the mark.
    outbox.deliver(NOW)
    assert (notes["n"], len(told.heard), Message.objects.all_unscoped(WHY).count()) == (1, 1, 1)
    assert records().filter(action="bulletin.notify").count() == 1


def test_a_dataclass_that_holds_a_float_is_refused():
    with pytest.raises(TypeError):
        jsonable(replace(ThingDone("x"), thing=1.5))
