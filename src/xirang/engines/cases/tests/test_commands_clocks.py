"""Clocks do everything once and at its time, and one case that cannot run stops no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import NOW, WHY, World
from xirang.engines.cases import commands, tasks
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries import list_cases_with_marks
from xirang.foundation.actor import SYSTEM
from xirang.foundation.errors import NotAllowedError
from xirang.foundation.models import OutboxEvent


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
    assert tasks.run_due_clocks(NOW + timedelta(days=5)) == 1
    assert marks(sound) == [("accept", 100, "remind")]
    installed.forget()
