"""Short phrases that several pages share: who somebody is, a moment as people write it, a step, an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.words import ANYONE, RELATIONS, SLIPS, titled
from xirang.foundation.calendar import SHANGHAI
from xirang.foundation.language import is_english

_ROLES = {
    ANYONE: ("任何人", "anyone"),
    "enterprise": ("企业", "the enterprise"),
    "resident": ("居民", "a resident"),
    "grid_worker": ("网格员", "a grid worker"),
    "dispatcher": ("指挥中心", "the dispatcher"),
    "handler": ("经办人", "a handler"),
    "unit_leader": ("单位负责人", "the head of a unit"),
    "leader": ("分管领导", "a leader"),
    "auditor": ("审计人员", "an auditor"),
}


def who_text(process: ProcessType, who: str, language: str = "zh") -> str:
    """How people call a role, a relation or a clock."""
    english = is_english(language)
    if who.startswith("clock "):
        clock = process.all_clocks.get(who.removeprefix("clock "))
        title = clock.title.text(language) if clock else who
        return f"the system when “{title}” runs out" if english else f"系统在“{title}”到期时"
    pair = RELATIONS.get(who) or _ROLES.get(who)
    return pair[1 if english else 0] if pair else who


def full_moment(moment: datetime, language: str = "zh") -> str:
    """A moment in Asia/Shanghai: 2026 年 9 月 24 日 17:00."""
    local = moment.astimezone(SHANGHAI)
    if is_english(language):
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local.year} 年 {local.month} 月 {local.day} 日 {local:%H:%M}"


def step_title(
    process: ProcessType,
    kind: str,
    action: str,
    body: Mapping[str, Any],
    *,
    internal: bool = False,
    language: str = "zh",
) -> str:
    """What one event of a log is called: the action's title, a note, or what a clock did by itself."""
    english = is_english(language)
    if kind == "opened":
        return "Submitted" if english else "提交"
    if kind == "acted":
        return process.actions[action].title.text(language)
    if kind == "noted":
        return ("Internal note" if english else "内部备注") if internal else ("Note" if english else "留言")
    return _mark_title(process, action, body, language)


def answer_text(spec: FieldSpec, value: Any, names: Mapping[str, str], language: str = "zh") -> str:
    """One answer as people read it; `names` holds the names of units and organisations by id."""
    english = is_english(language)
    if spec.is_choice and spec.choices:
        codes = value if isinstance(value, list) else [value]
        return (", " if english else "、").join(spec.choices.title(str(code), language) for code in codes)
    if spec.kind == "bool":
        return ("Yes" if value else "No") if english else ("是" if value else "否")
    if spec.kind == "fen":
        return f"{int(value) // 100:,}.{int(value) % 100:02d} {'yuan' if english else '元'}"
    if spec.kind == "place" and isinstance(value, dict):
        return str(value.get("address", ""))
    if spec.kind == "rating":
        return f"{value} / 5"
    return names.get(str(value), str(value))


def _mark_title(process: ProcessType, clock: str, body: Mapping[str, Any], language: str) -> str:
    """A slip, a reminder or an escalation, and at which share of the clock's term."""
    english = is_english(language)
    title, share, argument = process.all_clocks[clock].title.text(language), body["percent"], body.get("argument", "")
    if body["verb"] == "slip":
        done = titled(SLIPS, argument, language)
    elif body["verb"] == "remind":
        whom = who_text(process, argument, language)
        done = f"Reminder to {whom}" if english else f"提醒{whom}"
    else:
        done = "Escalated" if english else "升级督办"
    return f"{done}: {title} {share}% used" if english else f"{done}（{title}已用 {share}%）"
