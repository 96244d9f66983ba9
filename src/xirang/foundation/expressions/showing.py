"""How a value looks to a reader: yuan with two decimals, rates as percentages, never rounded in silence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from xirang.foundation.expressions.exact import round_whole
from xirang.foundation.expressions.types import (
    BOOL,
    FEN,
    RATE,
    SCORE,
    TEXT,
    UNROUNDED_FEN,
    Code,
    ListOf,
    OptionalOf,
    Quantity,
    Record,
    Type,
    is_number,
)
from xirang.foundation.expressions.values import LOCAL, as_items, as_number, as_text
from xirang.foundation.language import is_english

_MAX_DECIMALS = 6
_MAX_TEXT = 60


def shown(kind: Type, value: object, lang: str = "zh", choices: Mapping[str, object] | None = None) -> str:
    """A value as a reader sees it. `choices` gives the titles of a code's keys."""
    english = is_english(lang)
    if isinstance(kind, OptionalOf):
        kind = kind.inner
    if value is None:
        return "missing" if english else "没有数据"
    if isinstance(kind, ListOf):
        return (", " if english else "、").join(
            shown(kind.item, each, lang, choices) for each in as_items(value)
        ) or "–"
    if isinstance(kind, Record):
        return "present" if english else "有"
    if kind == BOOL:
        return ("yes" if value else "no") if english else ("是" if value else "否")
    if is_number(kind):
        return _amount(kind, as_number(value), english)
    if kind == TEXT or isinstance(kind, Code):
        return _quoted(as_text(value), lang, choices if isinstance(kind, Code) else None)
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _quoted(text: str, lang: str, choices: Mapping[str, object] | None) -> str:
    if choices and text in choices:
        return title_of(choices[text], lang)
    return f"“{text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + '…'}”"


def _amount(kind: Type, value: Fraction | int, english: bool) -> str:
    """A number with the unit of its type; a whole number has none and no thousands set apart."""
    if kind in (FEN, UNROUNDED_FEN):
        return _money(Fraction(value), english)
    if kind == RATE:
        return _rate(Fraction(value))
    if kind == SCORE:
        return f"{_number(value)} points" if english else f"{_number(value)} 分"
    if isinstance(kind, Quantity):
        unit = ("yuan" if english else "元") + kind.unit[3:] if kind.unit.startswith("fen/") else kind.unit
        return f"{_number(Fraction(value, 100) if kind.unit.startswith('fen/') else value)} {unit}"
    return str(value)


def title_of(title: object, lang: str) -> str:
    """A title in one language: a bare text is Chinese and serves both, a mapping has zh and perhaps en."""
    if isinstance(title, Mapping):
        return str(title.get("en" if is_english(lang) else "zh") or title.get("zh") or title.get("en") or "")
    return str(title)


def _money(fen: Fraction, english: bool) -> str:
    cents = round_whole(fen, "half_up")
    sign, whole = ("-" if cents < 0 or fen < 0 else ""), abs(cents)
    text = f"{sign}{whole // 100:,}.{whole % 100:02d}"
    if cents != fen:
        exact = _decimal(fen / 100)
        text = exact if exact is not None else f"≈{text}"
    return f"{text} yuan" if english else f"{text} 元"


def _rate(value: Fraction) -> str:
    percent = _decimal(value * 100)
    return f"{percent}%" if percent is not None else f"{value.numerator}/{value.denominator}"


def _number(value: Fraction | int) -> str:
    decimal = _decimal(Fraction(value))
    return decimal if decimal is not None else f"{value.numerator}/{value.denominator}"


def _decimal(value: Fraction) -> str | None:
    """The number written out when that is possible exactly within a few decimals, otherwise None."""
    scaled = value * 10**_MAX_DECIMALS
    if scaled.denominator != 1:
        return None
    whole, rest = divmod(abs(scaled.numerator), 10**_MAX_DECIMALS)
    tail = f".{rest:0{_MAX_DECIMALS}d}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{whole:,}{tail}"
