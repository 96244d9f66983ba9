"""Switches in a process type: what they take away, what stays readable, and what a pack may not do with them."""

from __future__ import annotations

from xirang.engines.cases.logic import allowed_actions, replay, values_of
from xirang.engines.cases.logic.switching import with_switches
from xirang.engines.cases.spec import ProcessType, check_process
from xirang.engines.cases.tests.process_samples import CALENDAR, HELP, ROLES, Life, at, read

SWITCHED = (
    HELP.replace("title: {zh: 评价, en: Rating}}", "title: {zh: 评价, en: Rating}, switch: rate}")
    .replace("  loss: {", "  noise: {kind: bool, title: {zh: 扰民, en: Noise}, switch: ask_noise}\n  loss: {")
    .replace("show: [number, topic, handle.due]", "show: [number, noise, handle.due]")
    .replace(
        "    from: assigned\n    by: holder\n  ask:", "    from: assigned\n    by: holder\n    switch: object\n  ask:"
    )
    .replace("    within: 30 days\n", "    within: 30 days\n    switch: again\n")
)
SWITCHES = ("rate", "ask_noise", "object", "again")


def switched(text: str = SWITCHED) -> ProcessType:
    process, _ = read(text)
    assert process is not None
    return process


def findings(text: str, switches: tuple[str, ...] = SWITCHES) -> list[tuple[str, str]]:
    """Code and sentence of every error."""
    return [(one.code, one.zh) for one in check_process(switched(text), ROLES, switches) if one.level == "error"]


def test_all_on_is_the_process_itself_and_each_stand_is_made_once() -> None:
    process = switched()
    assert process.switches == frozenset(SWITCHES)
    assert with_switches(process, {}) is process
    assert with_switches(process, dict.fromkeys(SWITCHES, True) | {"unknown": False}) is process
    off = with_switches(process, {"rate": False})
    assert off is with_switches(process, {"rate": False, "again": True})
    assert off is not with_switches(process, {"again": False})


def test_what_is_off_goes_and_whatever_only_named_it() -> None:
    process = switched()
    off = with_switches(process, dict.fromkeys(SWITCHES, False))
    assert list(off.fields) == ["topic", "need", "loss"]
    assert list(off.actions["confirm"].asks) == []
    assert {"objection", "reopen"} == set(process.actions) - set(off.actions)
    assert off.actions["return"].then == "", "nothing follows a limit any more"
    assert off.clocks["handle"].starts == ("assign",)
    assert off.clocks["silence"].stops == ("confirm",)
    assert off.views["due_today"].show == ("number", "handle.due")
    assert list(process.fields) == ["topic", "need", "noise", "loss"], "the whole process is untouched"
    assert findings(SWITCHED) == []


def test_a_clock_that_nothing_would_start_goes_too() -> None:
    text = SWITCHED.replace(
        "  silence:\n",
        "  quiet: {title: {zh: 静默期, en: Quiet}, term: 5 days, starts: objection, stops: answer}\n  silence:\n",
    ).replace("handle.due", "due")
    assert "quiet" not in with_switches(switched(text), {"object": False}).clocks
    assert findings(text) == []


def test_what_was_done_while_it_was_on_stays_readable_and_only_what_is_offered_changes() -> None:
    process = switched()
    life = Life(process, noise=True)
    life.act("assign", "2026-09-18T17:00", "dispatcher", unit="unit/power_supply")
    life.act("answer", "2026-09-20T10:00", outcome="solved")
    life.act("reopen", "2026-09-20T11:00", "requester")
    life.act("answer", "2026-09-20T12:00", outcome="solved")
    assert replay(process, life.events, CALENDAR) == life.state
    assert (life.state.reopened, life.state.values["noise"]) == (1, True)
    off, now = with_switches(process, {"again": False}), at("2026-09-20T13:00")

    def offered(which: ProcessType) -> list[str]:
        values = values_of(which, life.state, now=now, me="")
        found, _ = allowed_actions(which, life.state, frozenset({"requester"}), now, values, CALENDAR)
        return [action.code for action in found]

    assert offered(process) == ["confirm", "reopen"]
    assert offered(off) == ["confirm"]


def test_a_name_that_the_pack_does_not_declare_is_told_with_the_nearest() -> None:
    process = switched()
    found = [
        one for one in check_process(process, ROLES, ("rate", "ask_nose", "object", "again")) if one.level == "error"
    ]
    assert [one.zh for one in found] == [
        "没有叫 ask_noise 的开关，您是不是想写 ask_nose？新开关请先写进 pack.yaml 的 switches。"
    ]
    assert found[0].line == SWITCHED[: SWITCHED.index("switch: ask_noise")].count("\n") + 1
    assert check_process(process, ROLES) == check_process(process, ROLES, SWITCHES), "without a pack names are free"


def test_the_process_must_hold_with_all_switches_off() -> None:
    text = SWITCHED.replace("    outcome: on_account\n", "    outcome: on_account\n    switch: rate\n")
    assert [code for code, _ in findings(text)] == ["unreachable"]
    assert findings(text)[0][1].startswith("开关全部关闭时：环节“挂账”（on_account）走不到")
    text = SWITCHED.replace("en: Loss}}", "en: Loss}, switch: rate}")
    (code, sentence), *rest = findings(text)
    assert (code, rest) == ("expression", [])
    assert sentence.startswith("开关全部关闭时：")


def test_what_a_switch_governs_may_be_missing_even_where_it_must_be_answered() -> None:
    """A case opened while the switch was off lacks the answer when the switch is on again."""
    text = SWITCHED.replace("en: Noise}, switch: ask_noise}", "en: Noise}, required: true, switch: again}").replace(
        "    within: 30 days\n", "    within: 30 days\n    guard: noise\n    because: {zh: 不扰民, en: It is quiet}\n"
    )
    assert [code for code, _ in findings(text)] == ["expression"]
    assert findings(text.replace("guard: noise", "guard: has(noise) and noise")) == []


def test_neither_clocks_nor_outcomes_heed_a_switch() -> None:
    text = SWITCHED.replace("by: clock silence}", "by: clock silence, switch: rate}")
    assert (
        "switch_clock",
        "“到期销号”到期由系统办，已经起算的时限不会因为关了开关而停下。请删去 switch。",
    ) in findings(text)
    text = SWITCHED.replace(
        "[solved, explained], required: true}", "[solved, explained], required: true, switch: rate}"
    )
    assert ("switch_outcome", "办理结果必须有，不能用开关关掉。请删去 switch。") in findings(text)
