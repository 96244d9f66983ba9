"""Proofs about the flow: names that exist, stages that are reached, ends that are reached, loops that end."""

from __future__ import annotations

from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.proofs.graph import ending_stages, reachable_stages, reached, steps
from xirang.engines.cases.logic.proofs.report import Report
from xirang.engines.cases.logic.words import OPEN, OUTCOMES
from xirang.foundation.declarations import did_you_mean


def check_flow(process: ProcessType, report: Report) -> None:
    """Known names first; only when they are all known does it make sense to walk the graph."""
    for action in process.actions.values():
        _check_names(process, action, report)
    _check_clock_names(process, report)
    if report.findings:
        return
    _check_ends(process, report)
    _check_outcomes(process, report)
    for action in process.actions.values():
        _check_limit(process, action, report)
        _check_effects(process, action, report)
    _check_loops(process, report)
    _check_twins(process, report)


def _unknown_stage(process: ProcessType, path: str, stage: str, report: Report) -> None:
    zh, en = did_you_mean(stage, process.stages)
    report.error(path, "unknown_stage", f"没有叫 {stage} 的环节{zh}", f'There is no stage "{stage}"{en}')


def _check_names(process: ProcessType, action: ActionSpec, report: Report) -> None:
    if action.code == OPEN:
        report.error(
            action.path,
            "reserved",
            "“open”表示提交，不能用作动作的代码。请换一个代码。",
            '"open" stands for the submission and cannot be the code of an action. Choose another.',
            key=True,
        )
    for path, stage in report.spots(f"{action.path}/from", action.from_):
        if stage not in process.stages:
            _unknown_stage(process, path, stage, report)
    if action.to and action.to not in process.stages:
        _unknown_stage(process, f"{action.path}/to", action.to, report)
    if action.then and action.then not in process.actions:
        _unknown_action(process, f"{action.path}/then", action.then, report)


def _unknown_action(process: ProcessType, path: str, name: str, report: Report) -> None:
    zh, en = did_you_mean(name, [*process.actions, OPEN])
    report.error(path, "unknown_action", f"没有叫 {name} 的动作{zh}", f'There is no action "{name}"{en}')


def _check_clock_names(process: ProcessType, report: Report) -> None:
    for clock in process.clocks.values():
        for key, acts in (("starts", clock.starts), ("stops", clock.stops)):
            for path, act in report.spots(f"{clock.path}/{key}", acts):
                if act not in process.actions and act != OPEN:
                    _unknown_action(process, path, act, report)
        for path, stage in report.spots(f"{clock.path}/pauses", clock.pauses):
            if stage not in process.stages:
                _unknown_stage(process, path, stage, report)


def _check_ends(process: ProcessType, report: Report) -> None:
    if not any(stage.kind == "done" for stage in process.stages.values()):
        report.error(
            "/stages",
            "no_end",
            "没有结束环节。请至少给一个环节写上 kind: done。",
            "There is no end. Give at least one stage kind: done.",
            key=True,
        )
        return
    reachable, ending = reachable_stages(process), ending_stages(process)
    for stage in process.stages.values():
        if stage.code not in reachable:
            report.error(
                stage.path,
                "unreachable",
                f"环节“{stage.title.zh}”（{stage.code}）走不到：没有动作从起点通到这里。"
                f"请加一个 to: {stage.code} 的动作，或删去这个环节。",
                f'Stage "{stage.code}" cannot be reached: no action leads there from the start. '
                f"Add an action with to: {stage.code}, or remove the stage.",
                key=True,
            )
        elif stage.code not in ending:
            report.error(
                stage.path,
                "no_way_out",
                f"到了环节“{stage.title.zh}”（{stage.code}）就结束不了：没有动作从这里通向结束环节。"
                f"请加一个 from: {stage.code} 的动作。",
                f'From stage "{stage.code}" no end can be reached. Add an action with from: {stage.code}.',
                key=True,
            )


def _check_outcomes(process: ProcessType, report: Report) -> None:
    for stage, action, target in steps(process):
        if process.stages[stage].kind != "done":
            continue
        if action.outcome != "reopened":
            report.error(
                action.path,
                "silent_reopen",
                f"“{action.title.zh}”从结束环节“{process.stages[stage].title.zh}”出发，就是重开。"
                "请写上 outcome: reopened。",
                f'"{action.code}" leaves the end "{stage}", which is a reopening. Write outcome: reopened.',
                key=True,
            )
        if process.stages[target].kind == "done":
            report.error(
                f"{action.path}/to",
                "reopen_to_end",
                f"“{action.title.zh}”从结束环节又回到结束环节。重开后应当回到办理中的环节。",
                f'"{action.code}" leads from one end to another. A reopening must lead back to work.',
            )
    for action in process.actions.values():
        _check_outcome_ask(action, report)
    _check_outcome_known(process, report)


