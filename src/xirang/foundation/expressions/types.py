"""The types of the expression language: what a value is, how a type is written and how it is called."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from xirang.foundation.expressions.errors import error

_UNIT = re.compile(r"[^\s\[\]/|,]{1,20}(/[^\s\[\]/|,]{1,20})?")
_CODE = re.compile(r"[^\s\[\]|,'\"]{1,100}")


Kinds: TypeAlias = "Mapping[str, Type | Kinds]"
"""The types of several names; a nested mapping stands for a record."""


@dataclass(frozen=True)
class Type:
    """What every type shares: it is a value, compares by content and writes itself with `str`."""


@dataclass(frozen=True)
class Simple(Type):
    """A type that is told by one word: bool, int, fen, rate, score, date, datetime, month, text."""

    word: str

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True)
class Quantity(Type):
    """An exact number of one unit; two quantities mix only when their units are the same."""

    unit: str

    def __str__(self) -> str:
        return f"quantity[{self.unit}]"


@dataclass(frozen=True)
class Code(Type):
    """The key of a choice. With `choices` a comparison with any other key is refused when the rule is read."""

    choices: frozenset[str] | None = None

    def __str__(self) -> str:
        return "code" if self.choices is None else f"code[{'|'.join(sorted(self.choices))}]"


@dataclass(frozen=True)
class OptionalOf(Type):
    """A value that may be missing; it must be met by has() or coalesce() before use."""

    inner: Type

    def __str__(self) -> str:
        return f"optional[{self.inner}]"


@dataclass(frozen=True)
class ListOf(Type):
    """Several values of one type, for `in`, contains, count, any and all."""

    item: Type

    def __str__(self) -> str:
        return f"list[{self.item}]"


@dataclass(frozen=True)
class Record(Type):
    """A group of named values, reached by an attribute path such as `about.staff`."""

    fields: tuple[tuple[str, Type], ...]

    @classmethod
    def of(cls, fields: Kinds) -> Record:
        """A record from a mapping; a nested mapping becomes a nested record."""
        return cls(tuple((name, as_type(kind)) for name, kind in fields.items()))

    def field(self, name: str) -> Type | None:
        """The type of one field, or None."""
        return dict(self.fields).get(name)

    def __str__(self) -> str:
        return "record"


BOOL, INT, FEN, RATE, SCORE = Simple("bool"), Simple("int"), Simple("fen"), Simple("rate"), Simple("score")
DATE, DATETIME, MONTH, TEXT = Simple("date"), Simple("datetime"), Simple("month"), Simple("text")
UNROUNDED_FEN = Simple("unrounded_fen")
"""Money that may hold fractions of a fen: the product of fen and a rate. round_fen() makes it fen again."""

PURE_NUMBERS = (INT, RATE)
_SIMPLE = {str(kind): kind for kind in (BOOL, INT, FEN, RATE, SCORE, DATE, DATETIME, MONTH, TEXT)}
_WORDS = {
    "bool": ("条件（是或否）", "a condition (yes or no)"),
    "int": ("整数", "a whole number"),
    "fen": ("金额（分）", "money (fen)"),
    "unrounded_fen": ("未取整的金额", "unrounded money"),
    "rate": ("比率", "a rate"),
    "score": ("分数", "a score"),
    "date": ("日期", "a date"),
    "datetime": ("时间", "a date and time"),
    "month": ("月份", "a month"),
    "text": ("文字", "text"),
    "record": ("一组数据", "a group of data"),
}


def as_type(kind: Type | Kinds) -> Type:
    """A type as it is, or the record that a nested mapping of types stands for."""
    return kind if isinstance(kind, Type) else Record.of(kind)


def plain(kind: Type) -> Type:
    """The type without its optional form."""
    return kind.inner if isinstance(kind, OptionalOf) else kind


def is_number(kind: Type) -> bool:
    """Whether values of this type can be added, multiplied and ordered."""
    return kind in (INT, RATE, FEN, UNROUNDED_FEN, SCORE) or isinstance(kind, Quantity)


def is_ordered(kind: Type) -> bool:
    """Whether `<` means something; text has no order, because collations differ from one system to the next."""
    return is_number(kind) or kind in (DATE, DATETIME, MONTH)


def is_scalar(kind: Type) -> bool:
    """Whether the type is one single value: no record, no list, nothing that may be missing."""
    return not isinstance(kind, Record | ListOf | OptionalOf)


def words_for(kind: Type) -> tuple[str, str]:
    """How people call the type, as (zh, en)."""
    if isinstance(kind, Quantity):
        return f"以“{kind.unit}”计的数量", f"a quantity in {kind.unit}"
    if isinstance(kind, Code):
        return "选项", "a choice"
    if isinstance(kind, OptionalOf):
        zh, en = words_for(kind.inner)
        return f"可能缺失的{zh}", f"{en} that may be missing"
    if isinstance(kind, ListOf):
        zh, en = words_for(kind.item)
        return f"{zh}的列表", f"a list of {en}"
    return _WORDS[str(kind)]


def parse_type(text: str, *, may_be_missing: bool = False, choices: Iterable[str] | None = None) -> Type:
    """Read a type as declarations write it: "fen", "quantity[kWh]", "optional[fen]", "list[code]", "code[a|b]".

    `may_be_missing` makes it optional, `choices` gives the allowed keys of a code. Raises ExpressionError
    (`unknown_type`) for anything else. `parse_type(str(t)) == t` for every declarable type.
    """
    kind = _read_type(text.strip(), text) if isinstance(text, str) else _refuse_type(type(text).__name__, "")
    if choices is not None:
        kind = _with_choices(kind, frozenset(choices), text)
    return OptionalOf(kind) if may_be_missing and not isinstance(kind, OptionalOf) else kind


def _read_type(text: str, whole: str) -> Type:
    if text in _SIMPLE:
        return _SIMPLE[text]
    if text == "code":
        return Code()
    head, bracket, rest = text.partition("[")
    if bracket and rest.endswith("]"):
        inside = rest[:-1].strip()
        if head == "quantity" and _UNIT.fullmatch(inside):
            return Quantity(inside)
        if head == "code" and all(_CODE.fullmatch(part.strip()) for part in inside.split("|")):
            return Code(frozenset(part.strip() for part in inside.split("|")))
        if head in ("optional", "list") and not inside.startswith(("optional", "list")):
            inner = _read_type(inside, whole)
            return OptionalOf(inner) if head == "optional" else ListOf(inner)
        if head == "optional" and inside.startswith("list["):
            return OptionalOf(_read_type(inside, whole))
    return _refuse_type(text, whole)


def _refuse_type(text: str, whole: str) -> Type:
    known = [*_SIMPLE, "code", "quantity[…]", "optional[…]", "list[…]"]
    near = difflib.get_close_matches(text.lower()[:40], known, 1, 0.6)
    start = max(whole.find(text), 0)
    raise error(
        "unknown_type",
        start,
        start + len(text),
        expected=", ".join(known),
        found=text[:40],
        suggestion=near[0] if near else "",
    )


def _with_choices(kind: Type, choices: frozenset[str], text: str) -> Type:
    if isinstance(kind, OptionalOf):
        return OptionalOf(_with_choices(kind.inner, choices, text))
    if isinstance(kind, ListOf):
        return ListOf(_with_choices(kind.item, choices, text))
    if not isinstance(kind, Code):
        raise error(
            "wrong_type",
            0,
            len(text),
            expected="code",
            found=str(kind),
            expected_word=words_for(Code()),
            found_word=words_for(kind),
        )
    return Code(choices)
