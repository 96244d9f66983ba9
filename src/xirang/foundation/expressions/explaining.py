"""The trace in words: one short Chinese or English line for every part that had a say in a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xirang.foundation.expressions.nodes import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Convert,
    ListLiteral,
    Literal,
    Logic,
    Membership,
    Name,
    Negate,
    Node,
    Not,
)
from xirang.foundation.expressions.outcome import Evaluation, TraceStep
from xirang.foundation.expressions.showing import shown, title_of
from xirang.foundation.expressions.types import BOOL, ListOf
from xirang.foundation.expressions.values import as_number
from xirang.foundation.language import is_english

_SIGNS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "+": "+", "-": "−", "*": "×"}
_STRENGTH = {Choice: 0, Logic: 1, Not: 2, Comparison: 3, Membership: 3, Arithmetic: 4, Negate: 6}
_ROUNDING_WORDS = {
    "half_up": ("四舍五入到分", "rounded half up to the fen"),
    "half_even": ("四舍六入五成双到分", "rounded half to even to the fen"),
    "down": ("舍去不足一分的部分", "rounded down to the fen"),
    "up": ("不足一分的进为一分", "rounded up to the fen"),
}
PHRASES: dict[str, tuple[str, str]] = {
    "min": ("{all}中最小的", "the smallest of {all}"),
    "max": ("{all}中最大的", "the largest of {all}"),
    "abs": ("{0}的绝对值", "the absolute value of {0}"),
    "has": ("有“{0}”", "“{0}” is present"),
    "coalesce": ("{0}（没有时取 {rest}）", "{0} (if missing {rest})"),
    "round_fen": ("{0}，{rounding}", "{0}, {rounding}"),
    "ratio": (
        "{0} ÷ {1}（保留 {scale} 位小数，除数为 0 时取 {2}）",
        "{0} ÷ {1} (to {scale} decimals, {2} where the divisor is 0)",
    ),
    "percent": ("百分之{0}", "{0} percent"),
    "year": ("{0}的年份", "the year of {0}"),
    "month": ("{0}的月份", "the month of {0}"),
    "day": ("{0}是几号", "the day of the month of {0}"),
    "days_between": ("{0}到{1}的天数", "days from {0} to {1}"),
    "months_between": ("{0}到{1}的月数", "months from {0} to {1}"),
    "workdays_between": ("{0}到{1}的工作日数", "working days from {0} to {1}"),
    "same_month_last_year": ("{0}的上年同月", "the same month of the year before {0}"),
    "starts_with": ("{0}以{1}开头", "{0} begins with {1}"),
    "contains": ("{0}中有{1}", "{0} contains {1}"),
    "count": ("以下条件成立的个数（{all}）", "how many of these hold ({all})"),
    "any": ("以下至少一项成立（{all}）", "at least one of these holds ({all})"),
    "all": ("以下各项都成立（{all}）", "all of these hold ({all})"),
}
_LIST_PHRASES = {"count": ("{0}的项数", "the number of entries in {0}")}


@dataclass(frozen=True)
class Wording:
    """The titles of names ("bill", "about.staff") and of the keys of codes, and the reader's language."""

    titles: Mapping[str, object]
    choices: Mapping[str, Mapping[str, object]]
    lang: str

    def pick(self, pair: tuple[str, str]) -> str:
        """The zh or the en of a pair."""
        return pair[1] if is_english(self.lang) else pair[0]


