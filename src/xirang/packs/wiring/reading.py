"""Reads `wiring.yaml`: when this event, then that effect, checked against the doors of the engines."""

from __future__ import annotations

import ast
import dataclasses
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from xirang.foundation.declarations import Document, Finding, did_you_mean, validate
from xirang.foundation.packs import PackContents, pack_words

SCHEMA_ID = "https://xirang.example/schema/wiring.schema.json"
EFFECTS: Mapping[str, tuple[str, ...]] = {"bulletin.notify": ("to", "text")}
"""The effects that a line may name, with the arguments they need."""

_PLAIN = (str, int, bool)


@dataclass(frozen=True, slots=True)
class WiringLine:
    """One line: the event with the values it must have, and the effect with its arguments."""

    event: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    effect: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The line as plain data."""
        return {"event": self.event, "filters": dict(self.filters), "effect": self.effect, "args": dict(self.args)}


@cache
def wiring_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `wiring.yaml`."""
    call = {"type": "string", "minLength": 3, "maxLength": 400}
    lines = {
        "when": {**call, "x-zh": "什么时候，例如 cases.case_assigned()", "x-en": "when, such as cases.case_assigned()"},
        "then": {**call, "x-zh": "做什么，例如 bulletin.notify(…)", "x-en": "what then, such as bulletin.notify(…)"},
    }
    item = {"type": "object", "properties": lines, "required": ["when", "then"], "additionalProperties": False}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "wiring.yaml",
        "type": "array",
        "items": item,
    }


def known_events() -> Mapping[str, type]:
    """Every event of the engines' doors by `engine.event_name`."""
    return pack_words().events


def read_wiring(
    document: Document, contents: PackContents, names: Mapping[str, frozenset[str]]
) -> tuple[list[WiringLine], list[Finding]]:
    """The lines of the wiring and what is wrong with them; `names` are the values that fields of events may have."""
    findings = validate(document, wiring_schema())
    lines: list[WiringLine] = []
    if findings:
        return lines, findings
    for place, item in enumerate(document.data):
        line = _Line(document, f"/{place}", names, contents.texts)
        lines += [found] if (found := line.read(item)) else []
        findings += line.findings
    return lines, findings


class _Line:
    """One line under examination."""

    def __init__(
        self, document: Document, path: str, values: Mapping[str, frozenset[str]], texts: Mapping[str, str]
    ) -> None:
        self.document, self.path, self.values, self.texts = document, path, values, texts
        self.findings: list[Finding] = []

    def refuse(self, key: str, code: str, zh: str, en: str) -> None:
        """Write down an error about `when` or `then`."""
        self.findings.append(self.document.finding(f"{self.path}/{key}", code, zh, en))

    def read(self, item: Mapping[str, str]) -> WiringLine | None:
        """The line, or None when it cannot be used."""
        when, then = self._call("when", item["when"]), self._call("then", item["then"])
        if when is None or then is None:
            return None
        event = known_events().get(when[0])
        if event is None:
            zh, en = did_you_mean(when[0], known_events())
            self.refuse("when", "unknown_event", f"没有叫 {when[0]} 的事件{zh}", f'There is no event "{when[0]}"{en}')
        if then[0] not in EFFECTS:
            zh, en = did_you_mean(then[0], EFFECTS)
            self.refuse("then", "unknown_effect", f"没有叫 {then[0]} 的效果{zh}", f'There is no effect "{then[0]}"{en}')
        if event is not None and then[0] in EFFECTS:
            self._check_filters(event, when[1])
            self._check_effect(event, then[0], then[1])
        return None if self.findings else WiringLine(when[0], when[1], then[0], then[1])

    def _call(self, key: str, text: str) -> tuple[str, dict[str, Any]] | None:
        """`engine.name(word='value', …)` as its name and plain arguments; nothing is ever run."""
        try:
            node = ast.parse(text.strip(), mode="eval").body
            if isinstance(node, ast.Attribute):
                node = ast.Call(node, [], [])
            if not isinstance(node, ast.Call) or node.args or not isinstance(node.func, ast.Attribute):
                raise ValueError
            if not isinstance(node.func.value, ast.Name) or not all(word.arg for word in node.keywords):
                raise ValueError
            arguments = {str(word.arg): ast.literal_eval(word.value) for word in node.keywords}
            if not all(isinstance(value, _PLAIN) for value in arguments.values()):
                raise ValueError
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            self.refuse(
                key,
                "call",
                f"“{text}”读不懂。请写成 引擎.名称(项='值')，例如 cases.case_assigned(action='assign')。",
                f"\"{text}\" cannot be read. Write engine.name(word='value'), "
                "such as cases.case_assigned(action='assign').",
            )
            return None
        return f"{node.func.value.id}.{node.func.attr}", arguments

    def _check_filters(self, event: type, filters: Mapping[str, Any]) -> None:
        names = {one.name for one in dataclasses.fields(event)}
        known = self.values
        for name, value in filters.items():
            if name not in names:
                zh, en = did_you_mean(name, names)
                self.refuse("when", "unknown_filter", f"这个事件没有“{name}”{zh}", f'The event has no "{name}"{en}')
            elif name in known and value not in known[name]:
                zh, en = did_you_mean(str(value), known[name])
                self.refuse(
                    "when", "unknown_value", f"“{name}”不会等于“{value}”{zh}", f'"{name}" is never "{value}"{en}'
                )

    def _check_effect(self, event: type, effect: str, arguments: Mapping[str, Any]) -> None:
        needed = EFFECTS[effect]
        for name in needed:
            if name not in arguments:
                self.refuse("then", "missing", f"{effect} 缺少“{name}”。", f'{effect} lacks "{name}".')
        for name in arguments:
            if name not in needed:
                zh, en = did_you_mean(name, needed)
                self.refuse("then", "unknown_argument", f"{effect} 没有“{name}”{zh}", f'{effect} has no "{name}"{en}')
        if not self.findings:
            self._check_party(event, str(arguments["to"]))
            self._check_text(event, str(arguments["text"]))

    def _check_party(self, event: type, party: str) -> None:
        names = {one.name for one in dataclasses.fields(event)}
        parties = {
            name.removesuffix(end)
            for end in ("_account_id", "_unit_id", "_person_id")
            for name in names
            if name.endswith(end)
        }
        if party not in parties:
            zh, en = did_you_mean(party, parties)
            self.refuse(
                "then",
                "unknown_party",
                f"这个事件里没有“{party}”可以通知{zh}",
                f'The event names no "{party}" to tell{en}',
            )

    def _check_text(self, event: type, file: str) -> None:
        if file not in self.texts:
            zh, en = did_you_mean(file, self.texts)
            self.refuse("then", "unknown_text", f"没有找到文件 {file}{zh}", f"There is no file {file}{en}")
            return
        known = {one.name for one in dataclasses.fields(event)} | {"due"}
        for name in placeholders(self.texts[file]):
            if name not in known:
                zh, en = did_you_mean(name, known)
                self.refuse(
                    "then",
                    "unknown_placeholder",
                    f"{file} 里的 {{{name}}} 填不上：这个事件没有它{zh}",
                    f"{{{name}}} in {file} cannot be filled: the event does not carry it{en}",
                )


def placeholders(text: str) -> set[str]:
    """The names in braces of a text; a text whose braces do not match has the name `?`."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"?"}
