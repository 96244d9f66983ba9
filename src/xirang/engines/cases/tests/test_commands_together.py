"""Several at once, with real commits: each mark fires once, and of three hands only one takes the step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import NOW, PACKS, build, in_threads
from xirang.engines.cases import commands
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries.replaying import state_of
from xirang.foundation.actor import SYSTEM
from xirang.foundation.errors import XirangError

pytestmark = pytest.mark.packs(*PACKS)


def test_two_workers_at_once_fire_each_mark_once(own_database):
    world = build()
    case_id = world.handled()
    late = NOW + timedelta(days=60)
    results = in_threads(*[lambda: commands.run_clock(actor=SYSTEM, case_id=case_id, now=late)] * 3)
    assert sorted(results) == [0, 0, 5]
    assert CaseEvent.objects.filter(case_id=case_id, kind="marked").count() == 5


def test_two_officers_at_once_one_step_is_taken(own_database):
    world = build()
    case_id = world.ask()
    world.assign(case_id)

    def accept(part: str):
        return lambda: world.act(case_id, part, "accept")

    results = in_threads(accept("handler"), accept("colleague"), accept("unit_leader"))
    assert sum(isinstance(one, Case) for one in results) == 1, results
    assert sum(isinstance(one, XirangError) for one in results) == 2, results
    case = world.case(case_id)
    assert case.last_seq == 3
    assert state_of(case)[1].holder_account == str(case.holder_account_id)
