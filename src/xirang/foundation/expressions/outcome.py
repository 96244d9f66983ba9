"""What comes out of evaluating a rule for one row: the value, and the steps that led to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from xirang.foundation.expressions.nodes import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Logic,
    Membership,
    Name,
    Negate,
    Node,
    Not,
)
from xirang.foundation.expressions.types import Type
from xirang.foundation.expressions.values import LOCAL, YearMonth


@dataclass(frozen=True)
class TraceStep:
    """One part of a rule and what came out.

    `kind` is input, arithmetic, comparison, membership, logic, choice or function. `operands` are the values on the
    sides of a comparison. A part that was not needed has `evaluated` False and no value.
    """

    source_fragment: str
    column: int
    value: object
    kind: str
    type: Type
    node: Node = field(repr=False, compare=False)
    evaluated: bool = True
    operands: tuple[object, ...] = ()

    def as_data(self) -> dict[str, object]:
        """The step for JSON: exact values as whole numbers or text, such as "19/20" or "2026-07"."""
        return {
            "fragment": self.source_fragment,
            "column": self.column,
            "kind": self.kind,
            "type": str(self.type),
            "evaluated": self.evaluated,
            "value": value_as_data(self.value),
            "operands": [value_as_data(each) for each in self.operands],
        }


Note = tuple[Node, object, tuple[object, ...], bool]
"""What evaluating writes down of one part: the part, its value, the sides of a comparison, whether it was needed."""


@dataclass(frozen=True)
class Evaluation:
    """The value of a rule for one row, and the trace: inputs and sub-results in the order they were found."""

    value: object
    type: Type
    source: str
    node: Node = field(repr=False, compare=False)
    notes: tuple[Note, ...] = field(repr=False, compare=False)

    @cached_property
    def trace(self) -> tuple[TraceStep, ...]:
        """One step for each part that had a say; made when somebody asks, since most rows are only counted."""
        return tuple(
            TraceStep(
                source_fragment=self.source[node.start : node.end],
                column=node.column,
                value=value,
                kind=_KINDS[type(node)],
                type=node.type,
                node=node,
                evaluated=evaluated,
                operands=operands,
            )
            for node, value, operands, evaluated in self.notes
        )

    def as_data(self) -> dict[str, object]:
        """The evaluation for JSON, for the record of a decision."""
        return {
            "source": self.source,
            "type": str(self.type),
            "value": value_as_data(self.value),
            "trace": [step.as_data() for step in self.trace],
        }


def value_as_data(value: object) -> object:
    """A value for JSON without losing anything: no float, a ratio as "numerator/denominator", dates in ISO form."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, YearMonth):
        return str(value)
    if isinstance(value, tuple):
        return [value_as_data(each) for each in value]
    return value


_KINDS: dict[type[Node], str] = {
    Name: "input",
    Negate: "arithmetic",
    Arithmetic: "arithmetic",
    Comparison: "comparison",
    Not: "logic",
    Membership: "membership",
    Logic: "logic",
    Choice: "choice",
    Call: "function",
}
