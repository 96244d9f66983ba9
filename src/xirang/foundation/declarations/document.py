"""A YAML 1.2-like reader that keeps every position and takes nothing that could surprise or overwhelm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml
from yaml import events as ev

from xirang.foundation.declarations.finding import Finding

# PyYAML resolves `on`, `no`, `012` and dates after YAML 1.1, which bites everybody once. Only these few forms of the
# 1.2 core schema are given a meaning; fractions and dates stay text, because nothing here may become a float.
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,15})\Z")
_LARGEST = 2**53 - 1
_FULL_WIDTH_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*：")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold before it is refused unread."""

    bytes: int = 256 * 1024
    nodes: int = 20_000
    depth: int = 16
    text: int = 20_000


@dataclass(frozen=True, slots=True)
class Document:
    """The plain data of one file, with the line and column of every value and key by JSON pointer."""

    file: str
    data: Any
    values: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False)

    def where(self, path: str, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at a JSON pointer, or of its key; a missing one answers with its parent's."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        while True:
            found = first.get(path) or second.get(path)
            if found or not path:
                return found or (0, 0)
            path = path.rpartition("/")[0]
            first, second = self.keys, self.values

    def finding(
        self, path: str, code: str, zh: str, en: str, *, level: Literal["error", "warning"] = "error", key: bool = False
    ) -> Finding:
        """A finding about the value (or key) at a JSON pointer of this document."""
        line, column = self.where(path, key=key)
        return Finding(self.file, line, column, code, level, zh, en)

    def part(self, path: str) -> Document:
        """The part below a JSON pointer as a document of its own that still knows its lines."""
        data = self.data
        for step in path.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            data = data[int(name)] if isinstance(data, list) else data[name]

        def below(table: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
            return {key[len(path) :]: at for key, at in table.items() if key == path or key.startswith(path + "/")}

        return Document(self.file, data, below(self.values), below(self.keys))


def pointer(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901) from its steps."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class _Refused(Exception):
    """Raised inside the reader to stop at the first thing that cannot be read."""

    def __init__(self, line: int, column: int, code: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.line, self.column, self.code, self.zh, self.en = line, column, code, zh, en


def read_yaml(text: str | bytes, file: str, limits: Limits = Limits()) -> tuple[Document | None, list[Finding]]:
    """Read one YAML file; an unreadable one answers None and the findings that say why.

    Plain `true`, `false`, integers and empty values get their meaning; everything else is text, also `on`, `no`,
    `1.5` and dates. Duplicate keys, anchors, aliases, tags, several documents and oversize files are refused.
    """
    try:
        decoded = _decoded(text, limits)
        return _Reader(file, limits).read(decoded), []
    except _Refused as refused:
        return None, [Finding(file, refused.line, refused.column, refused.code, "error", refused.zh, refused.en)]


def _decoded(text: str | bytes, limits: Limits) -> str:
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > limits.bytes:
        kib = limits.bytes // 1024
        raise _Refused(
            0, 0, "too_big", f"文件超过 {kib} KB。请拆分或精简。", f"The file exceeds {kib} KB. Split or shorten it."
        )
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _Refused(
            line,
            1,
            "not_utf8",
            "文件不是 UTF-8 编码。请用编辑器另存为 UTF-8。",
            "The file is not encoded in UTF-8. Save it as UTF-8 in your editor.",
        ) from None
    for number, text in enumerate(decoded.split("\n"), start=1):
        if text[: len(text) - len(text.lstrip())].count("\t"):
            raise _Refused(
                number,
                text.index("\t") + 1,
                "tab",
                "行首用了制表符（Tab）。请改用空格缩进。",
                "The line is indented with a tab. Indent with blanks.",
            )
    return decoded


class _Reader:
    """Builds plain data from the event stream, so that nothing is composed before it is counted."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.values: dict[str, tuple[int, int]] = {}
        self.keys: dict[str, tuple[int, int]] = {}
        self.nodes = 0

    def read(self, text: str) -> Document:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            self.events = yaml.parse(text, Loader=loader)
            data = self._document()
        except yaml.MarkedYAMLError as error:
            raise _syntax_refusal(error, text) from None
        except yaml.reader.ReaderError as error:
            line = text[: error.position].count("\n") + 1
            raise _Refused(
                line,
                1,
                "unreadable",
                "文件里有不可见的控制字符。请删去。",
                "The file contains an invisible control character. Remove it.",
            ) from None
        return Document(self.file, data, self.values, self.keys)

    def _document(self) -> Any:
        data, seen = None, False
        for event in self.events:
            if isinstance(event, (ev.StreamStartEvent, ev.StreamEndEvent, ev.DocumentEndEvent)):
                continue
            if isinstance(event, ev.DocumentStartEvent):
                if seen:
                    raise _refusal(
                        event,
                        "several",
                        "一个文件里只能有一份内容。请去掉“---”后面的部分或另建文件。",
                        "A file holds one document. Remove what follows “---” or move it to another file.",
                    )
                seen = True
                continue
            data = self._node(event, "", 0)
        if data is None:
            raise _Refused(
                0, 0, "empty", "文件是空的。请填写内容，或删除这个文件。", "The file is empty. Fill it, or delete it."
            )
        return data

    def _node(self, event: Any, path: str, depth: int) -> Any:
        self._admit(event, depth)
        self.values[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, ev.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, ev.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._mapping(path, depth)

    def _admit(self, event: Any, depth: int) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes or depth > self.limits.depth:
            raise _refusal(
                event,
                "too_much",
                "内容过多或嵌套过深。请拆分成几个文件。",
                "There is too much content or it is nested too deeply. Split it into several files.",
            )
        if isinstance(event, ev.AliasEvent) or event.anchor is not None:
            raise _refusal(
                event,
                "anchor",
                "不能使用“&”和“*”引用（锚点）。请把内容直接写出来；若是文字，请加引号。",
                "Anchors and aliases (& and *) are not allowed. Write the content out; quote it if it is text.",
            )
        if event.tag is not None and event.tag != "!":
            raise _refusal(
                event,
                "tag",
                "不能使用“!”标签。请去掉；若是文字，请加引号。",
                "Tags (!) are not allowed. Remove it; quote it if it is text.",
            )

    def _scalar(self, event: Any) -> Any:
        text = event.value
        if len(text) > self.limits.text:
            raise _refusal(
                event,
                "too_long",
                f"这段文字超过 {self.limits.text} 字。请移到 texts/ 下的文件里。",
                f"This text exceeds {self.limits.text} characters. Move it to a file below texts/.",
            )
        if event.style:
            return text
        if text in _NULLS:
            return None
        if text in _BOOLS:
            return _BOOLS[text]
        if _INTEGER.match(text) and abs(int(text)) <= _LARGEST:
            return int(text)
        return text

    def _sequence(self, path: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), ev.SequenceEndEvent):
            items.append(self._node(event, f"{path}/{len(items)}", depth + 1))
        return items

    def _mapping(self, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), ev.MappingEndEvent):
            self._admit(event, depth)
            if not isinstance(event, ev.ScalarEvent):
                raise _refusal(event, "key", "名称必须是一个词。", "A key must be a single word.")
            below = path + pointer(event.value)
            if event.value in found:
                raise _refusal(
                    event,
                    "duplicate",
                    f"“{event.value}”写了两次，前一次在第 {self.keys[below][0]} 行。请删去一处。",
                    f'"{event.value}" is written twice, first on line {self.keys[below][0]}. Remove one of them.',
                )
            self.keys[below] = _position(event)
            found[event.value] = self._node(next(self.events), below, depth + 1)
        return found


def _position(event: ev.Event) -> tuple[int, int]:
    """Line and column of an event, both from 1; the parser marks every event that it reads from a text."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _refusal(event: Any, code: str, zh: str, en: str) -> _Refused:
    return _Refused(*_position(event), code, zh, en)


def _syntax_refusal(error: yaml.MarkedYAMLError, text: str) -> _Refused:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    lines = text.split("\n")
    for number in (line, line - 1):
        if 0 < number <= len(lines) and (found := _FULL_WIDTH_KEY.search(lines[number - 1])):
            return _Refused(
                number,
                found.end(),
                "full_width",
                "这里用了中文冒号“：”。名称后面请用英文冒号加一个空格。",
                "This is a full-width colon. Write an ordinary colon and a blank after a key.",
            )
    zh, en = _syntax_sentence(error.problem or "")
    return _Refused(line, column, "syntax", zh, en)


def _syntax_sentence(problem: str) -> tuple[str, str]:
    """What to do about a syntax error; the reader's own words are too technical to show alone."""
    if "mapping values are not allowed" in problem:
        return (
            "这里多了一个冒号，或上一行缩进不对。含冒号的文字请加引号。",
            "There is a colon too many, or the line above is indented wrongly. Quote text that contains a colon.",
        )
    if "end of stream" in problem or "quoted scalar" in problem:
        return "引号没有成对。请补上缺少的引号。", "A quotation mark is not closed. Add the missing one."
    if "',' or" in problem:
        return (
            "括号没有成对，或各项之间缺少英文逗号。请检查 { } 和 [ ]。",
            "A bracket is not closed, or a comma is missing. Check { } and [ ].",
        )
    if "cannot start any token" in problem:
        return "这个符号不能放在开头。请给这段文字加引号。", "This character cannot begin a value. Quote the text."
    return (
        "格式读不懂。请检查这一行和上一行的缩进、冒号和括号。",
        "The format cannot be read. Check indentation, colons and brackets of this line and the one above.",
    )
