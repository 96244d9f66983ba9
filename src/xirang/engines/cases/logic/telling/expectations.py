"""What a scenario may expect of a case, compared with what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.state import CaseState
from xirang.engines.cases.logic.words import OUTCOMES
from xirang.foundation.calendar import SHANGHAI
from xirang.foundation.declarations import did_you_mean
from xirang.foundation.packs import Difference

Vault = dict[tuple[str, str], str]
"""Personal answers of a story by person and drawer, as the log refers to them."""

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


def expected_names(process: ProcessType) -> frozenset[str]:
    """Everything of a case that a story may compare."""
    clocks = (f"{code}.{detail}" for code in process.all_clocks for detail in ("due", "status"))
    return frozenset({"stage", "outcome", "closed", "confirmed", "due", *_PLAIN, *process.fields, *clocks})


def compare(process: ProcessType, state: CaseState, name: str, wanted: Any, vault: Vault) -> Difference | None:
    """How one expectation differs from the state, or None when it holds; personal answers stand in the vault."""
    thing, dot, detail = name.partition(".")
    if dot:
        return _clock(process, state, thing, detail, wanted)
    if name == "stage":
        return _coded("环节", wanted, state.stage, {code: stage.title.zh for code, stage in process.stages.items()})
    if name == "outcome":
        return _coded("结果", wanted or "", state.outcome, {code: zh for code, (zh, _) in OUTCOMES.items()})
    if name in ("closed", "confirmed"):
        label, holds = ("是否已结束", state.closed) if name == "closed" else ("是否本人确认", state.confirmed)
        return None if wanted == holds else Difference(label, _YES.get(wanted, str(wanted)), _YES[holds])
    if name == "due":
        return _moment("最近期限", wanted, state.due_at)
    if name in process.fields:
        found = _as_told(state.values.get(name), vault)
        return None if found == wanted else Difference(process.fields[name].title.zh, str(wanted), str(found))
    if name in _PLAIN:
        label, read = _PLAIN[name]
        found = read(state)
        return None if found == wanted else Difference(label, in_words(wanted), in_words(found))
    zh, _ = did_you_mean(name, ["stage", "outcome", "due", "closed", "confirmed", "offered", "dispatch", *_PLAIN])
    return Difference(f"可以比较的项目里没有 {name}{zh}它", in_words(wanted), "不知道")


def _as_told(value: Any, vault: Vault) -> Any:
    """A value of the log as the story told it; what the ground filled in from the vault is only on file."""
    if not isinstance(value, Mapping):
        return value
    if "person" in value:
        return vault.get((value["person"], value["drawer"]), "已登记")
    return value.get("address")


def in_words(value: Any) -> str:
    """A value as findings say it."""
    if isinstance(value, list):
        return "、".join(str(item) for item in value) or "无"
    return "无" if value is None else str(value)


def _coded(label: str, wanted: str, found: str, titles: Mapping[str, str]) -> Difference | None:
    if wanted == found:
        return None
    return Difference(label, titles.get(wanted, wanted or "无"), titles.get(found, found or "无"))


def _moment(label: str, wanted: Any, found: datetime | None) -> Difference | None:
    actual = minute(found)
    return None if (wanted or "无") == actual else Difference(label, str(wanted or "无"), actual)


def _clock(process: ProcessType, state: CaseState, code: str, detail: str, wanted: Any) -> Difference | None:
    spec, clock = process.all_clocks.get(code), state.clock(code)
    if spec is None:
        zh, _ = did_you_mean(code, process.all_clocks)
        return Difference(f"没有叫 {code} 的时限{zh}它", str(wanted), "不知道")
    if detail == "due":
        return _moment(f"{spec.title.zh}的截止", wanted, clock.due_at if clock else None)
    if detail == "status":
        found = clock.status if clock else "not_started"
        return _coded(f"{spec.title.zh}的状态", str(wanted), found, _STATUS)
    zh, _ = did_you_mean(detail, ["due", "status"])
    return Difference(f"时限没有 {detail}{zh}它", str(wanted), "不知道")
