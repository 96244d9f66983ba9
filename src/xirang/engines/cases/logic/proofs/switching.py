"""Proofs about switches: each is declared, and the process holds with all of them on and with all of them off.

Switching off only takes actions away. What can be reached, and ended, with all off is reached and ended with some off.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.proofs.report import Report
from xirang.engines.cases.logic.switching import with_switches
from xirang.foundation.declarations import Finding, did_you_mean, has_errors


def check_switches(process: ProcessType, report: Report, switches: frozenset[str] | None) -> None:
    """Names against those of the pack (None: not checked), and what a switch may not govern."""
    for spec in process.governed():
        path = f"{spec.path}/switch"
        if switches is not None and spec.switch not in switches:
            zh, en = did_you_mean(spec.switch, switches)
            report.error(
                path,
                "unknown_switch",
                f"没有叫 {spec.switch} 的开关{zh}新开关请先写进 pack.yaml 的 switches。",
                f'There is no switch "{spec.switch}"{en} Declare a new switch in pack.yaml first.',
            )
        if isinstance(spec, ActionSpec) and spec.clock:
            report.error(
                path,
                "switch_clock",
                f"“{spec.title.zh}”到期由系统办，已经起算的时限不会因为关了开关而停下。请删去 switch。",
                f'"{spec.code}" is done by a clock, and clocks that run already do not heed a switch. Remove it.',
            )
    for action in process.actions.values():
        asked = action.asks.get("outcome")
        if asked is not None and asked.switch:
            report.error(
                f"{asked.path}/switch",
                "switch_outcome",
                "办理结果必须有，不能用开关关掉。请删去 switch。",
                "The outcome must always be known; no switch may take it away. Remove it.",
            )


def check_all_off(
    process: ProcessType, found: list[Finding], prove: Callable[[ProcessType], list[Finding]]
) -> list[Finding]:
    """The errors that the process has only while all its switches are off."""
    if not process.switches or has_errors(found):
        return []
    return [
        dataclasses.replace(finding, zh=f"开关全部关闭时：{finding.zh}", en=f"With all switches off: {finding.en}")
        for finding in prove(with_switches(process, dict.fromkeys(process.switches, False)))
        if finding.level == "error"
    ]