def _check_outcome_ask(action: ActionSpec, report: Report) -> None:
    asked = action.asks.get("outcome")
    if asked is None:
        return
    path = f"{action.path}/asks/outcome"
    if asked.kind != "choice" or asked.choices is None:
        report.error(path, "outcome", "“outcome”应当是单选（kind: choice）。", '"outcome" must be a choice.', key=True)
        return
    for code in asked.choices.codes:
        if code not in OUTCOMES:
            zh, en = did_you_mean(code, OUTCOMES)
            report.error(f"{path}/choices", "outcome", f"没有“{code}”这种结果{zh}", f'There is no outcome "{code}"{en}')
    if action.outcome:
        report.error(
            f"{action.path}/outcome",
            "outcome_twice",
            "结果或者写死（outcome），或者由经办人选（asks.outcome），不能两者都写。",
            "The outcome is either fixed or asked, not both.",
        )


def _check_outcome_known(process: ProcessType, report: Report) -> None:
    """Honest states: a case that ends must be counted as something."""
    seen = {(process.first_stage.code, False)}
    waiting = list(seen)
    told: set[str] = set()
    while waiting:
        current, known = waiting.pop()
        for stage, action, target in steps(process):
            if stage != current:
                continue
            sets = bool(action.outcome) or "outcome" in action.asks
            state = (target, known or sets)
            if process.stages[target].kind == "done" and not state[1] and action.code not in told:
                told.add(action.code)
                report.warn(
                    action.path,
                    "no_outcome",
                    f"“{action.title.zh}”可能在没有结果的情况下结束事项，统计时无法归类。请写上 outcome。",
                    f'"{action.code}" may close a case that counts as nothing. Write an outcome.',
                    key=True,
                )
            if state not in seen:
                seen.add(state)
                waiting.append(state)


def _check_limit(process: ProcessType, action: ActionSpec, report: Report) -> None:
    if action.then and action.limit is None:
        report.error(
            f"{action.path}/then",
            "then_without_limit",
            "“then”要和“limit”一起写：次数用完后才改办另一个动作。",
            '"then" needs "limit": the other action is offered once the limit is used up.',
        )
    then = process.actions.get(action.then)
    if then is not None and not set(then.from_) & set(action.from_):
        report.error(
            f"{action.path}/then",
            "then_elsewhere",
            f"“{then.title.zh}”不在同一个环节，次数用完后办不了。请把它的 from 也写上 {'、'.join(action.from_)}。",
            f'"{then.code}" begins in another stage. Add {", ".join(action.from_)} to its from.',
        )


def _check_effects(process: ProcessType, action: ActionSpec, report: Report) -> None:
    wanted = {"hold": "unit", "co_hold": "unit", "lead": "person"}
    for place, consequence in enumerate(action.consequences):
        path = f"{action.path}/effects/{place}"
        asked = action.asks.get(consequence.argument)
        if consequence.verb in wanted and (asked is None or asked.kind != wanted[consequence.verb]):
            kind = wanted[consequence.verb]
            report.error(
                path,
                "consequence",
                f"“{consequence.verb}: {consequence.argument}”要有一个问题来填。"
                f"请在 asks 里加上 {consequence.argument}: {{kind: {kind}, …}}。",
                f'"{consequence.verb}: {consequence.argument}" needs a question of kind {kind} '
                f"named {consequence.argument} among the asks.",
            )
        if consequence.verb == "set":
            spec = process.fields.get(consequence.argument)
            if spec is None or asked is None or asked.kind != spec.kind:
                report.error(
                    path,
                    "consequence",
                    f"“set: {consequence.argument}”要求表单和 asks 里都有 {consequence.argument}，而且种类相同。",
                    f'"set: {consequence.argument}" needs {consequence.argument} in the form and among the asks, '
                    "of one kind.",
                )


def _check_loops(process: ProcessType, report: Report) -> None:
    """A case that officials can send back and forth for ever, with no limit anywhere on the way round."""
    order = {code: place for place, code in enumerate(process.stages)}

    def endless(stage: str, action: ActionSpec) -> bool:
        ours = bool(set(action.by) - {"requester", "system"}) and not action.clock
        worked = process.stages[stage].kind == process.stages[process.leads_to(action, stage)].kind == "open"
        return ours and worked and action.limit is None and action.outcome != "reopened"

    for stage, action, target in steps(process):
        back = order[target] < order[stage] and endless(stage, action)
        if back and stage in reached(process, [target], endless):
            report.warn(
                action.path,
                "endless_return",
                f"“{action.title.zh}”可以无限次退回，事项可能来回转。请写上 limit，用完后改办什么写在 then。",
                f'"{action.code}" may send a case back without end. Write a limit, and what follows in then.',
                key=True,
            )


def _check_twins(process: ProcessType, report: Report) -> None:
    actions = list(process.actions.values())
    for place, second in enumerate(actions):
        for first in actions[:place]:
            same = first.title.zh == second.title.zh and set(first.from_) & set(second.from_)
            if same and set(first.by) & set(second.by):
                report.warn(
                    f"{second.path}/title",
                    "same_title",
                    f"同一个人在同一环节会看到两个“{second.title.zh}”（{first.code} 和 {second.code}）。请换一个名称。",
                    f'The same person sees two actions "{second.title.text("en")}" '
                    f"({first.code}, {second.code}). Rename one.",
                )
