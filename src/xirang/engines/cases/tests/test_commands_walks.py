"""After any legal walk through a process the row says what the log says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import NOW, World
from xirang.engines.cases import commands
from xirang.engines.cases.logic.process import ActionSpec
from xirang.engines.cases.models import NEVER
from xirang.engines.cases.queries.replaying import state_of
from xirang.engines.cases.queries.single import NoSuchCaseError
from xirang.foundation.actor import SYSTEM

PARTS = ("enterprise", "dispatcher", "handler", "unit_leader", "other_handler", "leader", "road_handler")
UNITS = ("unit/power_supply", "unit/economy", "unit/transport")


def answers_to(action: ActionSpec, dice: Any) -> dict[str, Any]:
    given = {}
    for code, spec in action.asks.items():
        if spec.kind == "unit":
            given[code] = dice.draw(st.sampled_from(UNITS))
        elif spec.is_choice:
            given[code] = dice.draw(st.sampled_from([item.code for item in spec.choices.items]))
        elif spec.kind == "rating":
            given[code] = str(dice.draw(st.integers(1, 5)))
        elif spec.kind == "text":
            given[code] = "按照流程说明情况，内容足够长。"
    return given


def agrees(world: World, case_id: Any) -> None:
    case = world.case(case_id)
    _, state = state_of(case)
    assert (case.stage, case.stage_kind, case.outcome) == (state.stage, state.stage_kind, state.outcome)
    assert (str(case.holder_unit_id or ""), str(case.holder_account_id or "")) == (
        state.holder_unit or "",
        state.holder_account or "",
    )
    assert (case.due_at, case.due_clock, case.order_at) == (state.due_at, state.due_clock, state.due_at or NEVER)
    assert (case.next_mark_at, case.closed_at, case.reopened) == (state.next_mark_at, state.closed_at, state.reopened)
    assert [str(unit) for unit in case.co_holders] == list(state.co_holders)
    assert (case.last_seq, case.fields) == (state.seq, dict(state.values))
    assert [row.seq for row in world.log(case_id)] == list(range(1, state.seq + 1))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(dice=st.data())
def test_a_random_walk_ends_where_its_log_says(world, dice):
    with transaction.atomic():
        now = NOW
        case_id = world.ask(topic=dice.draw(st.sampled_from(["power", "road", "space"])))
        for _ in range(dice.draw(st.integers(1, 8))):
            now += timedelta(hours=dice.draw(st.integers(0, 200)))
            if dice.draw(st.booleans()):
                commands.run_clock(actor=SYSTEM, case_id=case_id, now=now)
                agrees(world, case_id)
            offers = []
            for part in PARTS:
                try:
                    view = world.view(case_id, part, now)
                except NoSuchCaseError:
                    continue
                offers += [(part, action) for action in view.allowed]
            if not offers:
                break
            part, action = dice.draw(st.sampled_from(offers))
            world.act(case_id, part, action.code, now=now, **answers_to(action, dice))
            agrees(world, case_id)
        transaction.set_rollback(True)
