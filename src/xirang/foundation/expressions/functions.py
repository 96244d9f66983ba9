"""The named functions: how each is written, what it accepts and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from xirang.foundation.expressions.agreement import (
    bring_together,
    disagreement,
    fit,
    is_written_number,
    join,
    require,
    require_present,
)
from xirang.foundation.expressions.errors import ExpressionError, error
from xirang.foundation.expressions.nodes import Call, Literal, Name, Node
from xirang.foundation.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    INT,
    MONTH,
    PURE_NUMBERS,
    RATE,
    TEXT,
    UNROUNDED_FEN,
    Code,
    ListOf,
    OptionalOf,
    Quantity,
    Type,
    is_number,
    is_ordered,
    is_scalar,
    plain,
    words_for,
)
from xirang.foundation.expressions.values import as_text

ROUNDINGS = ("half_up", "half_even", "down", "up")
"""half_up: ties away from zero; half_even: ties to the even neighbour; down: towards zero; up: away from zero."""
MAX_SCALE = 12
Word = TypeVar("Word", str, int)
Check: TypeAlias = "Callable[[CallSite], Node]"


@dataclass(frozen=True)
class Function:
    """One function of the language, as the documentation and the checker know it.

    `usage` is how it is written. `parameters` are the names an argument may be given by, in order; the first
    `positional` of them may also be given by place, the `needed` ones have no default. A function that `repeats`
    takes any number of arguments, from `least` on, by place only.
    """

    name: str
    usage: str
    zh: str
    en: str
    parameters: tuple[str, ...]
    positional: int
    needed: tuple[str, ...]
    least: int
    repeats: bool
    check: Check


@dataclass(frozen=True)
class CallSite:
    """One call while it is checked: the arguments already typed and bound to their parameters."""

    function: Function
    source: str
    start: int
    end: int
    several: tuple[Node, ...]
    named: Mapping[str, Node]

    def value(self, parameter: str) -> Node:
        """One argument, which must be present."""
        return require_present(self.named[parameter], self.source)

    def typed(self, parameter: str, target: Type) -> Node:
        """One argument made to be of type `target`."""
        return require(self.named[parameter], target, self.source)

    def word(self, parameter: str, allowed: tuple[Word, ...], default: Word | None = None) -> Word:
        """A fixed word or number that must be written out in the call."""
        if default is not None and parameter not in self.named:
            return default
        node = self.named[parameter]
        if isinstance(node, Literal) and not isinstance(node.value, bool):
            for each in allowed:
                if each == node.value:
                    return each
        raise error(
            "bad_option",
            node.start,
            node.end,
            expected=", ".join(f"'{each}'" if isinstance(each, str) else str(each) for each in allowed),
            found=self.source[node.start : node.end],
            name=parameter,
        )

    def wrong(self, node: Node, expected: Type) -> ExpressionError:
        """The error that this argument should be something else."""
        return error(
            "wrong_type",
            node.start,
            node.end,
            expected=str(expected),
            found=str(node.type),
            expected_word=words_for(expected),
            found_word=words_for(node.type),
        )

    def gives(self, kind: Type, *arguments: Node, **options: str | int) -> Call:
        """The finished node."""
        return Call(kind, self.start, self.end, self.function.name, arguments, tuple(options.items()))


FUNCTIONS: dict[str, Function] = {}


def _function(usage: str, zh: str, en: str, *, least: int = 1, repeats: bool = False) -> Callable[[Check], Check]:
    """Register a check; parameters written with `=` go by name only, those with a value after it have a default."""
    name, _, inside = usage.rstrip(")").partition("(")
    parts = [part.strip().partition("=") for part in inside.split(",") if part.strip() != "…"]
    parameters = tuple(part[0] for part in parts)
    positional = sum(1 for part in parts if not part[1])
    needed = tuple(part[0] for part in parts if part[2] in ("", "…"))

    def register(check: Check) -> Check:
        FUNCTIONS[name] = Function(name, usage, zh, en, parameters, positional, needed, least, repeats, check)
        return check

    return register


def _extreme(site: CallSite) -> Node:
    nodes = bring_together([require_present(node, site.source) for node in site.several])
    for node in nodes:
        if not is_ordered(node.type):
            raise error("no_order", node.start, node.end, found=str(node.type), kind=words_for(node.type))
    return site.gives(nodes[0].type, *nodes)


_function("min(a, b, …)", "最小的一个", "the smallest", least=2, repeats=True)(_extreme)
_function("max(a, b, …)", "最大的一个", "the largest", least=2, repeats=True)(_extreme)


@_function("abs(x)", "绝对值", "the absolute value")
def _abs(site: CallSite) -> Node:
    node = site.value("x")
    if not is_number(node.type):
        raise site.wrong(node, INT)
    return site.gives(node.type, node)


@_function("has(x)", "这项数据是否存在", "whether the value is present")
def _has(site: CallSite) -> Node:
    node = site.named["x"]
    if not isinstance(node, Name):
        raise error("has_needs_name", node.start, node.end, found=site.source[node.start : node.end])
    return site.gives(BOOL, node)


@_function("coalesce(x, y, …)", "从左到右第一项存在的数据", "the first value that is present", least=2, repeats=True)
def _coalesce(site: CallSite) -> Node:
    # The common type is found without the optional forms; each argument keeps its own.
    bare = [_without_optional(node) for node in site.several]
    for node in bare:
        if not is_scalar(node.type):
            require_present(node, site.source)
            raise site.wrong(node, TEXT)
    fitted = bring_together(bare)
    arguments = tuple(
        node if isinstance(node.type, OptionalOf) else whole for node, whole in zip(site.several, fitted, strict=True)
    )
    kind = fitted[0].type
    for node in fitted[1:]:
        kind = join(kind, node.type) or kind
    always = any(not isinstance(node.type, OptionalOf) for node in site.several)
    return site.gives(kind if always else OptionalOf(kind), *arguments)


def _without_optional(node: Node) -> Node:
    if not isinstance(node.type, OptionalOf):
        return node
    return replace(node, type=node.type.inner)


@_function(
    "round_fen(x, rounding)",
    "把金额取整到分；rounding 是 'half_up'、'half_even'、'down' 或 'up'",
    "money rounded to whole fen; rounding is 'half_up', 'half_even', 'down' or 'up'",
)
def _round_fen(site: CallSite) -> Node:
    return site.gives(FEN, site.typed("x", UNROUNDED_FEN), rounding=site.word("rounding", ROUNDINGS))


@_function(
    "ratio(a, b, scale=…, when_zero=…, rounding='half_up')",
    "a 除以 b，保留 scale 位小数；b 为 0 时取 when_zero",
    "a divided by b to `scale` decimal places; when_zero where b is 0",
)
def _ratio(site: CallSite) -> Node:
    above, below = site.value("a"), site.value("b")
    if is_written_number(above) and below.type not in PURE_NUMBERS:
        above = fit(above, below.type) or above
    kind = quotient(above.type, below.type)
    if kind is None:
        raise error(
            "cannot_divide",
            above.start,
            below.end,
            expected=str(above.type),
            found=str(below.type),
            left=words_for(above.type),
            right=words_for(below.type),
        )
    scale = site.word("scale", tuple(range(MAX_SCALE + 1)))
    rounding = site.word("rounding", ROUNDINGS, "half_up")
    return site.gives(kind, above, below, site.typed("when_zero", kind), scale=scale, rounding=rounding)


def quotient(above: Type, below: Type) -> Type | None:
    """What a division gives: like by like a rate, anything by a pure number itself, other units "above/below"."""
    if not (is_number(above) and is_number(below)):
        return None
    if above == below or join(above, below) == UNROUNDED_FEN or {above, below} <= set(PURE_NUMBERS):
        return RATE
    if below in PURE_NUMBERS:
        return UNROUNDED_FEN if above == FEN else above
    names = ["fen" if kind in (FEN, UNROUNDED_FEN) else getattr(kind, "unit", "/") for kind in (above, below)]
    if isinstance(below, Quantity) and not any("/" in name for name in names):
        return Quantity("/".join(names))
    return None


@_function("percent(n)", "百分之 n，n 是整数", "n hundredths, n a whole number")
def _percent(site: CallSite) -> Node:
    return site.gives(RATE, site.typed("n", INT))


def _calendar_part(site: CallSite, allowed: tuple[Type, ...]) -> Node:
    node = _moment(site, "x", allowed)
    return site.gives(INT, node)


def _moment(site: CallSite, parameter: str, allowed: tuple[Type, ...]) -> Node:
    """A date, time or month; quoted text is read as a date, or as a month where that is what it looks like."""
    node = site.value(parameter)
    if isinstance(node, Literal) and node.type == TEXT:
        wanted = MONTH if MONTH in allowed and len(as_text(node.value)) == 7 else DATE
        return require(node, wanted, site.source)
    if node.type not in allowed:
        raise site.wrong(node, allowed[0])
    return node


@_function("year(x)", "日期、时间或月份的年", "the year of a date, time or month")
def _year(site: CallSite) -> Node:
    return _calendar_part(site, (DATE, DATETIME, MONTH))


@_function("month(x)", "日期、时间或月份的月，1 至 12", "the month of a date, time or month, 1 to 12")
def _month(site: CallSite) -> Node:
    return _calendar_part(site, (DATE, DATETIME, MONTH))


@_function("day(x)", "日期或时间的日，1 至 31", "the day of the month of a date or time, 1 to 31")
def _day(site: CallSite) -> Node:
    return _calendar_part(site, (DATE, DATETIME))


@_function("days_between(a, b)", "从 a 到 b 的天数，b 较早时为负", "days from a to b, negative when b is earlier")
def _days_between(site: CallSite) -> Node:
    return site.gives(INT, _moment(site, "a", (DATE, DATETIME)), _moment(site, "b", (DATE, DATETIME)))


@_function(
    "months_between(a, b)",
    "从 a 到 b 的月数：月份按月相减，日期只计满月",
    "months from a to b: between months their distance, between dates the completed months",
)
def _months_between(site: CallSite) -> Node:
    first, second = _moment(site, "a", (MONTH, DATE, DATETIME)), _moment(site, "b", (MONTH, DATE, DATETIME))
    if (first.type == MONTH) != (second.type == MONTH):
        raise disagreement(first.type, second, "cannot_mix")
    return site.gives(INT, first, second)


@_function(
    "workdays_between(a, b)",
    "a 之后到 b（含 b）的工作日数，按工作日历计调休",
    "working days after a up to and including b, by the working calendar",
)
def _workdays_between(site: CallSite) -> Node:
    return site.gives(INT, _moment(site, "a", (DATE, DATETIME)), _moment(site, "b", (DATE, DATETIME)))


@_function("same_month_last_year(x)", "上一年的同一个月", "the same month of the year before")
def _same_month_last_year(site: CallSite) -> Node:
    return site.gives(MONTH, _moment(site, "x", (MONTH, DATE, DATETIME)))


@_function("starts_with(x, start)", "文字或编码是否以 start 开头", "whether a text or code begins with start")
def _starts_with(site: CallSite) -> Node:
    node = site.value("x")
    if node.type != TEXT and not isinstance(node.type, Code):
        raise site.wrong(node, TEXT)
    return site.gives(BOOL, node, site.typed("start", TEXT))


@_function(
    "contains(x, part)", "文字中是否有 part，或列表中是否有这一项", "whether a text holds part, or a list the entry"
)
def _contains(site: CallSite) -> Node:
    node = site.value("x")
    if isinstance(node.type, ListOf):
        return site.gives(BOOL, node, site.typed("part", node.type.item))
    if node.type != TEXT:
        raise site.wrong(node, TEXT)
    return site.gives(BOOL, node, site.typed("part", TEXT))


def _conditions(site: CallSite) -> tuple[Node, ...]:
    """Either one list of yes or no, or any number of conditions."""
    nodes = site.several
    if len(nodes) == 1 and plain(nodes[0].type) == ListOf(BOOL):
        return (require_present(nodes[0], site.source),)
    return tuple(require(node, BOOL, site.source) for node in nodes)


@_function(
    "count(a, b, …)",
    "成立的条件有几个；若只给一个列表，则是列表的项数",
    "how many conditions hold; for one single list how many entries it has",
    least=1,
    repeats=True,
)
def _count(site: CallSite) -> Node:
    if len(site.several) == 1 and isinstance(plain(site.several[0].type), ListOf):
        return site.gives(INT, require_present(site.several[0], site.source))
    return site.gives(INT, *_conditions(site))


@_function("any(a, b, …)", "至少一个条件成立", "whether at least one condition holds", least=1, repeats=True)
def _any(site: CallSite) -> Node:
    return site.gives(BOOL, *_conditions(site))


@_function("all(a, b, …)", "全部条件成立", "whether all conditions hold", least=1, repeats=True)
def _all(site: CallSite) -> Node:
    return site.gives(BOOL, *_conditions(site))
