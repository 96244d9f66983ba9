"""Clocks do everything once and at its time, and one case that cannot run stops no other."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from tests.world import NOW, WHY, World
from xirang.engines.cases import commands, tasks
from xirang.engines.cases.commands import clocks
from xirang.engines.cases.logic.state import Event
from xirang.engines.cases.models import Case, CaseEvent, ClockFailure
from xirang.engines.cases.queries import list_cases_with_marks
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import SYSTEM
from xirang.foundation.errors import NotAllowedError
from xirang.foundation.models import OutboxEvent
from xirang.project.keeping import health


def marks(case_id) -> list[tuple[str, int, str]]:
    rows = CaseEvent.objects.filter(case_id=case_id, kind="marked").order_by("seq")
    return [(row.action, row.body["percent"], row.body["verb"]) for row in rows]


def test_marks_fire_once_however_often_the_clock_is_asked(world: World):
    case_id = world.handled()
    first = world.case(case_id).next_mark_at
    assert commands.run_clock(actor=SYSTEM, case_id=case_id, now=first - timedelta(seconds=1)) == 0
    assert marks(case_id) == []
    assert commands.run_clock(actor=SYSTEM, case_id=case_id, now=first) == 1
    before = OutboxEvent.objects.count()
    assert commands.run_clock(actor=SYSTEM, case_id=case_id, now=first) == 0
    assert OutboxEvent.objects.count() == before
    assert marks(case_id) == [("handle", 50, "remind")]
    assert world.case(case_id).next_mark_at > first


def test_after_a_long_silence_every_mark_is_made_up_in_order(world: World):
    case_id = world.handled()
    assert commands.run_clock(actor=SYSTEM, case_id=case_id, now=NOW + timedelta(days=60)) == 5
    assert [(percent, verb) for _, percent, verb in marks(case_id)] == [
        (50, "remind"),
        (80, "slip"),
        (100, "slip"),
        (100, "remind"),
        (150, "escalate"),
    ]
    kinds = list(OutboxEvent.objects.filter(kind="cases.slip_issued").order_by("id").values_list("body", flat=True))
    assert [body["kind"] for body in kinds] == ["early_warning", "supervision"]
    case = world.case(case_id)
    assert case.next_mark_at is None
    assert case.stage == "handling", "marks move nothing"


def test_a_pause_moves_what_is_due_and_nothing_fires_meanwhile(world: World):
    case_id = world.handled()
    due = world.case(case_id).due_at
    world.act(case_id, "handler", "ask", question="请补充材料。")
    assert world.case(case_id).next_mark_at is None
    assert commands.run_clock(actor=SYSTEM, case_id=case_id, now=NOW + timedelta(days=30)) == 0
    case = world.act(case_id, "enterprise", "supply", more="已补。", now=NOW + timedelta(days=7))
    assert case.due_at > due
    assert case.next_mark_at > NOW + timedelta(days=7)


def test_only_the_system_runs_clocks(world: World):
    case_id = world.ask()
    for part in ("dispatcher", "system_admin", "leader", "public"):
        with pytest.raises(NotAllowedError):
            commands.run_clock(actor=world.actor(part), case_id=case_id, now=NOW + timedelta(days=9))


def test_a_confirmed_case_no_longer_lapses(world: World):
    case_id = world.answered()
    world.act(case_id, "enterprise", "confirm")
    assert commands.run_clock(actor=SYSTEM, case_id=case_id, now=NOW + timedelta(days=99)) == 0
    assert world.log(case_id)[-1].action == "confirm"


def test_the_due_are_found_longest_overdue_first(world: World):
    early, late = world.ask(now=NOW - timedelta(days=3)), world.ask()
    assert list_cases_with_marks(now=NOW + timedelta(days=9)) == [early, late]
    assert list_cases_with_marks(now=NOW - timedelta(days=9)) == []


def test_one_spoilt_case_does_not_stop_the_clocks_of_the_others(world: World):
    from xirang.engines.cases.queries import installed

    spoilt, sound = world.ask(now=NOW - timedelta(days=3)), world.ask()
    version = world.case(sound).process
    document = {key: value for key, value in version.document.items() if key != "stages"}
    broken = type(version).objects.create(
        pack="x", code="x", serial=1, version_hash="x", title_zh="坏的", document=document, values={}, installed_at=NOW
    )
    Case.objects.all_unscoped(WHY).filter(pk=spoilt).update(process=broken)
    now = NOW + timedelta(days=5)
    assert tasks.run_due_clocks(now) == (1, True)
    assert marks(sound) == [("accept", 100, "remind")]
    installed.forget()


def spoil(monkeypatch: pytest.MonkeyPatch, *spoilt: object) -> None:
    """The logs of these cases cannot be read, whatever is asked of them."""
    read = clocks.state_of

    def refuse(case: Case, log: list[Event] | None = None):
        if case.pk in spoilt:
            raise RuntimeError("this log is spoilt")
        return read(case, log)

    monkeypatch.setattr(clocks, "state_of", refuse)


def test_cases_that_fail_are_set_back_further_each_time_and_keep_nobody_waiting(world: World, monkeypatch):
    """More of them than a block holds, all of them longer overdue than the sound one."""
    monkeypatch.setattr(clocks.run_clocks, "_write", partial(clocks.run_clocks._write, limit=2))
    spoilt = [world.ask(now=NOW - timedelta(days=3)) for _each in range(5)]
    sound = world.ask()
    now = NOW + timedelta(days=5)
    spoil(monkeypatch, *spoilt)
    assert tasks.run_due_clocks(now) == (5, True)
    assert marks(sound) == [("accept", 100, "remind")]
    assert tasks.run_due_clocks(now + timedelta(seconds=59)) == (0, True), "each has its time"
    moment, waits = now, []
    for _each in range(14):
        moment = ClockFailure.objects.get(case=spoilt[0]).next_try_at
        assert tasks.run_due_clocks(moment)[0] == 5
        waits.append(ClockFailure.objects.get(case=spoilt[0]).next_try_at - moment)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=2), timedelta(days=1))
    assert ClockFailure.objects.get(case=spoilt[0]).last_error == "RuntimeError: this log is spoilt"
    said = Record.objects.all_unscoped(WHY).filter(action="cases.set_back_clock", subject_id=str(spoilt[0]))
    bodies = said.order_by("id").values_list("body", flat=True)
    assert list(bodies) == [{"clock_tries": tries} for tries in range(1, 16)]
    [(level, sentence, _english)] = health.examine_clocks(connection.connection)
    assert (level, "5 件办件的时限没有执行成" in sentence) == ("CARE", True)
    spoil(monkeypatch)
    monkeypatch.undo()
    assert tasks.run_due_clocks(ClockFailure.objects.latest("next_try_at").next_try_at) == (0, True)
    assert marks(spoilt[0])[0] == ("accept", 100, "remind")
    assert not ClockFailure.objects.exists()


def test_a_case_whose_row_says_due_and_whose_log_does_not_is_set_back_too(world: World):
    case_id = world.handled()
    now = world.case(case_id).next_mark_at
    assert tasks.run_due_clocks(now) == (0, True)
    Case.objects.all_unscoped(WHY).filter(pk=case_id).update(next_mark_at=now)
    assert tasks.run_due_clocks(now) == (1, True), "it is not run for ever"
    assert ClockFailure.objects.get(case=case_id).tries == 1


def test_many_cases_are_run_in_blocks_and_within_the_time_given(world: World):
    for _each in range(7):
        world.ask()
    now = NOW + timedelta(days=9)
    assert commands.run_clocks(actor=SYSTEM, now=now, limit=3) == (3, 0)
    assert tasks.run_due_clocks(now, seconds=0) == (0, False)
    assert len(list_cases_with_marks(now=now)) == 4
    assert tasks.run_due_clocks(now, seconds=60) == (0, True)
    assert list_cases_with_marks(now=now) == []


def whole(case_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]], list[Any]]:
    """Everything that stands in the tables about a case, without what is its own: row, log, and what was recorded."""
    row = Case.objects.all_unscoped(WHY).filter(pk=case_id).values().get()
    events = CaseEvent.objects.filter(case=case_id).order_by("seq").values()
    log = [{name: value for name, value in event.items() if name not in ("id", "case_id")} for event in events]
    records = Record.objects.all_unscoped(WHY).filter(subject_id=str(case_id), action="cases.run_clock").order_by("id")
    said = [(one.action, one.body | {"number": ""}, one.actor_id, one.area_id) for one in records]
    return {name: value for name, value in row.items() if name not in ("id", "number")}, log, said


def test_what_a_block_writes_is_what_each_case_would_have_written_by_itself(world: World):
    """Five marks of each case, and a unit that helps, which is a list in the row."""
    cases = [world.handled() for _each in range(3)]
    for case_id in cases:
        world.act(case_id, "handler", "join", helper="unit/economy", task="请核对用电计划。")
    now = NOW + timedelta(days=60)
    assert commands.run_clock(actor=SYSTEM, case_id=cases[0], now=now) == 5
    assert commands.run_clocks(actor=SYSTEM, now=now) == (2, 0)
    alone, *together = [whole(case_id) for case_id in cases]
    assert (len(alone[1]), len(alone[2]), len(alone[0]["co_holders"])) == (4 + 5, 5, 1)
    assert together == [alone, alone]


def test_a_block_asks_few_statements_however_many_cases_it_holds(world: World):
    for _each in range(9):
        world.ask()
    now = NOW + timedelta(days=9)
    seen: list[str] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql.split()[0])
        return execute(sql, params, many, context)

    for limit in (2, 7):
        seen.clear()
        with connection.execute_wrapper(keep):
            assert commands.run_clocks(actor=SYSTEM, now=now, limit=limit) == (limit, 0)
        # The due with their locks, their logs, all steps of all of them, all records, all events that anybody wants.
        words = [word for word in seen if word not in ("SAVEPOINT", "RELEASE")]
        assert words == ["SELECT", "SELECT", "WITH", "INSERT", "with"]


def test_what_is_refused_only_at_the_commit_of_a_block_costs_no_other_case_its_turn(world: World, monkeypatch):
    good, bad = world.ask(), world.ask(now=NOW - timedelta(days=1))
    together = clocks.run_clocks._write

    def refused_at_the_end(**given: object) -> object:
        together(**given)
        raise IntegrityError("a constraint that is checked at the commit")

    monkeypatch.setattr(clocks.run_clocks, "_write", refused_at_the_end)
    spoil(monkeypatch, bad)
    now = NOW + timedelta(days=9)
    assert tasks._run_block(now) == (1, 1)
    assert (marks(good), marks(bad)) == ([("accept", 100, "remind")], [])
    assert ClockFailure.objects.get(case=bad).tries == 1
