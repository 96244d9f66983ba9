"""Proofs about clocks: they start, they stop, they stand still where they should, and what they drive can happen."""

from __future__ import annotations

from xirang.engines.cases.logic.process import ActionSpec, ClockSpec, ProcessType
from xirang.engines.cases.logic.proofs.graph import live_stages, reachable_stages, running_stages, steps
from xirang.engines.cases.logic.proofs.report import Report
from xirang.foundation.calendar import Term, TermError
from xirang.foundation.declarations import did_you_mean


def check_terms(process: ProcessType, report: Report) -> None:
    """Every clock, every review, every window, and every action that a clock drives."""
    for clock in process.clocks.values():
        _check_term(f"{clock.path}/term", clock.term, report)
        _check_start(process, clock, report)
        _check_pauses(process, clock, report)
    for stage in process.stages.values():
        if stage.review:
            _check_term(f"{stage.path}/review", stage.review, report)
        if stage.review and stage.kind == "done":
            report.error(
                f"{stage.path}/review",
                "review",
                "结束环节不用复核。请删去 review。",
                "An end needs no review. Remove it.",
            )
    for action in process.actions.values():
        if action.within:
            _check_term(f"{action.path}/within", action.within, report)
        if action.clock:
            _check_driven(process, action, report)
    _check_one_each(process, report)


def _check_term(path: str, text: str, report: Report) -> None:
    try:
        Term.parse(text)
    except TermError as error:
        report.error(path, "term", error.zh, error.en)


def _check_start(process: ProcessType, clock: ClockSpec, report: Report) -> None:
    reachable = reachable_stages(process)
    begins = [stage for stage, _ in process.starters(clock) if stage in reachable]
    if not any(process.stages[stage].kind != "done" for stage in begins):
        report.error(
            f"{clock.path}/starts",
            "never_starts",
            f"“{clock.title.zh}”永远不会起算：起算的动作只通向结束环节或走不到。",
            f'Clock "{clock.code}" never starts: the acts that start it lead to an end or cannot happen.',
        )
        return
    live = live_stages(process, clock)
    ends = any(
        stage in live and (action.code in clock.stops or process.stages[target].kind == "done")
        for stage, action, target in steps(process)
    )
    if not ends:
        report.error(
            f"{clock.path}/stops",
            "never_stops",
            f"“{clock.title.zh}”起算后停不下来：停止的动作在计时的环节里都办不了。",
            f'Clock "{clock.code}" never stops: none of the acts that stop it can happen while it runs.',
        )
    for path, act in report.spots(f"{clock.path}/stops", clock.stops):
        if act in process.actions and not set(process.actions[act].from_) & live:
            report.warn(
                path,
                "stop_elsewhere",
                f"“{clock.title.zh}”在能办“{process.actions[act].title.zh}”的环节里并不计时，这一项可以删去。",
                f'Clock "{clock.code}" is never alive where "{act}" can happen; the entry may be removed.',
            )


def _check_pauses(process: ProcessType, clock: ClockSpec, report: Report) -> None:
    live = live_stages(process, clock)
    for path, stage in report.spots(f"{clock.path}/pauses", clock.pauses):
        if process.stages[stage].kind == "done":
            report.error(
                path,
                "pause_at_end",
                f"“{process.stages[stage].title.zh}”是结束环节，计时在那里已经停止，不用写暂停。",
                f'"{stage}" is an end, where every clock has stopped. Remove it.',
            )
        elif stage not in live:
            report.warn(
                path,
                "pause_elsewhere",
                f"“{clock.title.zh}”在“{process.stages[stage].title.zh}”环节本来就不计时，这一项可以删去。",
                f'Clock "{clock.code}" is never alive in "{stage}"; the entry may be removed.',
            )
    if live and not running_stages(process, clock):
        report.error(
            f"{clock.path}/pauses",
            "always_paused",
            f"“{clock.title.zh}”在所有环节都暂停，永远不会到期。",
            f'Clock "{clock.code}" is paused wherever it is alive and never runs out.',
        )


def _check_driven(process: ProcessType, action: ActionSpec, report: Report) -> None:
    path = f"{action.path}/by"
    clock = process.all_clocks.get(action.clock)
    if clock is None:
        zh, en = did_you_mean(action.clock, process.all_clocks)
        report.error(
            path, "unknown_clock", f"没有叫 {action.clock} 的时限{zh}", f'There is no clock "{action.clock}"{en}'
        )
        return
    running = running_stages(process, clock)
    for spot, stage in report.spots(f"{action.path}/from", action.from_):
        if stage not in running:
            names = "、".join(process.stages[code].title.zh for code in process.stages if code in running)
            report.error(
                spot,
                "clock_not_running",
                f"“{action.title.zh}”由“{clock.title.zh}”到期触发，但它在“{process.stages[stage].title.zh}”环节不计时，"
                f"只在{names}计时。",
                f'"{action.code}" is driven by clock "{clock.code}", which does not run in "{stage}".',
            )
    if action.guard or action.limit or any(asked.required for asked in action.asks.values()):
        report.error(
            action.path,
            "clock_cannot_answer",
            f"“{action.title.zh}”由系统到期办理，不能有条件、次数限制或必填项。",
            f'"{action.code}" is done by a clock: it can have no guard, no limit and nothing that must be answered.',
            key=True,
        )


def _check_one_each(process: ProcessType, report: Report) -> None:
    seen: dict[str, ActionSpec] = {}
    for action in process.actions.values():
        if action.clock and action.clock in seen:
            report.error(
                f"{action.path}/by",
                "clock_drives_two",
                f"“{seen[action.clock].title.zh}”和“{action.title.zh}”都由同一个时限触发。一个时限只能触发一个动作。",
                f'Both "{seen[action.clock].code}" and "{action.code}" are driven by one clock. '
                "One clock drives one action.",
            )
        if action.clock:
            seen.setdefault(action.clock, action)
