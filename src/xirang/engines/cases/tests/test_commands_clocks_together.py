"""Workers that run clocks beside each other never take the same case, and none waits for a case that is held."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from tests.world import NOW, PACKS, WHY, build, in_threads
from xirang.engines.cases import commands, queries
from xirang.engines.cases.models import Case, CaseEvent
from xirang.foundation.actor import SYSTEM

pytestmark = pytest.mark.packs(*PACKS)


def test_two_workers_run_each_clock_once(own_database):
    world = build()
    cases = [world.ask() for _each in range(12)]
    now = NOW + timedelta(days=9)

    def run() -> int:
        done = 0
        while (well := commands.run_clocks(actor=SYSTEM, now=now, limit=2)[0]) > 0:
            done += well
        return done

    results = in_threads(run, run, run)
    assert all(isinstance(done, int) for done in results), results
    rest = run()
    assert sum(results) + rest == len(cases)
    assert CaseEvent.objects.filter(kind="marked").count() == len(cases)


def test_a_case_that_somebody_works_on_is_passed_over(own_database):
    world = build()
    held, free = world.ask(now=NOW - timedelta(days=1)), world.ask()
    now = NOW + timedelta(days=9)
    with transaction.atomic():
        Case.objects.all_unscoped(WHY).select_for_update().get(pk=held)
        assert in_threads(lambda: commands.run_clocks(actor=SYSTEM, now=now)) == [(1, 0)]
    assert queries.list_cases_with_marks(now=now) == [held]
    assert CaseEvent.objects.filter(kind="marked").values_list("case_id", flat=True).get() == free
