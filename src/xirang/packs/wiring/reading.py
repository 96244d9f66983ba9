"""Reads `wiring.yaml`: when this event, then that effect, checked against what the engines offer to packs."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from xirang.foundation.declarations import Document, Finding, did_you_mean, validate
from xirang.foundation.packs import PackContents, WiredEffect, pack_words

SCHEMA_ID = "https://xirang.example/schema/wiring.schema.json"

_PLAIN = (str, int, bool)


@dataclass(frozen=True, slots=True)
class WiringLine:
    """One line: the event with the values it must have, and the effect with its arguments.

    `among` holds, by field, the values of which an event must have one: a pack hears what is its own.
    """

    event: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    effect: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The line as plain data."""
        return {
            "event": self.event,
            "filters": dict(self.filters),
            "among": {name: list(values) for name, values in self.among.items()},
            "effect": self.effect,
            "args": dict(self.args),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> WiringLine:
        """The line again from its plain data."""
        among = {name: tuple(values) for name, values in data["among"].items()}
        return cls(data["event"], data["filters"], among, data["effect"], data["args"])

    def hears(self, event: Any) -> bool:
        """Whether an event of the right kind is one for this line."""
        return all(getattr(event, name, None) == value for name, value in self.filters.items()) and all(
            getattr(event, name, None) in values for name, values in self.among.items()
        )

    @property
    def when(self) -> str:
        """The first half as a pack writes it."""
        return _written(self.event, self.filters)

    @property
    def then(self) -> str:
        """The second half as a pack writes it."""
        return _written(self.effect, self.args)


def _written(name: str, words: Mapping[str, Any]) -> str:
    return f"{name}({', '.join(f'{word}={value!r}' for word, value in words.items())})"


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


def read_wiring(
    document: Document, contents: PackContents, names: Mapping[str, frozenset[str]]
) -> tuple[list[WiringLine], list[Finding]]:
    """The lines of the wiring and what is wrong with them.

    `names` are the values that a field of an event may have with this pack, by the field's name.
    """
    findings = validate(document, wiring_schema())
    if findings:
        return [], findings
    read = [
        _Line(document, f"/{place}", dataclasses.replace(contents, names=names)) for place in range(len(document.data))
    ]
    lines = [line.read(item) for line, item in zip(read, document.data, strict=True)]
    findings = [found for line in read for found in line.findings]
    good = {place: line for place, line in enumerate(lines) if line is not None}
    findings += _circles(document, good)
    return list(good.values()), findings


class _Line:
    """One line under examination."""

    def __init__(self, document: Document, path: str, contents: PackContents) -> None:
        self.document, self.path, self.contents = document, path, contents
        self.findings: list[Finding] = []

    def refuse(self, key: str, code: str, zh: str, en: str) -> None:
        """Write down an error about `when` or `then`."""
        self.findings.append(self.document.finding(f"{self.path}/{key}", code, zh, en))

    def read(self, item: Mapping[str, str]) -> WiringLine | None:
        """The line, or None when it cannot be used."""
        when, then = self._call("when", item["when"]), self._call("then", item["then"])
        if when is None or then is None:
            return None
        words = pack_words()
        event, effect = words.events.get(when[0]), words.effects.get(then[0])
        if event is None:
            zh, en = did_you_mean(when[0], words.events)
            self.refuse("when", "unknown_event", f"没有叫 {when[0]} 的事件{zh}", f'There is no event "{when[0]}"{en}')
        if effect is None:
            zh, en = did_you_mean(then[0], words.effects)
            self.refuse("then", "unknown_effect", f"没有叫 {then[0]} 的效果{zh}", f'There is no effect "{then[0]}"{en}')
        if event is None or effect is None:
            return None
        self._check_filters(event, when[1])
        self._check_effect(event, effect, then[1])
        owner = getattr(event, "OWNED_BY", "")
        among = {owner: tuple(sorted(self.contents.names.get(owner, ())))} if owner and owner not in when[1] else {}
        return None if self.findings else WiringLine(when[0], when[1], among, then[0], then[1])

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
        fields = {one.name for one in dataclasses.fields(event)}
        known = self.contents.names
        for name, value in filters.items():
            if name not in fields:
                zh, en = did_you_mean(name, fields)
                self.refuse("when", "unknown_filter", f"这个事件没有“{name}”{zh}", f'The event has no "{name}"{en}')
            elif name in known and value not in known[name]:
                zh, en = did_you_mean(str(value), known[name])
                self.refuse(
                    "when", "unknown_value", f"“{name}”不会等于“{value}”{zh}", f'"{name}" is never "{value}"{en}'
                )

    def _check_effect(self, event: type, effect: WiredEffect, arguments: Mapping[str, Any]) -> None:
        for name, needed in effect.arguments.items():
            if needed and name not in arguments:
                self.refuse("then", "missing", f"{effect.kind} 缺少“{name}”。", f'{effect.kind} lacks "{name}".')
        for name in arguments:
            if name not in effect.arguments and not effect.others:
                zh, en = did_you_mean(name, effect.arguments)
                self.refuse(
                    "then", "unknown_argument", f"{effect.kind} 没有“{name}”{zh}", f'{effect.kind} has no "{name}"{en}'
                )
        if not self.findings:
            effect.check(event, arguments, self.contents, self.refuse)


def _circles(document: Document, lines: Mapping[int, WiringLine]) -> list[Finding]:
    """Lines by which something would cause itself again and again, each with what leads where."""
    leads: dict[tuple[str, str], set[tuple[str, str]]] = {}
    steps: dict[int, tuple[set[tuple[str, str]], tuple[str, str]]] = {}
    for place, line in lines.items():
        target = pack_words().effects[line.effect].causes(line.args)
        owner = getattr(pack_words().events[line.event], "OWNED_BY", "")
        if target is None or target[0] != owner:
            continue
        values = [line.filters[owner]] if owner in line.filters else line.among.get(owner, ())
        steps[place] = {(owner, str(value)) for value in values}, target
        for source in steps[place][0]:
            leads.setdefault(source, set()).add(target)
    findings = []
    for place, (sources, target) in steps.items():
        back = sorted(source[1] for source in sources if source in _reached(leads, target))
        if back:
            findings.append(
                document.finding(
                    f"/{place}/then",
                    "circle",
                    f"这一行会没完没了：{_told_zh(back[0], target[1])}。"
                    f"请在 when 里写明 {target[0]}，只由别的流程引发。",
                    f"This line would never end: {_told_en(back[0], target[1])}. "
                    f"Name {target[0]} in when, so that only others lead to it.",
                )
            )
    return findings


def _told_zh(source: str, target: str) -> str:
    same = source == target
    return f"“{source}”会一再引发自己" if same else f"“{source}”引发“{target}”，“{target}”又会引发“{source}”"


def _told_en(source: str, target: str) -> str:
    same = source == target
    return f'"{source}" leads to itself' if same else f'"{source}" leads to "{target}" and "{target}" to "{source}"'


def _reached(leads: Mapping[tuple[str, str], set[tuple[str, str]]], start: tuple[str, str]) -> set[tuple[str, str]]:
    """Everything to which a value leads in the end, itself among it."""
    found, waiting = {start}, [start]
    while waiting:
        fresh = leads.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found
