"""Evaluation of one row: exact, total, and with a trace of every part that had a say."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from xirang.foundation.expressions.errors import error
from xirang.foundation.expressions.exact import as_exact, divide, months_apart, round_whole, same_month_last_year
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
from xirang.foundation.expressions.outcome import Evaluation, Note
from xirang.foundation.expressions.types import OptionalOf, Record
from xirang.foundation.expressions.values import (
    YearMonth,
    as_items,
    as_number,
    checked_value,
    local_date,
)

MAX_WORKDAY_SPAN = 36_600
"""Days between two dates for workdays_between(): a calendar may walk day by day, so a span has an end (100 years)."""


class Calendar(Protocol):
    """What workdays_between() needs of a working calendar."""

    def workdays_between(self, a: date, b: date) -> int:
        """Working days after a up to and including b, negative when b is earlier."""
        ...


# The checker has made both sides of one type that has this operation; the tables cannot say so.
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMBINE: dict[str, Callable[[Any, Any], Fraction | int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def evaluate(
    node: Node, source: str, inputs: Iterable[Name], values: Mapping[str, object], calendar: Calendar | None
) -> Evaluation:
    """Evaluate a checked rule for one row of `values`; ExpressionError when a value is absent or does not fit.

    Every value that the rule mentions is checked, whether or not it will be needed, so that a faulty row does not
    pass by luck.
    """
    run = _Run(source, {name.path: _input(name, values) for name in inputs}, calendar)
    value = run.value(node)
    return Evaluation(value, node.type, source, node, tuple(run.notes))


def _input(name: Name, values: Mapping[str, object]) -> object:
    if len(name.path) == 1 and name.path[0] in values:  # The short way of nearly every name.
        kind = OptionalOf(name.declared) if name.optional_at[0] else name.declared
        return checked_value(kind, values[name.path[0]], name.dotted, name.start, name.end)
    level: object = values
    for place, step in enumerate(name.path):
        dotted = ".".join(name.path[: place + 1])
        if not isinstance(level, Mapping):
            raise error(
                "value_wrong",
                name.start,
                name.end,
                expected="record",
                found=type(level).__name__,
                name=".".join(name.path[:place]),
                expected_word=("一组数据", "a group of data"),
            )
        if step not in level:
            raise error("value_absent", name.start, name.end, found=dotted, name=dotted)
        level = level[step]
        last = place == len(name.path) - 1
        if level is None and not last:
            if name.optional_at[place]:
                return None
            checked_value(Record(()), None, dotted, name.start, name.end)
    kind = OptionalOf(name.declared) if name.optional_at[-1] else name.declared
    return checked_value(kind, level, name.dotted, name.start, name.end)


class _Run:
    """One evaluation, gathering its trace."""

    def __init__(self, source: str, inputs: Mapping[tuple[str, ...], object], calendar: Calendar | None) -> None:
        self.source = source
        self.inputs = inputs
        self.calendar = calendar
        self.notes: list[Note] = []
        self.named: set[tuple[str, ...]] = set()

    def value(self, node: Node, *, inner: bool = False) -> object:
        """The value of a part; `inner` parts of a longer sum or product leave no step of their own."""
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, ListLiteral):
            return tuple(item.value for item in node.items)
        if isinstance(node, Convert):
            return as_exact(node.type, self.value(node.operand, inner=inner))
        if isinstance(node, Comparison):
            return self._comparison(node)
        result = as_exact(node.type, _METHODS[type(node)](self, node))
        if not inner:
            self._note(node, result)
        return result

    def _note(self, node: Node, value: object, operands: tuple[object, ...] = (), *, evaluated: bool = True) -> None:
        if isinstance(node, Name) and evaluated:
            # A name has one step however often it occurs; a group of data is asked only whether it is there.
            if node.path in self.named or isinstance(node.declared, Record):
                return
            self.named.add(node.path)
        self.notes.append((node, value, operands, evaluated))

    def _skip(self, node: Node) -> None:
        """Leave a mark for a part that was not needed; values written in the rule need none."""
        while isinstance(node, Convert):
            node = node.operand
        if not isinstance(node, Literal | ListLiteral):
            self._note(node, None, evaluated=False)

    def _name(self, node: Name) -> object:
        return self.inputs[node.path]

    def _negate(self, node: Negate) -> object:
        return -as_number(self.value(node.operand))

    def _arithmetic(self, node: Arithmetic) -> object:
        left, right = (self.value(part, inner=_continues(node, part)) for part in (node.left, node.right))
        return _COMBINE[node.operator](left, right)

    def _not(self, node: Not) -> bool:
        return not self.value(node.operand)

    def _logic(self, node: Logic) -> bool:
        decisive = node.operator == "or"
        for place, operand in enumerate(node.operands):
            if self.value(operand) is decisive:
                for rest in node.operands[place + 1 :]:
                    self._skip(rest)
                return decisive
        return not decisive

    def _choice(self, node: Choice) -> object:
        holds = self.value(node.condition)
        taken, left = (node.then, node.otherwise) if holds else (node.otherwise, node.then)
        result = self.value(taken)
        self._skip(left)
        return result

    def _membership(self, node: Membership) -> bool:
        found = self.value(node.item) in as_items(self.value(node.options))
        return found is not node.negated

    def _comparison(self, node: Comparison) -> bool:
        """Chained comparisons stop at the first that fails; each link of a chain leaves a step."""
        values, holds = [self.value(node.operands[0])], True
        for place, sign in enumerate(node.operators):
            right = node.operands[place + 1]
            if not holds:
                self._skip(right)
                continue
            values.append(self.value(right))
            holds = _COMPARE[sign](values[-2], values[-1])
            if len(node.operators) > 1:
                left = node.operands[place]
                link = Comparison(node.type, left.start, right.end, (sign,), (left, right))
                self._note(link, holds, tuple(values[-2:]))
        self._note(node, holds, tuple(values))
        return holds

    def _call(self, node: Call) -> object:
        if node.function == "coalesce":
            return self._coalesce(node)
        if node.function == "ratio":
            return self._ratio(node)
        return _CALLS[node.function](self, node, *(self.value(argument) for argument in node.arguments))

    def _coalesce(self, node: Call) -> object:
        for place, argument in enumerate(node.arguments):
            value = self.value(argument)
            if value is not None:
                for rest in node.arguments[place + 1 :]:
                    self._skip(rest)
                return value
        return None

    def _ratio(self, node: Call) -> object:
        above, below, when_zero = node.arguments
        top, bottom = self.value(above), self.value(below)
        if bottom == 0:
            return self.value(when_zero)
        self._skip(when_zero)
        return divide(as_number(top), as_number(bottom), node.number("scale"), node.word("rounding"))

    def month_last_year(self, node: Call, moment: date | YearMonth) -> YearMonth:
        """The month one year earlier; there is none before the year 1."""
        try:
            return same_month_last_year(_local(moment))
        except ValueError:
            name = self.source[node.start : node.end]
            raise error("out_of_range", node.start, node.end, found=name, name=name) from None

    def workdays(self, node: Call, first: date, second: date) -> int:
        """Working days by the calendar of this evaluation."""
        if self.calendar is None:
            raise error("calendar_absent", node.start, node.end, expected="calendar")
        start, end = local_date(first), local_date(second)
        if abs((end - start).days) > MAX_WORKDAY_SPAN:
            name = self.source[node.start : node.end]
            raise error("out_of_range", node.start, node.end, found=name, name=name)
        return int(self.calendar.workdays_between(start, end))


def _continues(node: Arithmetic, part: Node) -> bool:
    """Whether a part goes on with the same sum or the same product."""
    while isinstance(part, Convert):
        part = part.operand
    return isinstance(part, Arithmetic) and (part.operator == "*") == (node.operator == "*")


def _count(run: _Run, node: Call, *values: object) -> int:
    if len(values) == 1 and isinstance(values[0], tuple):
        return len(values[0])
    return sum(map(bool, values))


def _conditions(values: tuple[object, ...]) -> tuple[object, ...]:
    return values[0] if len(values) == 1 and isinstance(values[0], tuple) else values


_METHODS: dict[type[Node], Callable[[_Run, Any], object]] = {
    Name: _Run._name,
    Negate: _Run._negate,
    Arithmetic: _Run._arithmetic,
    Not: _Run._not,
    Logic: _Run._logic,
    Choice: _Run._choice,
    Membership: _Run._membership,
    Call: _Run._call,
}
_CALLS: dict[str, Callable[..., object]] = {
    "min": lambda run, node, *values: min(values),
    "max": lambda run, node, *values: max(values),
    "abs": lambda run, node, value: abs(value),
    "has": lambda run, node, value: value is not None,
    "round_fen": lambda run, node, value: round_whole(value, node.word("rounding")),
    "percent": lambda run, node, value: Fraction(value, 100),
    "year": lambda run, node, moment: _local(moment).year,
    "month": lambda run, node, moment: _local(moment).month,
    "day": lambda run, node, moment: local_date(moment).day,
    "days_between": lambda run, node, a, b: (local_date(b) - local_date(a)).days,
    "months_between": lambda run, node, a, b: months_apart(_local(a), _local(b)),
    "workdays_between": _Run.workdays,
    "same_month_last_year": _Run.month_last_year,
    "starts_with": lambda run, node, text, start: text.startswith(start),
    "contains": lambda run, node, holder, part: part in holder,
    "count": _count,
    "any": lambda run, node, *values: any(_conditions(values)),
    "all": lambda run, node, *values: all(_conditions(values)),
}


def _local(moment: date | YearMonth) -> date | YearMonth:
    return moment if isinstance(moment, YearMonth) else local_date(moment)
