"""`scenarios.yaml`: stories that a pack must tell about itself, and their declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from xirang.foundation.calendar import SHANGHAI
from xirang.foundation.declarations import Document, Finding, build, part, schema_of, validate

SCHEMA_ID = "https://xirang.example/schema/scenarios.schema.json"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"
_NAMES = {"pattern": "^[a-z_][a-z0-9_]*(\\.[a-z_]+)?$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: somebody does something, may or may not do it, time passes, or something must be true now."""

    who: str = part("谁", "Who", default="")
    does: str = part(
        "办什么动作；open 表示提交；几个文件都认得时写 cases.open",
        "Which action; open is the submission; cases.open where several files know it",
        default="",
    )
    with_: Mapping[str, Any] = part(
        "填了什么", "What is filled in", name="with", schema={"additionalProperties": True}, default_factory=dict
    )
    at: str = part(
        "什么时间，例如 2026-09-18T16:00", "When, such as 2026-09-18T16:00", schema={"pattern": MOMENT}, default=""
    )
    may: str = part("此时可以办哪个动作", "Which action is possible now", default="")
    may_not: str = part("此时不能办哪个动作", "Which action is not possible now", default="")
    because: str = part("不能办的理由里应有的文字", "Words that the reason must contain", default="")
    then: Mapping[str, Any] = part(
        "此时应当怎样",
        "What must be true now",
        schema={"propertyNames": _NAMES, "additionalProperties": True},
        default_factory=dict,
    )
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A title, what is given, and the steps."""

    title: str = part("情景名称", "The title", schema={"minLength": 1})
    given: Mapping[str, Any] = part(
        "有谁、什么时间：at 和人物；登记里有什么写在 about、requester；开关写在 switches",
        "Who and when: at and the cast; about and requester: what is on file; switches as they stand",
        schema={"required": ["at"], "additionalProperties": True},
    )
    steps: tuple[Step, ...] = part("步骤", "The steps", schema={"minItems": 1})
    process: str = part("哪个流程；只有一个时不用写", "Which process; not needed when there is one", default="")
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)


@cache
def scenarios_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `scenarios.yaml`."""
    one = schema_of(Scenario, title="scenarios.yaml", identifier=SCHEMA_ID)
    definitions = one.pop("$defs")
    head = {key: one.pop(key) for key in ("$schema", "$id", "title")}
    definitions["Scenario"] = one
    return {**head, "type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Scenario"}, "$defs": definitions}


def read_scenarios(document: Document) -> tuple[tuple[Scenario, ...], list[Finding]]:
    """The scenarios of a pack, or the findings that say why they cannot be read."""
    findings = validate(document, scenarios_schema())
    if findings:
        return (), findings
    return build(tuple[Scenario, ...], document.data), []


def moment(text: str) -> datetime:
    """A moment as scenarios write it, in Asia/Shanghai; ValueError for a day that does not exist."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
