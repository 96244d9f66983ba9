"""State as a pure function of a process type and the events: start, apply one, replay all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic.clocks import earliest_due, mark_key, moved, next_mark
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.state import CaseState, Event, LogicError, Participant, SequenceError
from xirang.engines.cases.logic.words import OPEN
from xirang.foundation.calendar import WorkingCalendar


def start(process: ProcessType, event: Event, calendar: WorkingCalendar) -> CaseState:
    """The state after the first event, which opens the case. LogicError when it is anything else."""
    return _timed(process, _started(process, event, calendar), calendar)


def _started(process: ProcessType, event: Event, calendar: WorkingCalendar) -> CaseState:
    if event.seq != 1:
        raise SequenceError(1, event.seq)
    if event.kind != "opened":
        raise LogicError("not_opened", "第一条记录必须是提交。", "The first event must open the case.")
    stage = process.first_stage
    empty = CaseState(
        process=process.code,
        seq=1,
        stage=stage.code,
        stage_kind=stage.kind,
        stage_since=event.at,
        opened_at=event.at,
        last_at=event.at,
        requester=event.by,
        values=dict(event.body.get("fields", {})),
    )
    return empty.changed(clocks=moved(process, empty, OPEN, stage.code, event.at, calendar))


def apply(process: ProcessType, state: CaseState, event: Event, calendar: WorkingCalendar) -> CaseState:
    """The state after one more event.

    Raises SequenceError when the event's number is not the next one, LogicError when it cannot follow. Whether the
    actor may do it is not asked here: an event has happened.
    """
    return _timed(process, _applied(process, state, event, calendar), calendar)


def _applied(process: ProcessType, state: CaseState, event: Event, calendar: WorkingCalendar) -> CaseState:
    if event.seq != state.seq + 1:
        raise SequenceError(state.seq + 1, event.seq)
    if event.at < state.last_at:
        raise LogicError("time", "记录的时间早于上一条。", "The event is older than the one before it.")
    state = state.changed(seq=event.seq, last_at=event.at)
    if event.kind == "noted":
        return state
    if event.kind == "marked":
        return _marked(state, event)
    if event.kind == "acted":
        return _acted(process, state, event, calendar)
    raise LogicError("opened_twice", "事项只能提交一次。", "A case is opened only once.")


def replay(
    process: ProcessType, events: Iterable[Event], calendar: WorkingCalendar, *, marks: bool = True
) -> CaseState:
    """The state after all events in order; LogicError when there is none. Without `marks` it has no `next_mark`."""
    state: CaseState | None = None
    for event in events:
        state = _started(process, event, calendar) if state is None else _applied(process, state, event, calendar)
    if state is None:
        raise LogicError("no_events", "没有任何记录。", "There are no events.")
    return _timed(process, state, calendar, marks=marks)


def _timed(process: ProcessType, state: CaseState, calendar: WorkingCalendar, *, marks: bool = True) -> CaseState:
    """What follows from the clocks as they stand; no event looks at it, so a whole log needs it once."""
    due_at, due_clock = earliest_due(state.clocks)
    coming = next_mark(process, state.clocks, state.stage, calendar) if marks else None
    return state.changed(due_at=due_at, due_clock=due_clock, next_mark=coming)


def _marked(state: CaseState, event: Event) -> CaseState:
    clock = state.clocks.get(event.action)
    if clock is None or clock.status != "running":
        raise LogicError("clock_not_running", "这个时限没有在计时。", "This clock is not running.")
    body = event.body
    key = mark_key(body["percent"], body["verb"], body.get("argument", ""))
    fired = dataclasses.replace(clock, fired=(*clock.fired, key))
    slips = (*state.slips, body["argument"]) if body["verb"] == "slip" else state.slips
    escalated = state.escalated + (body["verb"] == "escalate")
    return state.changed(slips=slips, escalated=escalated, clocks={**state.clocks, event.action: fired})


def _acted(process: ProcessType, state: CaseState, event: Event, calendar: WorkingCalendar) -> CaseState:
    action = process.actions.get(event.action)
    if action is None or state.stage not in action.from_:
        raise LogicError(
            "wrong_stage",
            f"环节“{state.stage}”不能办“{event.action}”。",
            f'"{event.action}" cannot be done in stage "{state.stage}".',
        )
    target = process.stages[process.leads_to(action, state.stage)]
    clocks = moved(process, state, action.code, target.code, event.at, calendar)
    answers = event.body.get("answers", {})
    after = state.changed(
        stage=target.code,
        stage_kind=target.kind,
        stage_since=event.at if action.to else state.stage_since,
        clocks=clocks,
        outcome=_outcome(action, state, answers),
        reopened=state.reopened + (action.outcome == "reopened"),
        counts={**state.counts, action.code: state.count(action.code) + 1},
        rating=answers.get("rating", state.rating),
    )
    after = _closed(after, state, action, event.by, event.at)
    return _followed(after, action, answers, event.by)


def _outcome(action: ActionSpec, state: CaseState, answers: Mapping[str, Any]) -> str:
    """What the case counts as now: said by the action, else answered, else unchanged.

    A case taken off the account is being worked on again, so it no longer counts as on account.
    """
    if action.outcome:
        return action.outcome
    if answers.get("outcome"):
        return str(answers["outcome"])
    left = state.outcome == "on_account" and action.to not in ("", state.stage)
    return "" if left else state.outcome


def _closed(after: CaseState, before: CaseState, action: ActionSpec, by: Participant, at: datetime) -> CaseState:
    if not after.closed:
        return after.changed(closed_at=None, closed_by="", confirmed=False)
    if before.closed:
        return after
    return after.changed(closed_at=at, closed_by=action.code, confirmed=by.relation == "requester")


def _followed(state: CaseState, action: ActionSpec, answers: Mapping[str, Any], by: Participant) -> CaseState:
    for consequence in action.consequences:
        answer = answers.get(consequence.argument)
        if consequence.verb == "hold" and answer:
            state = state.changed(holder_unit=answer, holder_account=None)
        elif consequence.verb == "co_hold" and answer and answer not in state.co_holders:
            state = state.changed(co_holders=(*state.co_holders, answer))
        elif consequence.verb == "take":
            state = state.changed(holder_account=by.id)
        elif consequence.verb == "release":
            state = state.changed(holder_unit=None, holder_account=None)
        elif consequence.verb == "lead" and answer:
            state = state.changed(responsible_leader=answer)
        elif consequence.verb == "set" and answer is not None:
            state = state.changed(values={**state.values, consequence.argument: answer})
    return state
