"""The expressions of a process, compiled once and evaluated with their trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from xirang.engines.cases.logic.names import REGISTERED, about_values, names_of, requester_values
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.state import CaseState
from xirang.foundation.calendar import SHANGHAI, WorkingCalendar
from xirang.foundation.expressions import Evaluation, Expression, compile_expression
from xirang.foundation.expressions.types import BOOL


def compiled(process: ProcessType, source: str, action: ActionSpec | None = None) -> Expression:
    """A condition of this process, checked against its names; ExpressionError when it does not fit them.

    The compiled form is kept with the process, because a list of cases asks the same guards again and again.
    """
    kept: dict[tuple[str, str], Expression] = process.__dict__.setdefault("_compiled", {})
    key = (source, action.code if action else "")
    if key not in kept:
        kept[key] = compile_expression(source, names_of(process, action), expects=BOOL)
    return kept[key]


def dispatch_names(process: ProcessType) -> frozenset[str]:
    """Every name that a dispatch rule of this process uses, such as `about.staff`."""
    return frozenset(name for rule in process.dispatch for name in compiled(process, rule.when).names)


def guard_names(process: ProcessType, actions: Iterable[ActionSpec]) -> frozenset[str]:
    """Every name that a guard of these actions of the process uses."""
    guarded = [action for action in actions if action.guard]
    return frozenset(name for action in guarded for name in compiled(process, action.guard, action).names)


def holds(
    process: ProcessType,
    source: str,
    values: Mapping[str, Any],
    calendar: WorkingCalendar,
    action: ActionSpec | None = None,
) -> Evaluation:
    """Whether a condition holds, with the trace of its named parts."""
    return compiled(process, source, action).evaluate(values, calendar=calendar)


def values_of(
    process: ProcessType,
    state: CaseState | None,
    *,
    now: datetime,
    me: str,
    about: Mapping[str, Any] | None = None,
    requester: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The values behind the names of a process (see `names.names_of`), for guards, dispatch and views.

    `state` is None before a case is opened; then `fields` are the answers of the form. `about` and `requester` map
    the names listed in `names` to what the ground knows; what is absent counts as missing, and of natural persons only
    whether something is on file gets through. `me` is the id of whoever asks: the unit where they act for the holder,
    otherwise the account.
    """
    values: dict[str, Any] = {
        "requester": requester_values({"anonymous": True, "kind": "anonymous", **(requester or {})}),
        "holder": state.holder_unit if state else None,
        "me": me,
        "stage": state.stage if state else process.first_stage.code,
        "outcome": (state.outcome or None) if state else None,
        "reopened": state.reopened if state else 0,
        "now": now,
        "end_of_day": end_of_day(now),
        "due": state.due_at if state else None,
        "opened_at": state.opened_at if state else now,
    }
    if process.about in REGISTERED:
        values["about"] = about_values(process.about, about or {})
    for code in process.all_clocks:
        clock = state.clock(code) if state else None
        running = clock is not None and clock.status == "running"
        values[code] = {"due": clock.due_at if clock else None, "running": running, "started": clock is not None}
    given = dict(fields if fields is not None else state.values if state else {})
    values |= {code: plain_value(spec.kind, given.get(code)) for code, spec in process.fields.items()}
    if answers is not None:
        values |= _answered(process, answers)
    return values


def _answered(process: ProcessType, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The questions of all actions, as answered or missing; a field of the form is hidden only by a real answer."""
    return {
        code: plain_value(spec.kind, answers.get(code))
        for action in process.actions.values()
        for code, spec in action.asks.items()
        if code in answers or code not in process.fields
    }


def plain_value(kind: str, value: Any) -> Any:
    """An answer as expressions see it: a place is its address, files are their number, blank is missing."""
    if kind == "files":
        return len(value or ())
    if isinstance(value, Mapping):
        # A place is kept with its address; a personal answer lies in the vault, and rules do not get to see it.
        return value.get("address") or ""
    if kind == "choices":
        return list(value or ())
    if kind == "date" and isinstance(value, str) and value:
        return date.fromisoformat(value)
    return None if value == "" else value


def end_of_day(now: datetime) -> datetime:
    """The midnight (Asia/Shanghai) that ends the day of `now`."""
    local = now.astimezone(SHANGHAI)
    return datetime.combine(local.date() + timedelta(days=1), time(0), SHANGHAI)
