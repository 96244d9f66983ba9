"""Proofs about people: every role and relation is known, and in no stage does everybody wait for nobody."""

from __future__ import annotations

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.proofs.graph import steps
from xirang.engines.cases.logic.proofs.report import Report
from xirang.engines.cases.logic.words import ANYONE, RELATIONS
from xirang.foundation.declarations import did_you_mean


def check_people(process: ProcessType, report: Report, roles: frozenset[str] | None) -> None:
    """Roles against those of the pack, people where only people can be, and a holder wherever one must act."""
    if roles is not None:
        _check_roles(process, report, roles)
    _check_takers(process, report)
    _check_holder(process, report)


def _check_takers(process: ProcessType, report: Report) -> None:
    """`take: me` makes whoever acts the handler: only somebody with an account in an office can be that."""
    for action in process.actions.values():
        if not action.holds("take"):
            continue
        for path, who in report.spots(f"{action.path}/by", action.by):
            if who in (ANYONE, "requester", "system") or who.startswith("clock "):
                report.error(
                    path,
                    "nobody_takes",
                    "系统、时限、求助人和任何人都不能成为经办人。请把它从 by 里去掉，或者不写 take: me。",
                    "Neither the system, a clock, the requester nor anyone can become the handler. "
                    "Take it out of by, or leave take: me out.",
                )


def _check_roles(process: ProcessType, report: Report, roles: frozenset[str]) -> None:
    for path, role in report.spots("/open_to", process.open_to):
        if role != ANYONE and role not in roles:
            _unknown_role(path, role, roles | {ANYONE}, report)
    for path, role in report.spots("/seen_by", process.seen_by):
        if role not in roles:
            _unknown_role(path, role, roles, report)
    known = roles | set(RELATIONS)
    for action in process.actions.values():
        for path, who in report.spots(f"{action.path}/by", action.by):
            if not who.startswith("clock ") and who not in known:
                _unknown_role(path, who, known, report)
    _check_reminded(process, report, known)


def _check_reminded(process: ProcessType, report: Report, known: frozenset[str]) -> None:
    for clock in process.clocks.values():
        for mark in clock.marks:
            if mark.verb == "remind" and mark.argument not in known:
                _unknown_role(f"{clock.path}/marks/{mark.percent}%", mark.argument, known, report)


def _unknown_role(path: str, role: str, known: frozenset[str] | set[str], report: Report) -> None:
    zh, en = did_you_mean(role, known)
    report.error(
        path,
        "unknown_role",
        f"没有叫 {role} 的角色或关系{zh}新角色请先写进 pack.yaml 的 roles。",
        f'There is no role or relation "{role}"{en} Declare a new role in pack.yaml first.',
    )


def _check_holder(process: ProcessType, report: Report) -> None:
    """Walk the graph asking whether a unit holds the case: a stage that only a holder can leave needs one."""
    needs_holder = {"holder", "co_holder", "holder.leader"}
    seen = {(process.first_stage.code, False)}
    waiting, told = list(seen), set()
    while waiting:
        current, held = waiting.pop()
        leaving = [action for stage, action, _ in steps(process) if stage == current]
        stuck = not held and leaving and all(set(action.by) <= needs_holder for action in leaving)
        if stuck and process.stages[current].kind != "done" and current not in told:
            told.add(current)
            title = process.stages[current].title.zh
            report.error(
                f"/stages/{current}",
                "no_holder",
                f"事项可能在没有承办单位时进入“{title}”环节，那时谁也办不了。"
                "请在之前的动作写上 effects: [hold: unit]。",
                f'A case may enter "{current}" while no unit holds it, and then nobody can act. '
                "Let an earlier action have effects: [hold: unit].",
                key=True,
            )
        for action in leaving:
            after = held
            if action.holds("release"):
                after = False
            if action.holds("hold"):
                after = True
            state = (process.leads_to(action, current), after)
            if state not in seen:
                seen.add(state)
                waiting.append(state)
