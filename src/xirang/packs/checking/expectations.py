"""What a scenario may expect of a case, compared with what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic import CaseState
from xirang.engines.cases.logic.words import OUTCOMES
from xirang.engines.cases.spec import ProcessType
from xirang.foundation.calendar import SHANGHAI
from xirang.foundation.declarations import did_you_mean

Difference = tuple[str, str, str]
"""What differs: its Chinese name, what was expected, what was found."""

_STATUS = {"running": "计时中", "paused": "暂停", "stopped": "已停止", "not_started": "未起算"}
_YES = {True: "是", False: "否"}
_PLAIN: Mapping[str, tuple[str, Callable[[CaseState], Any]]] = {
    "holder": ("承办单位", lambda state: state.holder_unit),
    "handler": ("经办人", lambda state: state.holder_account),
    "co_holders": ("协办单位", lambda state: list(state.co_holders)),
    "responsible_leader": ("包案领导", lambda state: state.responsible_leader),
    "reopened": ("重开次数", lambda state: state.reopened),
    "escalated": ("上报次数", lambda state: state.escalated),
    "slips": ("发出的单", lambda state: list(state.slips)),
    "rating": ("评价", lambda state: state.rating),
    "closed_by": ("结束方式", lambda state: state.closed_by or None),
}


def minute(value: datetime | None) -> str:
    """A moment as scenarios write it."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M") if value else "无"


def compare(process: ProcessType, state: CaseState, name: str, wanted: Any) -> Difference | None:
    """How one expectation differs from the state, or None when it holds."""
    thing, dot, detail = name.partition(".")
    if dot:
        return _clock(process, state, thing, detail, wanted)
    if name == "stage":
        return _coded("环节", wanted, state.stage, {code: stage.title.zh for code, stage in process.stages.items()})
    if name == "outcome":
        return _coded("结果", wanted or "", state.outcome, {code: zh for code, (zh, _) in OUTCOMES.items()})
    if name in ("closed", "confirmed"):
        label, holds = ("是否已结束", state.closed) if name == "closed" else ("是否本人确认", state.confirmed)
        return None if wanted == holds else (label, _YES.get(wanted, str(wanted)), _YES[holds])
    if name == "due":
        return _moment("最近期限", wanted, state.due_at)
    if name in process.fields:
        found = state.values.get(name)
        return None if found == wanted else (process.fields[name].title.zh, str(wanted), str(found))
    if name in _PLAIN:
        label, read = _PLAIN[name]
        found = read(state)
        return None if found == wanted else (label, _text(wanted), _text(found))
    zh, _ = did_you_mean(name, ["stage", "outcome", "due", "closed", "confirmed", "offered", "dispatch", *_PLAIN])
    return (f"可以比较的项目里没有 {name}{zh}它", _text(wanted), "不知道")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(item) for item in value) or "无"
    return "无" if value is None else str(value)


def _coded(label: str, wanted: str, found: str, titles: Mapping[str, str]) -> Difference | None:
    if wanted == found:
        return None
    return (label, titles.get(wanted, wanted or "无"), titles.get(found, found or "无"))


def _moment(label: str, wanted: Any, found: datetime | None) -> Difference | None:
    actual = minute(found)
    return None if (wanted or "无") == actual else (label, str(wanted or "无"), actual)


def _clock(process: ProcessType, state: CaseState, code: str, detail: str, wanted: Any) -> Difference | None:
    spec, clock = process.all_clocks.get(code), state.clock(code)
    if spec is None:
        zh, _ = did_you_mean(code, process.all_clocks)
        return (f"没有叫 {code} 的时限{zh}它", str(wanted), "不知道")
    if detail == "due":
        return _moment(f"{spec.title.zh}的截止", wanted, clock.due_at if clock else None)
    if detail == "status":
        found = clock.status if clock else "not_started"
        return _coded(f"{spec.title.zh}的状态", str(wanted), found, _STATUS)
    zh, _ = did_you_mean(detail, ["due", "status"])
    return (f"时限没有 {detail}{zh}它", str(wanted), "不知道")
