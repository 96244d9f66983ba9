"""Who may do what now, and why the rest is not offered."""

from __future__ import annotations

from typing import Any

from xirang.engines.cases.logic import (
    Withheld,
    allowed_actions,
    clock_reason,
    decide_dispatch,
    due_ruler,
    values_of,
    why_not,
)
from xirang.engines.cases.tests.process_samples import CALENDAR, HELP, Life, at, help_desk

PROCESS = help_desk()
HOLDER = frozenset({"handler", "holder"})
REQUESTER = frozenset({"enterprise", "requester"})


def offered(life: Life, relations: frozenset[str], now: str) -> tuple[list[str], list[Withheld]]:
    values = values_of(PROCESS, life.state, now=at(now), me="clerk")
    allowed, withheld = allowed_actions(PROCESS, life.state, relations, at(now), values, CALENDAR)
    return [action.code for action in allowed], list(withheld)


def assigned(**fields: Any) -> Life:
    life = Life(PROCESS, **fields)
    life.act("assign", "2026-09-18T17:00", "dispatcher", unit="unit/power_supply")
    return life


def test_everybody_is_offered_only_their_own() -> None:
    life = assigned()
    allowed, withheld = offered(life, HOLDER, "2026-09-21T09:00")
    assert allowed == ["return", "ask", "answer"]
    assert [(one.action.code, one.code) for one in withheld] == [("objection", "not_yet")]
    assert offered(life, REQUESTER, "2026-09-21T09:00") == ([], [])
    assert offered(life, frozenset({"resident"}), "2026-09-21T09:00") == ([], [])


def test_when_the_limit_is_used_up_the_objection_is_offered() -> None:
    life = assigned()
    life.act("return", "2026-09-21T09:00")
    life.act("assign", "2026-09-21T10:00", "dispatcher", unit="unit/economy")
    allowed, withheld = offered(life, HOLDER, "2026-09-21T11:00")
    assert allowed == ["objection", "ask", "answer"]
    assert withheld[0].zh == "“退回”最多 1 次，已经用完，如仍有异议，请改办“提出异议”。"
    assert withheld[0].en == "“Return” is possible 1 time(s) at most and has been used. Use “Object” instead."


def test_a_window_closes() -> None:
    life = assigned()
    life.act("answer", "2026-09-22T15:00", outcome="solved")
    life.act("confirm", "2026-09-23T09:00", "requester")
    assert offered(life, REQUESTER, "2026-10-23T09:00")[0] == ["reopen"]
    allowed, withheld = offered(life, REQUESTER, "2026-10-23T09:01")
    assert allowed == []
    assert withheld[0].zh == "“重开”的期限已于 2026 年 10 月 23 日 09:00 结束。如需继续反映，请重新提交。"


def test_a_guard_says_why_and_shows_its_trace() -> None:
    leader = frozenset({"unit_leader", "holder.leader"})
    assert offered(assigned(loss=900_000), leader, "2026-09-21T09:00")[0] == ["suspend"]
    allowed, withheld = offered(assigned(loss=1_000_000), leader, "2026-09-21T09:00")
    assert allowed == []
    assert withheld[0].zh == "损失一万元以上的不能挂账"
    assert any(step.value == 1_000_000 for step in withheld[0].trace)


def test_nobody_but_a_clock_that_ran_out_may_lapse() -> None:
    life = assigned()
    life.act("answer", "2026-09-22T15:00", outcome="solved")
    values = values_of(PROCESS, life.state, now=at("2026-09-23T09:00"), me="x")

    def reason(relation: str, now: str) -> str:
        found = why_not(PROCESS, life.state, "lapse", frozenset({relation}), at(now), values, CALENDAR)
        return found.code if found else ""

    assert reason("requester", "2026-10-05T09:00") == "relation"
    assert reason("clock silence", "2026-09-23T09:00") == "clock"
    assert reason("clock silence", "2026-10-05T09:00") == ""


