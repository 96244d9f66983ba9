"""What lists filter by follows every case: answers as they stand now, and the place among open cases."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.db import connection

from tests.world import NOW, WHY, World
from xirang.engines.cases.logic.kept import kept_values
from xirang.engines.cases.models import Case, CaseValue
from xirang.engines.cases.queries import installed
from xirang.engines.cases.tests.declared_sample import open_repairs, repair

Rows = set[tuple[object, ...]]


def kept() -> Rows:
    return set(CaseValue.objects.values_list("case_id", "field", "value", "process_code", "opened_at", "order_at"))


def told() -> Rows:
    """The same, from the cases themselves."""
    found: Rows = set()
    for case in Case.objects.all_unscoped(WHY):
        order_at = None if case.stage_kind == "done" else case.order_at
        for field, value in kept_values(installed.process_of(case.process_id), case.fields).items():
            found.add((case.pk, field, value, case.process_code, case.opened_at, order_at))
    return found


def test_values_follow_every_step(world: World) -> None:
    open_repairs(world, NOW)
    unit = str(world.unit("power_supply"))
    first = repair(world, NOW, urgent="no", owner=unit)
    repair(world, NOW, kind="roof")
    assert kept() == told()
    assert {row[1:3] for row in kept() if row[0] == first} == {("kind", "lift"), ("urgent", "false"), ("owner", unit)}

    world.act(first, "dispatcher", "assign", unit="unit/power_supply")
    assert kept() == told(), "the deadline has begun to run"
    world.act(first, "handler", "look", kind="roof", now=NOW + timedelta(hours=1))
    assert kept() == told(), "one answer has changed"
    world.act(first, "handler", "look", kind="lift", urgent="yes", now=NOW + timedelta(hours=2))
    assert {row[1:3] for row in kept() if row[0] == first} == {("kind", "lift"), ("urgent", "true"), ("owner", unit)}
    world.act(first, "handler", "finish", now=NOW + timedelta(hours=3))
    assert {row[5] for row in kept() if row[0] == first} == {None}
    world.act(first, "resident", "reopen", now=NOW + timedelta(hours=4))
    assert kept() == told()


def test_cases_from_before_are_taken_in_by_the_migration(world: World) -> None:
    open_repairs(world, NOW)
    repair(world, NOW, urgent="yes", contact="13987650042")
    done = world.answered()
    world.act(done, "enterprise", "confirm", rating="5")
    world.report(category="noise")
    before = kept()
    assert before == told()
    assert {row[1] for row in before} == {"kind", "urgent", "topic", "category"}
    CaseValue.objects.all().delete()
    migration = import_module("xirang.engines.cases.migrations.0009_values_that_lists_filter_by")
    with connection.cursor() as cursor:
        cursor.execute(migration.EARLIER)
    assert kept() == before
