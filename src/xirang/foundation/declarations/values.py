"""Dated values and lists of choices: the files below `values/`, shared by all engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from xirang.foundation.declarations.document import Document, pointer
from xirang.foundation.declarations.finding import Finding, Title, did_you_mean
from xirang.foundation.declarations.shapes import CODE, build, part, schema_of
from xirang.foundation.declarations.validation import validate

ISO_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """One choice; `until` withdraws it from new use on that day."""

    title: Title
    until: str = ""

    SCHEMA: ClassVar[dict[str, Any]] = {
        **Title.SCHEMA,
        "properties": {**Title.SCHEMA["properties"], "until": {"type": "string", "pattern": ISO_DATE}},
    }

    @classmethod
    def from_data(cls, data: Any) -> ChoiceValue:
        """Read `政策咨询` or `{zh: 政策咨询, en: Policy, until: 2027-01-01}`."""
        return cls(Title.from_data(data), "" if isinstance(data, str) else data.get("until", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEntry:
    """The value from one day on, with the document and clause that says so."""

    from_: str = part("从哪天起", "From which day", name="from", schema={"pattern": ISO_DATE})
    value: str = part("数值", "The value", schema={"type": ["string", "integer", "boolean"]})
    document: str = part("依据的文件", "The document that says so", schema={"minLength": 1})
    clause: str = part("条款", "The clause", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSpec:
    """One named value: either a list of choices, or a typed value with its dated history."""

    code: str = part("代码", "Code", given=True)
    title: Title = part("名称", "Title")
    type: str = part("类型：choices、rate、fen、int 等", "The type: choices, rate, fen, int …", schema={"minLength": 1})
    choices: Mapping[str, ChoiceValue] = part("选项", "The choices", schema={"minProperties": 1}, default_factory=dict)
    history: tuple[DatedEntry, ...] = part("历次取值", "The values by date", schema={"minItems": 1}, default=())
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)


@cache
def values_schema() -> dict[str, Any]:
    """The JSON Schema of a file below `values/`."""
    one = schema_of(ValueSpec, title="values", identifier="https://xirang.example/schema/values.schema.json")
    definitions = one.pop("$defs")
    head = {key: one.pop(key) for key in ("$schema", "$id", "title")}
    definitions["ValueSpec"] = one
    body = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": CODE},
        "additionalProperties": {"$ref": "#/$defs/ValueSpec"},
    }
    return {**head, **body, "$defs": definitions}


def read_values(document: Document) -> tuple[dict[str, ValueSpec], list[Finding]]:
    """The named values of one file, and what is wrong with it."""
    findings = validate(document, values_schema())
    if findings:
        return {}, findings
    specs = build(Mapping[str, ValueSpec], document.data)
    for spec in specs.values():
        findings += _check_value(document, spec)
    return specs, findings


def _check_value(document: Document, spec: ValueSpec) -> list[Finding]:
    if spec.type == "choices":
        if spec.choices:
            return []
        return [
            document.finding(
                spec.path,
                "no_choices",
                f"“{spec.code}”没有选项。请在 choices 下写出至少一项。",
                f'"{spec.code}" has no choices. Write at least one below choices.',
                key=True,
            )
        ]
    return _check_history(document, spec)


def _check_history(document: Document, spec: ValueSpec) -> list[Finding]:
    # The language of values is that of expressions; most packs hold only choices and never need it.
    from xirang.foundation.expressions import ExpressionError, parse_type, value_from_text

    try:
        kind = parse_type(spec.type)
    except ExpressionError:
        known = ["choices", "rate", "fen", "int", "bool", "date", "month", "score", "text", "quantity[单位]"]
        zh, en = did_you_mean(spec.type, known)
        return [
            document.finding(
                f"{spec.path}/type", "type", f"没有“{spec.type}”这种类型{zh}", f'There is no type "{spec.type}"{en}'
            )
        ]
    if not spec.history:
        return [
            document.finding(
                spec.path,
                "no_history",
                f"“{spec.code}”没有取值。请在 history 下写出至少一次。",
                f'"{spec.code}" has no value. Write at least one below history.',
                key=True,
            )
        ]
    findings, last = [], ""
    for place, entry in enumerate(spec.history):
        at = spec.path + pointer("history", place)
        if entry.from_ <= last:
            findings.append(
                document.finding(
                    f"{at}/from",
                    "order",
                    "日期要从早到晚排列，不能重复。",
                    "Order the days from early to late, each once.",
                )
            )
        last = entry.from_
        try:
            value_from_text(kind, str(entry.value).lower() if isinstance(entry.value, bool) else str(entry.value))
        except ExpressionError as error:
            findings.append(document.finding(f"{at}/value", "value", error.zh, error.en))
    return findings
