"""What a check has to say about a declaration, and the bilingual title that declarations carry."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from xirang.foundation.language import is_english


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One remark on one place of a file: what is wrong and what to do, in Chinese and English.

    `line` and `column` count from 1; 0 means that the remark concerns the whole file. An `error` refuses the pack,
    a `warning` does not.
    """

    file: str
    line: int
    column: int
    code: str
    level: Literal["error", "warning"]
    zh: str
    en: str

    @property
    def place(self) -> str:
        """The place as editors understand it: file, line and column joined by colons."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def sentence(self, language: str = "zh") -> str:
        """The remark in the reader's language; anything but English reads Chinese."""
        return self.en if is_english(language) else self.zh


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings refuses the declaration."""
    return any(finding.level == "error" for finding in findings)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that the writer most probably meant, or None when nothing is close."""
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> tuple[str, str]:
    """The tail of a sentence about an unknown name (zh, en): a suggestion where one is close, else the known names."""
    known = sorted(known)
    guess = nearest(name, known)
    if guess:
        return f"，您是不是想写 {guess}？", f'; did you mean "{guess}"?'
    if not known:
        return "。", "."
    listed = known[:12]
    more_zh, more_en = ("等", " and more") if len(known) > len(listed) else ("", "")
    return f"。可以写的有：{'、'.join(listed)}{more_zh}。", f". Known are: {', '.join(listed)}{more_en}."


@dataclass(frozen=True, slots=True)
class Title:
    """What people read on the page: Chinese always, English where somebody has written it."""

    zh: str
    en: str = ""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": ["string", "object"],
        "minLength": 1,
        "properties": {"zh": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
        "required": ["zh"],
        "additionalProperties": False,
        "x-zh": "名称。直接写中文，或写成 {zh: 中文, en: English}",
        "x-en": "A title: plain Chinese text, or {zh: 中文, en: English}",
        "description": "名称。直接写中文，或写成 {zh: 中文, en: English} / A title: plain Chinese text, or a pair",
    }

    @classmethod
    def from_data(cls, data: str | dict[str, str] | Title) -> Title:
        """Read a title from a declaration, where a bare string is Chinese."""
        if isinstance(data, Title):
            return data
        if isinstance(data, str):
            return cls(zh=data.strip())
        return cls(zh=data["zh"].strip(), en=data.get("en", "").strip())

    def text(self, language: str = "zh") -> str:
        """The title in the reader's language; Chinese stands in where the English is missing."""
        return self.en if is_english(language) and self.en else self.zh

    def __str__(self) -> str:
        return self.zh
