"""The state of a case follows from its events alone: stages, clocks, outcomes, holders."""

from __future__ import annotations

import pytest

from xirang.engines.cases.logic import (
    Event,
    LogicError,
    Participant,
    SequenceError,
    apply,
    due_event,
    mark_moment,
    replay,
    start,
)
from xirang.engines.cases.tests.process_samples import CALENDAR, Life, at, help_desk

PROCESS = help_desk()


def assigned() -> Life:
    life = Life(PROCESS)
    life.act("assign", "2026-09-18T17:00", "dispatcher", unit="unit/power_supply")
    return life


def test_five_workdays_count_the_make_up_day_and_not_the_holiday() -> None:
    state = assigned().state
    assert state.clocks["handle"].due_at == at("2026-09-24T17:00")
    assert (state.due_at, state.due_clock) == (at("2026-09-24T17:00"), "handle")
    assert state.holder_unit == "unit/power_supply"


def test_asking_pauses_the_clock_and_supplying_moves_the_due_moment() -> None:
    life = assigned()
    paused = life.act("ask", "2026-09-21T10:00")
    assert paused.clocks["handle"].status == "paused"
    assert paused.due_at is None
    assert paused.next_mark is None
    resumed = life.act("supply", "2026-09-23T10:00", "requester")
    # Two working days were lost (22 and 23); 25 to 27 September is Mid-autumn.
    assert resumed.due_at == at("2026-09-29T17:00")
    assert resumed.clocks["handle"].pauses == ((at("2026-09-21T10:00"), at("2026-09-23T10:00")),)


def test_a_pause_cannot_make_an_overdue_case_punctual() -> None:
    life = assigned()
    life.act("ask", "2026-09-28T10:00")
    state = life.act("supply", "2026-10-10T10:00", "requester")
    assert state.due_at == at("2026-09-24T17:00")


def test_returning_stops_the_clock_and_releases_the_holder() -> None:
    state = assigned().act("return", "2026-09-21T09:00")
    assert (state.stage, state.holder_unit, state.count("return")) == ("collected", None, 1)
    assert state.clocks["handle"].status == "stopped"


def test_explained_stays_explained_when_the_case_lapses() -> None:
    life = assigned()
    life.act("answer", "2026-09-22T15:00", outcome="explained")
    event = due_event(PROCESS, life.state, at("2026-10-02T15:00"))
    assert event is not None
    assert (event.kind, event.action, event.by.relation) == ("acted", "lapse", "clock silence")
    state = apply(PROCESS, life.state, event, CALENDAR)
    assert (state.stage, state.outcome, state.confirmed, state.closed_by) == ("struck_off", "explained", False, "lapse")
    assert state.closed_at == at("2026-10-02T15:00")
    assert due_event(PROCESS, state, at("2027-01-01T00:00")) is None


def test_silence_is_not_due_a_minute_early() -> None:
    life = assigned()
    life.act("answer", "2026-09-22T15:00", outcome="solved")
    assert due_event(PROCESS, life.state, at("2026-10-02T14:59")) is None


def test_reopening_counts_apart_and_runs_the_clock_anew() -> None:
    life = assigned()
    life.act("answer", "2026-09-22T15:00", outcome="solved")
    closed = life.act("confirm", "2026-09-23T09:00", "requester", rating=4)
    assert (closed.outcome, closed.confirmed, closed.rating) == ("solved", True, 4)
    state = life.act("reopen", "2026-10-10T09:00", "requester")
    assert (state.outcome, state.reopened, state.closed_at, state.confirmed) == ("reopened", 1, None, False)
    assert state.holder_unit == "unit/power_supply"
    assert state.due_at == at("2026-10-16T17:00")
    assert state.clocks["silence"].status == "stopped"


def test_on_account_counts_as_such_until_work_goes_on() -> None:
    life = assigned()
    state = life.act("suspend", "2026-09-22T10:00", "holder.leader")
    assert (state.outcome, state.clocks["handle"].status) == ("on_account", "paused")
    assert state.clocks["review_on_account"].due_at == at("2026-12-21T10:00")
    resumed = life.act("resume", "2026-09-23T10:00")
    assert (resumed.outcome, resumed.clocks["review_on_account"].status) == ("", "stopped")


def test_marks_fall_in_order_and_once_each() -> None:
    life = assigned()
    told = []
    for moment in ("2026-09-22T17:00", "2026-09-24T17:00", "2026-09-30T17:00"):
        while (event := due_event(PROCESS, life.state, at(moment))) is not None:
            told.append(f"{event.body['percent']}% {event.body['verb']}")
            life.state = apply(PROCESS, life.state, event, CALENDAR)
    assert told == ["50% remind", "80% slip", "100% slip", "150% escalate"]
    assert life.state.slips == ("early_warning", "supervision")
    assert life.state.escalated == 1
    assert life.state.next_mark is None


def test_a_pause_moves_the_marks_still_to_come() -> None:
    life = assigned()
    before = life.state.next_mark
    assert before is not None
    life.act("ask", "2026-09-20T10:00")
    after = life.act("supply", "2026-09-21T10:00", "requester").next_mark
    assert after is not None
    assert (before.percent, after.percent) == (50, 50)
    assert after.at > before.at


def test_marks_after_a_pause_are_shares_of_the_whole_term() -> None:
    life = assigned()
    life.act("ask", "2026-09-21T10:00")
    state = life.act("supply", "2026-09-23T10:00", "requester")
    clock, spec = state.clocks["handle"], PROCESS.clocks["handle"]
    moments = {percent: mark_moment(clock, spec, percent, CALENDAR) for percent in (50, 80, 100, 150)}
    # Forty hours of office time in all, due on 29 September: half of them, 20 hours, lie before the due moment.
    assert moments == {
        50: at("2026-09-24T13:00"),
        80: at("2026-09-28T17:00"),
        100: at("2026-09-29T17:00"),
        150: at("2026-10-09T13:00"),
    }


def test_an_event_out_of_order_is_refused() -> None:
    life = assigned()
    by = Participant("account", "clerk", "holder")
    with pytest.raises(SequenceError) as caught:
        apply(PROCESS, life.state, Event(2, at("2026-09-21T09:00"), "acted", "ask", by), CALENDAR)
    assert "请刷新后再办" in caught.value.zh
    with pytest.raises(LogicError, match="older"):
        apply(PROCESS, life.state, Event(3, at("2026-09-17T09:00"), "acted", "ask", by), CALENDAR)
    with pytest.raises(LogicError, match="cannot be done"):
        apply(PROCESS, life.state, Event(3, at("2026-09-21T09:00"), "acted", "confirm", by), CALENDAR)
    with pytest.raises(LogicError, match="once"):
        apply(PROCESS, life.state, Event(3, at("2026-09-21T09:00"), "opened", "open", by), CALENDAR)


def test_a_log_must_begin_with_the_opening() -> None:
    by = Participant("account", "clerk", "holder")
    with pytest.raises(LogicError, match="no events"):
        replay(PROCESS, [], CALENDAR)
    with pytest.raises(LogicError, match="open"):
        start(PROCESS, Event(1, at("2026-09-21T09:00"), "acted", "assign", by), CALENDAR)


def test_a_note_changes_nothing_but_the_number() -> None:
    life = assigned()
    before = life.state
    after = life.append("noted", "", "2026-09-21T09:00", "holder", {"text": "已电话联系", "visibility": "internal"})
    assert after == before.changed(seq=3, last_at=at("2026-09-21T09:00"))