def explain(
    evaluation: Evaluation,
    titles: Mapping[str, object] | None = None,
    lang: str = "zh",
    choices: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[str, ...]:
    """One line per trace step, inputs and results in the order they were found.

    `titles` maps names to titles, `choices` maps names to the titles of their keys; a title is text or {zh, en}.
    """
    wording = Wording(titles or {}, choices or {}, lang)
    return tuple(_line(step, wording) for step in evaluation.trace)


def explain_step(
    step: TraceStep,
    titles: Mapping[str, object] | None = None,
    lang: str = "zh",
    choices: Mapping[str, Mapping[str, object]] | None = None,
) -> str:
    """The line of one trace step."""
    return _line(step, Wording(titles or {}, choices or {}, lang))


def sentence(
    evaluation: Evaluation,
    titles: Mapping[str, object] | None = None,
    lang: str = "zh",
    choices: Mapping[str, Mapping[str, object]] | None = None,
) -> str:
    """The result of the whole rule in one line."""
    wording = Wording(titles or {}, choices or {}, lang)
    if evaluation.trace:
        return _line(evaluation.trace[-1], wording) if _is_root(evaluation) else _result(evaluation, wording)
    return shown(evaluation.type, evaluation.value, lang)


def render(
    node: Node,
    titles: Mapping[str, object] | None = None,
    lang: str = "zh",
    choices: Mapping[str, Mapping[str, object]] | None = None,
) -> str:
    """The rule itself in words, names replaced by their titles."""
    return _words(node, Wording(titles or {}, choices or {}, lang), None)


def _is_root(evaluation: Evaluation) -> bool:
    last = evaluation.trace[-1]
    return last.evaluated and last.node is evaluation.node


def _result(evaluation: Evaluation, wording: Wording) -> str:
    return _equation(_words(evaluation.node, wording, None), _value(evaluation.node, evaluation.value, wording))


def _equation(words: str, value: str) -> str:
    """words = value, or words ≈ value where the value cannot be written out."""
    return f"{words} ≈ {value[1:]}" if value.startswith("≈") else f"{words} = {value}"


def _line(step: TraceStep, wording: Wording) -> str:
    words = _words(step.node, wording, None)
    colon = wording.pick(("：", ": "))
    if not step.evaluated:
        return words + colon + wording.pick(("没有用到", "not needed"))
    if step.kind == "input":
        return words + colon + _value(step.node, step.value, wording)
    verdict = wording.pick(("成立", "holds") if step.value else ("不成立", "does not hold"))
    if isinstance(step.node, Comparison):
        return f"{words}{colon}{_sides(step.node, step.operands, wording)}{wording.pick(('，', ', '))}{verdict}"
    if step.type == BOOL:
        return words + colon + verdict
    return _equation(words, _value(step.node, step.value, wording))


def _sides(node: Comparison, values: tuple[object, ...], wording: Wording) -> str:
    """The values on the sides of a comparison, as far as they were needed."""
    keys = _keys_for(node.operands, wording)
    text = shown(node.operands[0].type, values[0], wording.lang, keys)
    pairs = zip(node.operators, node.operands[1:], values[1:], strict=False)
    for sign, operand, value in pairs:
        text += f" {_SIGNS[sign]} {shown(operand.type, value, wording.lang, keys)}"
    return text


def _keys_for(nodes: tuple[Node, ...], wording: Wording) -> Mapping[str, object] | None:
    """The titles of keys that hold for a comparison: those of the first name in it that has any."""
    for node in nodes:
        if isinstance(node, Name) and node.dotted in wording.choices:
            return wording.choices[node.dotted]
    return None


def _value(node: Node, value: object, wording: Wording) -> str:
    return shown(node.type, value, wording.lang, _keys_for((node,), wording))


def _words(node: Node, wording: Wording, keys: Mapping[str, object] | None) -> str:
    if isinstance(node, Literal):
        return shown(node.type, node.value, wording.lang, keys)
    if isinstance(node, Name):
        return title_of(wording.titles.get(node.dotted, node.dotted), wording.lang)
    if isinstance(node, Convert):
        # A number that was written in the rule is shown with the unit it took.
        if isinstance(node.operand, Negate) and isinstance(node.operand.operand, Literal):
            return shown(node.type, -as_number(node.operand.operand.value), wording.lang)
        return _words(node.operand, wording, keys)
    if isinstance(node, ListLiteral):
        return wording.pick(("、", ", ")).join(_words(item, wording, keys) for item in node.items)
    return _operation(node, wording)


def _operation(node: Node, wording: Wording) -> str:
    if isinstance(node, Negate):
        return "−" + _within(node, node.operand, wording)
    if isinstance(node, Arithmetic):
        right = _within(node, node.right, wording, right_side=True)
        return f"{_within(node, node.left, wording)} {_SIGNS[node.operator]} {right}"
    if isinstance(node, Comparison):
        return _comparison(node, wording)
    if isinstance(node, Membership):
        keys = _keys_for((node.item, node.options), wording)
        template = ("{0} 不属于 {1}", "{0} is none of {1}") if node.negated else ("{0} 属于 {1}", "{0} is one of {1}")
        return wording.pick(template).format(_words(node.item, wording, keys), _words(node.options, wording, keys))
    if isinstance(node, Not):
        return wording.pick(("并非 {0}", "not {0}")).format(_within(node, node.operand, wording))
    if isinstance(node, Logic):
        word = wording.pick((" 且 ", " and ") if node.operator == "and" else (" 或 ", " or "))
        return word.join(_within(node, operand, wording) for operand in node.operands)
    if isinstance(node, Choice):
        parts = [_within(node, part, wording) for part in (node.condition, node.then, node.otherwise)]
        return wording.pick(("若 {0} 则取 {1}，否则取 {2}", "if {0} then {1}, otherwise {2}")).format(*parts)
    if isinstance(node, Call):
        return _function(node, wording)
    raise TypeError(f"no words for {type(node).__name__}")


def _comparison(node: Comparison, wording: Wording) -> str:
    keys = _keys_for(node.operands, wording)
    text = _within(node, node.operands[0], wording, keys=keys)
    for sign, operand in zip(node.operators, node.operands[1:], strict=True):
        text += f" {_SIGNS[sign]} {_within(node, operand, wording, keys=keys)}"
    return text


def _within(
    outer: Node, part: Node, wording: Wording, *, right_side: bool = False, keys: Mapping[str, object] | None = None
) -> str:
    """A part inside another one, in brackets where it would otherwise be misread."""
    text, bare = _words(part, wording, keys), part
    while isinstance(bare, Convert):
        bare = bare.operand
    weaker = _strength(bare) < _strength(outer) + right_side
    same_kind = isinstance(bare, type(outer)) and not isinstance(outer, Arithmetic)
    return f"({text})" if weaker or same_kind else text


def _strength(node: Node) -> int:
    if isinstance(node, Arithmetic) and node.operator == "*":
        return 5
    return _STRENGTH.get(type(node), 9)


def _function(node: Call, wording: Wording) -> str:
    phrase = PHRASES[node.function]
    if node.function in _LIST_PHRASES and isinstance(node.arguments[0].type, ListOf):
        phrase = _LIST_PHRASES[node.function]
    comma = wording.pick(("、", ", "))
    keys = _keys_for(node.arguments, wording)
    parts = [_argument(node, part, wording, keys) for part in node.arguments]
    options = dict(node.options)
    words = wording.pick(_ROUNDING_WORDS[node.word("rounding")]) if "rounding" in options else ""
    return wording.pick(phrase).format(
        *parts, all=comma.join(parts), rest=comma.join(parts[1:]), rounding=words, scale=options.get("scale", "")
    )


def _argument(node: Call, part: Node, wording: Wording, keys: Mapping[str, object] | None) -> str:
    text = _words(part, wording, keys)
    compound = node.function == "ratio" and isinstance(part, Arithmetic | Choice | Call)
    return f"({text})" if compound else text