def test_another_stage_is_explained() -> None:
    life = Life(PROCESS)
    values = values_of(PROCESS, life.state, now=at("2026-09-18T17:00"), me="x")
    found = why_not(PROCESS, life.state, "answer", HOLDER, at("2026-09-18T17:00"), values, CALENDAR)
    assert found is not None
    assert found.zh == "现在处于“收集”环节，“答复”要在“交办”环节办。"


def test_a_guard_on_answers_waits_for_them() -> None:
    text = HELP.replace(
        "    asks: {rating: {kind: rating, title: {zh: 评价, en: Rating}}}\n",
        "    asks: {rating: {kind: rating, title: {zh: 评价, en: Rating}, required: true}}\n"
        "    guard: rating >= 3\n    because: {zh: 不满意请选重开, en: Reopen when not content}\n",
    )
    process = help_desk(text)
    life = Life(process)
    life.act("assign", "2026-09-18T17:00", "dispatcher", unit="unit/power_supply")
    life.act("answer", "2026-09-22T15:00", outcome="solved")
    now = at("2026-09-23T09:00")

    def verdict(rating: int, answered: bool) -> Withheld | None:
        values = values_of(process, life.state, now=now, me="x", answers={"rating": rating})
        return why_not(process, life.state, "confirm", REQUESTER, now, values, CALENDAR, answered=answered)

    assert verdict(1, answered=False) is None
    assert verdict(3, answered=True) is None
    refused = verdict(2, answered=True)
    assert refused is not None
    assert refused.zh == "不满意请选重开"


def test_dispatch_takes_the_first_rule_that_holds() -> None:
    def decide(topic: str, staff: int | None) -> tuple[str, int] | None:
        fields = {"topic": topic, "need": "x"}
        values = values_of(
            PROCESS, None, now=at("2026-09-18T16:00"), me="", about={"name": "甬江电器", "staff": staff}, fields=fields
        )
        found = decide_dispatch(PROCESS, values, CALENDAR)
        return (found.unit, found.number) if found else None

    assert decide("power", 2000) == ("unit/power_supply", 1)
    assert decide("road", 1000) == ("unit/economy", 2)
    assert decide("road", 999) is None
    assert decide("road", None) is None


def test_dispatch_says_why_and_whether_the_system_may_act() -> None:
    values = values_of(PROCESS, None, now=at("2026-09-18T16:00"), me="", fields={"topic": "power", "need": "x"})
    found = decide_dispatch(PROCESS, values, CALENDAR)
    assert found is not None
    assert (found.zh, found.automatic) == ("用电归供电公司", True)
    by_hand = help_desk(HELP.replace("by: [dispatcher, system]", "by: dispatcher"))
    found = decide_dispatch(by_hand, values, CALENDAR)
    assert found is not None
    assert not found.automatic


def test_the_reason_of_a_clock_gives_rule_inputs_and_ruler() -> None:
    life = assigned()
    reason = clock_reason(PROCESS, life.state, "handle", CALENDAR)
    assert reason.zh.startswith("办理时限：5 个工作日，自 9 月 18 日次日起算，含 9 月 20 日调休上班")
    assert reason.zh.endswith("截止 9 月 24 日 17:00。")
    assert [one.label_zh for one in reason.inputs] == ["规定", "起算", "截止"]
    assert reason.inputs[1].value_zh == "2026 年 9 月 18 日 17:00，交办"
    cells = due_ruler(PROCESS, life.state, "handle", at("2026-09-21T09:00"), CALENDAR)
    assert [cell.counted_index for cell in cells if cell.counted_index] == [1, 2, 3, 4, 5]
    assert next(cell.date.isoformat() for cell in cells if cell.is_due) == "2026-09-24"


def test_the_reason_of_a_paused_clock_says_since_when() -> None:
    life = assigned()
    life.act("ask", "2026-09-21T10:00")
    reason = clock_reason(PROCESS, life.state, "handle", CALENDAR)
    assert reason.zh.endswith("自 2026 年 9 月 21 日 10:00 起暂停计时。")
    assert reason.inputs[2].value_zh == "2026 年 9 月 21 日 10:00 至 现在"
    assert due_ruler(PROCESS, life.state, "handle", at("2026-09-23T09:00"), CALENDAR)
