"""Short phrases that several reasons share: who somebody is, and a moment as people write it."""

from __future__ import annotations

from datetime import datetime

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.words import ANYONE, RELATIONS
from xirang.foundation.calendar import SHANGHAI

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
    english = language.startswith("en")
    if who.startswith("clock "):
        clock = process.all_clocks.get(who.removeprefix("clock "))
        title = clock.title.text(language) if clock else who
        return f"the system when “{title}” runs out" if english else f"系统在“{title}”到期时"
    pair = RELATIONS.get(who) or _ROLES.get(who)
    return pair[1 if english else 0] if pair else who


def moment_text(moment: datetime, language: str = "zh") -> str:
    """A moment in Asia/Shanghai: 2026 年 9 月 24 日 17:00."""
    local = moment.astimezone(SHANGHAI)
    if language.startswith("en"):
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local.year} 年 {local.month} 月 {local.day} 日 {local:%H:%M}"
