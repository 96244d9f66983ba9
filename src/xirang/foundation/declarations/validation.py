"""Turns what a JSON Schema objects to into sentences that say what is wrong and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from xirang.foundation.declarations.document import Document, pointer
from xirang.foundation.declarations.finding import Finding, did_you_mean

_TYPES = {
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "array": ("列表", "a list"),
    "object": ("一组“名称: 内容”", "a set of “name: value” lines"),
    "null": ("空", "nothing"),
}


@lru_cache(maxsize=32)
def _validator(schema_text: str) -> Any:
    # The validator is compiled Rust; importing it only where a file is checked keeps every other start quick.
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(json.loads(schema_text))


def validate(document: Document, schema: Mapping[str, Any]) -> list[Finding]:
    """Every objection of the schema to the document, as findings with line and column, in the order of the file."""
    findings: list[Finding] = []
    for error in _validator(json.dumps(schema)).iter_errors(document.data):
        node, parent = _schema_nodes(schema, error.evaluation_path)
        findings.extend(_explained(document, error, node, parent))
    return sorted(set(findings), key=lambda found: (found.line, found.column, found.code))


def _schema_nodes(schema: Mapping[str, Any], steps: list[str | int]) -> tuple[Any, Any]:
    """The schema object that holds the failing keyword, and the described line it belongs to."""
    node: Any = schema
    described: Any = schema
    for step in steps[:-1]:
        node = _resolved(schema, node)
        if step != "$ref":
            node = node[int(step)] if isinstance(node, list) else node[str(step)]
        if isinstance(node, Mapping) and "x-zh" in node:
            described = node
    return _resolved(schema, node), described


def _resolved(schema: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, Mapping) and "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        node = {**schema["$defs"][name], **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def _name_of(error: Any) -> str:
    words = [str(step) for step in error.instance_path if not isinstance(step, int)]
    return words[-1] if words else ""


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= 40 else text[:39] + "…"


def _explained(document: Document, error: Any, node: Any, described: Any) -> Iterator[Finding]:
    path = pointer(*error.instance_path)
    kind = error.kind.name
    if kind == "additionalProperties":
        yield from _unexpected(document, path, error, node)
    elif kind == "required":
        below = node.get("properties", {}).get(error.kind.property, {})
        yield _missing(document, path, error.kind.property, below, _name_of(error))
    elif kind == "propertyNames":
        yield _bad_name(document, path, error)
    else:
        name = _name_of(error)
        zh, en = _about_value(kind, error, described, name)
        yield document.finding(path, kind, zh, en)


def _unexpected(document: Document, path: str, error: Any, node: Any) -> Iterator[Finding]:
    known = list(node.get("properties", {}))
    for name in error.kind.unexpected:
        tail_zh, tail_en = did_you_mean(name, known)
        if error.instance[name] is None:
            # `{zh: a, b}` reads as a key `b` without a value: a comma inside a text that nobody quoted.
            tail_zh += "如果这是一段文字的一部分，请给整段文字加引号。"
            tail_en += " If it is part of a text with a comma, quote the whole text."
        yield document.finding(
            path + pointer(name),
            "unknown_key",
            f"这里没有“{name}”这一项{tail_zh}",
            f'There is no entry "{name}" here{tail_en}',
            key=True,
        )


def _missing(document: Document, path: str, wanted: str, below: Mapping[str, Any], owner: str) -> Finding:
    zh, en = below.get("x-zh", ""), below.get("x-en", "")
    of_zh, of_en = (f"“{owner}”", f'"{owner}" ') if owner else ("", "")
    about_zh, about_en = (f"（{zh}）", f" ({en})") if zh else ("", "")
    return document.finding(
        path,
        "missing",
        f"{of_zh}缺少“{wanted}”{about_zh}。请补上一行“{wanted}: …”。",
        f'{of_en}lacks "{wanted}"{about_en}. Add a line "{wanted}: …".',
        key=True,
    )


def _bad_name(document: Document, path: str, error: Any) -> Finding:
    name = str(error.kind.error.instance)
    return document.finding(
        path + pointer(name),
        "bad_name",
        f"代码“{name}”不合规则。请用小写英文字母开头，只含小写字母、数字和下划线，不超过 40 个字符。",
        f'The code "{name}" breaks the rule. Begin with a lower-case letter; use only a–z, 0–9 and _; at most 40.',
        key=True,
    )


def _about_value(kind: str, error: Any, described: Mapping[str, Any], name: str) -> tuple[str, str]:
    value, limits = _short(error.instance), error.kind.as_dict()
    should_zh, should_en = described.get("x-zh", ""), described.get("x-en", "")
    if kind == "enum":
        options = [str(option) for option in limits["options"]]
        tail_zh, tail_en = did_you_mean(value, options)
        return f"“{name}”不能写“{value}”{tail_zh}", f'"{name}" cannot be "{value}"{tail_en}'
    if kind == "type":
        wanted = limits.get("types") or limits.get("type") or []
        wanted = [wanted] if isinstance(wanted, str) else list(wanted)
        zh = "或".join(_TYPES.get(word, (word, word))[0] for word in wanted)
        en = " or ".join(_TYPES.get(word, (word, word))[1] for word in wanted)
        hint = _full_width_hint(error.instance)
        return (
            f"“{name}”应当是{zh}，现在写的是“{value}”。{hint[0]}",
            f'"{name}" must be {en}, found "{value}".{hint[1]}',
        )
    if kind == "pattern":
        return f"“{name}”写的“{value}”不合格式。{should_zh}。", f'"{name}" is not well formed: "{value}". {should_en}.'
    if kind in ("minItems", "minProperties", "minLength"):
        return f"“{name}”不能为空。{should_zh}。", f'"{name}" must not be empty. {should_en}.'
    if kind in ("maximum", "minimum", "maxItems", "maxLength", "maxProperties"):
        limit = limits.get("limit")
        words = ("不能大于", "at most") if kind.startswith("max") else ("不能小于", "at least")
        return f"“{name}”{words[0]} {limit}。{should_zh}。", f'"{name}" must be {words[1]} {limit}. {should_en}.'
    return f"“{name}”写的“{value}”不对。{should_zh}。", f'"{name}" is wrong: "{value}". {should_en}.'


def _full_width_hint(value: Any) -> tuple[str, str]:
    if isinstance(value, str) and any(mark in value for mark in "：，"):
        return (
            "请检查是否用了中文的冒号或逗号。",
            " Check for a full-width colon or comma.",
        )
    return "", ""
