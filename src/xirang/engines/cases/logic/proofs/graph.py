"""The stages of a process as a graph: what can be reached from where, and where a clock runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from xirang.engines.cases.logic.process import ActionSpec, ClockSpec, ProcessType


def steps(process: ProcessType) -> Iterator[tuple[str, ActionSpec, str]]:
    """Every step that may be taken: from a stage, by an action, to a stage. Unknown stages are left out."""
    for action in process.actions.values():
        for stage in action.from_:
            target = process.leads_to(action, stage)
            if stage in process.stages and target in process.stages:
                yield stage, action, target


def reached(process: ProcessType, begin: Iterable[str], allowed: Callable[[str, ActionSpec], bool]) -> set[str]:
    """The stages that can be reached from some stages by allowed steps, with those stages themselves."""
    seen = set(begin)
    waiting = list(seen)
    while waiting:
        current = waiting.pop()
        for stage, action, target in steps(process):
            if stage == current and target not in seen and allowed(stage, action):
                seen.add(target)
                waiting.append(target)
    return seen


def reachable_stages(process: ProcessType) -> set[str]:
    """The stages that a case can ever get to."""
    return reached(process, [process.first_stage.code], lambda stage, action: True)


def ending_stages(process: ProcessType) -> set[str]:
    """The stages from which some end can be reached."""
    before: dict[str, set[str]] = {}
    for stage, _, target in steps(process):
        before.setdefault(target, set()).add(stage)
    seen = {code for code, stage in process.stages.items() if stage.kind == "done"}
    waiting = list(seen)
    while waiting:
        for stage in before.get(waiting.pop(), ()):
            if stage not in seen:
                seen.add(stage)
                waiting.append(stage)
    return seen


def live_stages(process: ProcessType, clock: ClockSpec) -> set[str]:
    """The stages in which a clock is alive, running or paused."""
    if clock.review_of:
        return {clock.review_of}
    reachable = reachable_stages(process)
    begin = {stage for stage, _ in process.starters(clock) if stage in reachable}
    live = reached(
        process,
        {stage for stage in begin if process.stages[stage].kind != "done"},
        lambda stage, action: process.stages[stage].kind != "done" and action.code not in clock.stops,
    )
    return {stage for stage in live if process.stages[stage].kind != "done"}


def running_stages(process: ProcessType, clock: ClockSpec) -> set[str]:
    """The stages in which a clock runs: alive and not paused."""
    return live_stages(process, clock) - set(clock.pauses)
