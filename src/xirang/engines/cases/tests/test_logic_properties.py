"""Properties of every case of every small process: replay equals step by step, and clocks keep their word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.budgets import examples
from xirang.engines.cases.logic import (
    CaseState,
    Event,
    Participant,
    ProcessType,
    allowed_actions,
    apply,
    due_event,
    replay,
    start,
    values_of,
)
from xirang.engines.cases.logic.reading import parse_process
from xirang.engines.cases.tests.process_samples import CALENDAR, Life, at, help_desk
from xirang.foundation.calendar import local_date
from xirang.foundation.declarations import Document

RELATIONS = frozenset({"clerk", "holder", "requester"})
BEGIN = at("2026-09-14T08:00")
TERMS = st.sampled_from(["1 workday", "3 workdays", "6 workhours", "2 days", "30 hours"])


@st.composite
def processes(draw: st.DrawFn) -> ProcessType:
    """Small processes: any graph of stages, actions and clocks whose names are known."""
    kinds = ["open", *draw(st.lists(st.sampled_from(["open", "waiting", "done"]), min_size=1, max_size=4))]
    stages = {f"s{place}": {"title": "环节", "kind": kind} for place, kind in enumerate(kinds)}
    names = st.sampled_from(sorted(stages))
    working = st.sampled_from([code for code, stage in stages.items() if stage["kind"] != "done"])
    actions: dict[str, Any] = {}
    for place in range(draw(st.integers(2, 6))):
        begin = draw(names)
        action: dict[str, Any] = {"title": f"动作{place}", "from": begin, "to": draw(names), "by": "clerk"}
        if stages[begin]["kind"] == "done":
            action |= {"to": draw(working), "outcome": "reopened"}
        elif draw(st.booleans()):
            action["limit"] = 2
        actions[f"a{place}"] = action
    acts = st.sampled_from(["open", *actions])
    clocks = {}
    for place in range(draw(st.integers(1, 3))):
        clocks[f"c{place}"] = {
            "title": "时限",
            "term": draw(TERMS),
            "starts": draw(st.lists(acts, min_size=1, max_size=2)),
            "stops": draw(st.lists(acts, min_size=1, max_size=2)),
            "pauses": draw(st.lists(names, max_size=2)),
            "marks": draw(st.dictionaries(st.sampled_from(["50%", "100%", "150%"]), st.just("remind holder"))),
        }
    data = {"process": "p", "title": "流程", "open_to": "clerk", "stages": stages, "actions": actions, "clocks": clocks}
    return parse_process(Document("cases.yaml", data), {})


STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4 * 24 * 60)), max_size=12)


def walk(process: ProcessType, steps: list[tuple[int, int]]) -> tuple[list[Event], list[CaseState]]:
    """A legal life: after each wait the clocks do what is due, then one of the allowed actions is taken."""
    now = BEGIN
    events = [Event(1, now, "opened", "open", Participant("account", "clerk", "requester"), {"fields": {}})]
    states = [start(process, events[0], CALENDAR)]
    for choice, minutes in steps:
        now += timedelta(minutes=minutes)
        while (event := due_event(process, states[-1], now)) is not None:
            events.append(event)
            states.append(apply(process, states[-1], event, CALENDAR))
        values = values_of(process, states[-1], now=now, me="clerk")
        allowed, _ = allowed_actions(process, states[-1], RELATIONS, now, values, CALENDAR)
        if allowed:
            action = allowed[choice % len(allowed)]
            event = Event(states[-1].seq + 1, now, "acted", action.code, Participant("account", "clerk", "clerk"))
            events.append(event)
            states.append(apply(process, states[-1], event, CALENDAR))
    return events, states


@settings(max_examples=examples(60), deadline=None)
@given(processes(), STEPS)
def test_replaying_any_prefix_gives_the_state_reached_step_by_step(
    process: ProcessType, steps: list[tuple[int, int]]
) -> None:
    events, states = walk(process, steps)
    for length, state in enumerate(states, start=1):
        assert replay(process, events[:length], CALENDAR) == state


@settings(max_examples=examples(60), deadline=None)
@given(processes(), STEPS)
def test_clocks_never_run_where_they_are_paused_nor_in_an_end(
    process: ProcessType, steps: list[tuple[int, int]]
) -> None:
    _, states = walk(process, steps)
    for state in states:
        for code, clock in state.clocks.items():
            if clock.status == "running":
                assert state.stage not in process.all_clocks[code].pauses
                assert state.stage_kind != "done"
                assert clock.due_at is not None
            if clock.status == "paused":
                assert state.stage in process.all_clocks[code].pauses
                assert clock.due_at is None
        running = [clock.due_at for clock in state.clocks.values() if clock.status == "running" and clock.due_at]
        assert state.due_at == min(running, default=None)
        assert (state.closed_at is not None) == (state.stage_kind == "done")


@settings(max_examples=examples(60), deadline=None)
@given(processes(), STEPS)
def test_from_an_end_only_a_declared_reopening_leads_away(process: ProcessType, steps: list[tuple[int, int]]) -> None:
    events, states = walk(process, steps)
    for state in states:
        if state.stage_kind != "done":
            continue
        values = values_of(process, state, now=state.last_at, me="clerk")
        allowed, _ = allowed_actions(process, state, RELATIONS, state.last_at, values, CALENDAR)
        assert all(action.outcome == "reopened" for action in allowed)
    acted = [process.actions[event.action] for event in events if event.kind == "acted"]
    assert states[-1].reopened == sum(action.outcome == "reopened" for action in acted)
    for action in process.actions.values():
        assert action.limit is None or states[-1].count(action.code) <= action.limit


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 60 * 24 * 20), st.integers(0, 60 * 24 * 40), st.integers(0, 60 * 24 * 20))
def test_the_due_day_moves_by_exactly_the_working_days_of_the_pause(begin: int, length: int, offset: int) -> None:
    process = help_desk()
    opened = at("2026-08-31T09:00") + timedelta(minutes=offset)
    life = Life(process, f"{opened:%Y-%m-%dT%H:%M}")
    life.act("assign", f"{opened:%Y-%m-%dT%H:%M}", "dispatcher", unit="unit/power_supply")
    due = life.state.clocks["handle"].due_at
    assert due is not None
    pause = opened + timedelta(minutes=begin)
    assume(pause <= due)
    resume = pause + timedelta(minutes=length)
    paused = life.act("ask", f"{pause:%Y-%m-%dT%H:%M}").clocks["handle"]
    after = life.act("supply", f"{resume:%Y-%m-%dT%H:%M}", "requester").clocks["handle"].due_at
    assert after is not None
    lost = CALENDAR.workdays_between(local_date(pause), local_date(resume))
    moved = CALENDAR.workdays_between(local_date(due), local_date(after))
    if paused.remaining.amount == 0:
        # Paused on its last day: it ends on the day it is taken up again, or on the next working day after hours.
        assert moved in (lost, lost + 1)
        assert after >= min(due, resume)
    else:
        assert moved == lost


@settings(max_examples=examples(50), deadline=None)
@given(processes(), STEPS, st.integers(0, 60 * 24 * 30))
def test_letting_the_clocks_work_comes_to_an_end_and_leaves_nothing_due(
    process: ProcessType, steps: list[tuple[int, int]], minutes: int
) -> None:
    _, states = walk(process, steps)
    state, later = states[-1], states[-1].last_at + timedelta(minutes=minutes)
    for _ in range(50):
        event = due_event(process, state, later)
        if event is None:
            break
        state = apply(process, state, event, CALENDAR)
    assert state.next_mark is None or state.next_mark.at > later
