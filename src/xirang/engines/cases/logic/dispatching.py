"""Which unit a new case goes to, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xirang.engines.cases.logic.process import DispatchRule, ProcessType
from xirang.engines.cases.logic.rules import holds
from xirang.foundation.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The first rule that holds: the unit, the rule with its number from 1, the reason and the trace.

    `automatic` says that the assignment may be carried out by the system: its action names `system` in `by`.
    Otherwise it is a suggestion to the desk.
    """

    unit: str
    rule: DispatchRule
    number: int
    zh: str
    en: str
    automatic: bool
    trace: Any = field(default=None, compare=False, repr=False)


def because_of(rule: DispatchRule, number: int) -> tuple[str, str]:
    """Why a rule sends a case where it does, in Chinese and English; `number` counts from 1."""
    if rule.because:
        return rule.because.zh, rule.because.text("en")
    return f"符合第 {number} 条分派规则：{rule.when}", f"Dispatch rule {number} holds: {rule.when}"


def dispatches_itself(process: ProcessType) -> bool:
    """Whether the system carries out what a dispatch rule decides; otherwise the rule only advises the desk."""
    return process.assignment is not None and "system" in process.assignment.by


def decide_dispatch(process: ProcessType, values: Mapping[str, Any], calendar: WorkingCalendar) -> Dispatch | None:
    """The unit for a case with these values (from `values_of`), or None: then the desk decides."""
    for number, rule in enumerate(process.dispatch, start=1):
        result = holds(process, rule.when, values, calendar)
        if not result.value:
            continue
        zh, en = because_of(rule, number)
        return Dispatch(rule.to, rule, number, zh, en, dispatches_itself(process), result.trace)
    return None
