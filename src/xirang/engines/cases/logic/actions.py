"""Which actions somebody may take with a case now, and why the others are not offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.rules import compiled, holds
from xirang.engines.cases.logic.sentences import full_moment, who_text
from xirang.engines.cases.logic.state import CaseState
from xirang.foundation.calendar import Term, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Withheld:
    """An action that is not offered: `code` is switch, stage, relation, limit, not_yet, within, clock or guard.

    `trace` is the evaluation of the guard, where a guard was the reason.
    """

    action: ActionSpec
    code: str
    zh: str
    en: str
    trace: Any = field(default=None, compare=False, repr=False)


_WORTH_TELLING = frozenset({"limit", "within", "guard", "not_yet"})


def allowed_actions(
    process: ProcessType,
    state: CaseState,
    relations: frozenset[str],
    now: datetime,
    values: Mapping[str, Any],
    calendar: WorkingCalendar,
) -> tuple[tuple[ActionSpec, ...], tuple[Withheld, ...]]:
    """The actions somebody may take now, and those withheld that they would otherwise have.

    `relations` are the roles held within the area of the case and the relations to it; `values` come from
    `values_of`. Actions of other stages or of other people are neither allowed nor worth a sentence.
    """
    allowed: list[ActionSpec] = []
    withheld: list[Withheld] = []
    for action in process.actions_from(state.stage):
        reason = why_not(process, state, action.code, relations, now, values, calendar)
        if reason is None:
            allowed.append(action)
        elif reason.code in _WORTH_TELLING:
            withheld.append(reason)
    return tuple(allowed), tuple(withheld)


def why_not(
    process: ProcessType,
    state: CaseState,
    action_code: str,
    relations: frozenset[str],
    now: datetime,
    values: Mapping[str, Any],
    calendar: WorkingCalendar,
    *,
    answered: bool = False,
) -> Withheld | None:
    """Why an action may not be taken now, or None when it may.

    A guard that uses the questions of its own action is only asked once they are `answered` (and in `values`).
    """
    action = process.actions[action_code]
    for check in (_stage, _relation, _limit, _not_yet):
        reason = check(process, state, action, relations)
        if reason is not None:
            return reason
    return (
        _within(process, state, action, now, calendar)
        or _clock(process, state, action, now)
        or _guard(process, action, values, calendar, answered)
    )


def switched_off(action: ActionSpec) -> Withheld:
    """Why an action of the whole process is not among those offered in an area."""
    return Withheld(
        action,
        "switch",
        f"“{action.title.zh}”在本区没有启用。",
        f"“{action.title.text('en')}” is not in use in this area.",
    )


def _stage(process: ProcessType, state: CaseState, action: ActionSpec, relations: frozenset[str]) -> Withheld | None:
    if state.stage in action.from_:
        return None
    stage = process.stages[state.stage].title
    wanted = [process.stages[code].title for code in action.from_]
    return Withheld(
        action,
        "stage",
        f"现在处于“{stage.zh}”环节，“{action.title.zh}”要在“{'、'.join(one.zh for one in wanted)}”环节办。",
        f"The case is in “{stage.text('en')}”; “{action.title.text('en')}” belongs to "
        f"“{', '.join(one.text('en') for one in wanted)}”.",
    )


def _relation(process: ProcessType, state: CaseState, action: ActionSpec, relations: frozenset[str]) -> Withheld | None:
    if relations & frozenset(action.by):
        return None
    zh = "、".join(who_text(process, who) for who in action.by)
    en = ", ".join(who_text(process, who, "en") for who in action.by)
    return Withheld(
        action, "relation", f"“{action.title.zh}”由{zh}办理。", f"“{action.title.text('en')}” is for: {en}."
    )


def _limit(process: ProcessType, state: CaseState, action: ActionSpec, relations: frozenset[str]) -> Withheld | None:
    if action.limit is None or state.count(action.code) < action.limit:
        return None
    then = process.actions.get(action.then)
    hint_zh = f"，如仍有异议，请改办“{then.title.zh}”" if then else ""
    hint_en = f" Use “{then.title.text('en')}” instead." if then else ""
    return Withheld(
        action,
        "limit",
        f"“{action.title.zh}”最多 {action.limit} 次，已经用完{hint_zh}。",
        f"“{action.title.text('en')}” is possible {action.limit} time(s) at most and has been used.{hint_en}",
    )


def _not_yet(process: ProcessType, state: CaseState, action: ActionSpec, relations: frozenset[str]) -> Withheld | None:
    """An action named by another one's `then` is offered only once that one's limit is used up."""
    first = next((one for one in process.actions.values() if one.then == action.code), None)
    if first is None or first.limit is None or state.count(first.code) >= first.limit:
        return None
    return Withheld(
        action,
        "not_yet",
        f"请先办“{first.title.zh}”；用完 {first.limit} 次后才能“{action.title.zh}”。",
        f"Use “{first.title.text('en')}” first; “{action.title.text('en')}” follows after {first.limit} time(s).",
    )


def window_end(state: CaseState, action: ActionSpec, calendar: WorkingCalendar) -> datetime | None:
    """Until when an action with `within` may be taken in the present stage; None when there is no such window."""
    return Term.parse(action.within).due(state.stage_since, calendar) if action.within else None


def _within(
    process: ProcessType, state: CaseState, action: ActionSpec, now: datetime, calendar: WorkingCalendar
) -> Withheld | None:
    end = window_end(state, action, calendar)
    if end is None or now <= end:
        return None
    return Withheld(
        action,
        "within",
        f"“{action.title.zh}”的期限已于 {full_moment(end)} 结束。如需继续反映，请重新提交。",
        f"The time for “{action.title.text('en')}” ended on {full_moment(end, 'en')}. Please open a new case.",
    )


def _clock(process: ProcessType, state: CaseState, action: ActionSpec, now: datetime) -> Withheld | None:
    if not action.clock:
        return None
    clock = state.clock(action.clock)
    if clock is not None and clock.status == "running" and clock.due_at is not None and clock.due_at <= now:
        return None
    title = process.all_clocks[action.clock].title
    return Withheld(action, "clock", f"“{title.zh}”还没有到期。", f"“{title.text('en')}” has not run out yet.")


def _guard(
    process: ProcessType, action: ActionSpec, values: Mapping[str, Any], calendar: WorkingCalendar, answered: bool
) -> Withheld | None:
    if not action.guard:
        return None
    rule = compiled(process, action.guard, action)
    if not answered and any(name.partition(".")[0] in action.asks for name in rule.names):
        return None
    result = holds(process, action.guard, values, calendar, action)
    if result.value:
        return None
    because = action.because
    zh = because.zh if because else f"不满足条件“{action.guard}”。"
    en = because.text("en") if because else f"The condition “{action.guard}” does not hold."
    return Withheld(action, "guard", zh, en, result.trace)
