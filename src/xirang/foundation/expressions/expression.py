"""A compiled rule: read and checked once, evaluated for any number of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xirang.foundation.expressions.agreement import require, require_present
from xirang.foundation.expressions.checking import Checker
from xirang.foundation.expressions.evaluating import Calendar, evaluate
from xirang.foundation.expressions.nodes import Call, Name, Node, walk
from xirang.foundation.expressions.outcome import Evaluation
from xirang.foundation.expressions.reading import read
from xirang.foundation.expressions.types import Kinds, OptionalOf, Type, as_type


@dataclass(frozen=True)
class Expression:
    """One rule that has been read and checked.

    `node` is the typed tree, `type` what a row gives, `names` the dotted paths that the rule uses
    ("bill", "about.staff"), `inputs` the first node of each, in the order they are written.
    """

    source: str
    node: Node
    type: Type
    names: frozenset[str]
    inputs: tuple[Name, ...] = field(repr=False, compare=False)

    @property
    def needs_calendar(self) -> bool:
        """Whether evaluating it needs a working calendar."""
        return any(isinstance(part, Call) and part.function == "workdays_between" for part in walk(self.node))

    def evaluate(self, values: Mapping[str, object], *, calendar: Calendar | None = None) -> Evaluation:
        """The value for one row, with its trace.

        `values` maps names to values, records as nested mappings: int for int and fen, Fraction, Decimal, int or a
        pair of integers for rate, score and quantity, date, aware datetime, YearMonth or the first day of a month,
        str for code and text, list for lists, None only for what may be missing. Names that the rule does not use
        are ignored. Raises ExpressionError naming the value that is absent or does not fit; a float never fits.
        """
        return evaluate(self.node, self.source, self.inputs, values, calendar)


def compile_expression(source: str, names: Kinds, *, expects: Type | None = None) -> Expression:
    """Read and check a rule. `names` maps each name to its type, a record to a nested mapping of types.

    With `expects` the result is of that type or refused; without it any single value will do, also one that may be
    missing. Raises ExpressionError, and nothing else, for every text that is not a rule.
    """
    reading = read(source)
    node = Checker(reading, {name: as_type(kind) for name, kind in names.items()}).check(reading.body)
    if expects is not None:
        node = require(node, expects, reading.source)
    elif not isinstance(node.type, OptionalOf):
        require_present(node, reading.source)
    # Walking backwards leaves the first node of each path in place, which is where an error points to.
    named = [part for part in walk(node) if isinstance(part, Name)]
    first = {part.path: part for part in reversed(named)}
    inputs = tuple(sorted(first.values(), key=lambda part: part.start))
    return Expression(reading.source, node, node.type, frozenset(part.dotted for part in inputs), inputs)
