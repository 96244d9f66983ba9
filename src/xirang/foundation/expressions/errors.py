"""The one error of the expression language: a position, and a sentence in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from xirang.foundation.expressions.messages import MESSAGES
from xirang.foundation.language import is_english


@dataclass(eq=False)
class ExpressionError(Exception):
    """A rule that cannot be read, does not fit its types, or was given a value of the wrong kind.

    `column` and `end` count characters of the source from 1; `end` is the first column behind the part.
    `expected` and `found` are in the notation of types ("fen", "quantity[kWh]") or the words themselves, empty where
    they say nothing. `suggestion` is the nearest known word after a typing error, or empty.
    """

    code: str
    column: int
    zh: str
    en: str
    expected: str = ""
    found: str = ""
    end: int = 0
    suggestion: str = ""

    def __post_init__(self) -> None:
        # All fields go into `args`, so that the error survives pickling between processes.
        self.end = self.end or self.column
        super().__init__(self.code, self.column, self.zh, self.en, self.expected, self.found, self.end, self.suggestion)

    def __str__(self) -> str:
        return f"第 {self.column} 个字符：{self.zh}"

    def sentence(self, lang: str = "zh") -> str:
        """The sentence without the position, in "zh" or "en"."""
        return self.en if is_english(lang) else self.zh

    def marked(self, source: str) -> str:
        """The source with the faulty part between » and «, which stays right below wide Chinese characters."""
        start, end = max(self.column - 1, 0), max(self.end - 1, self.column - 1)
        return f"{source[:start]}»{source[start:end]}«{source[end:]}"


def error(
    code: str,
    start: int,
    end: int | None = None,
    *,
    expected: str = "",
    found: str = "",
    suggestion: str = "",
    **words: object,
) -> ExpressionError:
    """Make the error `code` for the characters start..end (from 0), filling its sentences with `words`.

    A word given as a pair (zh, en) is filled in language by language.
    """
    zh, en = MESSAGES[code]
    both = {**words, "expected": words.get("expected_word", expected), "found": words.get("found_word", found)}
    zh_words = {key: word[0] if isinstance(word, tuple) else word for key, word in both.items()}
    en_words = {key: word[1] if isinstance(word, tuple) else word for key, word in both.items()}
    zh, en = zh.format(**zh_words), en.format(**en_words)
    if suggestion:
        zh, en = f"{zh}您是否要写“{suggestion}”？", f"{en} Did you mean “{suggestion}”?"
    stop = start + 1 if end is None else end
    return ExpressionError(code, start + 1, zh, en, expected, found, stop + 1, suggestion)
