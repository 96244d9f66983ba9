"""The typed tree of a rule: small frozen nodes that every back end walks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from xirang.foundation.expressions.types import Type


@dataclass(frozen=True)
class Node:
    """One part of a rule: its type, and where it stands in the source (characters from 0, end excluded)."""

    type: Type
    start: int
    end: int

    @property
    def column(self) -> int:
        """The first column, counted from 1."""
        return self.start + 1

    @property
    def children(self) -> tuple[Node, ...]:
        """The parts directly below, in the order they are written."""
        found: list[Node] = []
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(part for part in value if isinstance(part, Node))
        return tuple(found)


@dataclass(frozen=True)
class Literal(Node):
    """A value written in the rule, already exact and already of the node's type."""

    value: object


@dataclass(frozen=True)
class Name(Node):
    """A named value; `path` has several parts for `about.staff`.

    `declared` is the declared type of the last part without its optional form, `optional_at` says for each part of
    the path whether it may be missing. The node's own `type` is what is known here, after has() has narrowed it.
    """

    path: tuple[str, ...]
    declared: Type
    optional_at: tuple[bool, ...]

    @property
    def dotted(self) -> str:
        """The path as it is written, "about.staff"."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Convert(Node):
    """A widening nobody wrote: int to rate or score, rate to score, fen to unrounded fen, a number to its unit."""

    operand: Node


@dataclass(frozen=True)
class Negate(Node):
    """-x"""

    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """left + right, left - right, left * right"""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    """a < b, or chained a < b <= c: one operator fewer than operands, all operands of one type."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class ListLiteral(Node):
    """The list written behind `in`; all items are literals of one type."""

    items: tuple[Literal, ...]


@dataclass(frozen=True)
class Membership(Node):
    """item in options, item not in options"""

    item: Node
    options: ListLiteral | Name
    negated: bool


@dataclass(frozen=True)
class Not(Node):
    """not x"""

    operand: Node


@dataclass(frozen=True)
class Logic(Node):
    """a and b and c, a or b or c; later operands are not evaluated once the answer stands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Choice(Node):
    """then if condition else otherwise"""

    then: Node
    condition: Node
    otherwise: Node


@dataclass(frozen=True)
class Call(Node):
    """A named function: values in `arguments` in the order of its signature, fixed words in `options`."""

    function: str
    arguments: tuple[Node, ...]
    options: tuple[tuple[str, str | int], ...] = field(default=())

    def word(self, name: str) -> str:
        """One fixed word, such as the rounding of round_fen()."""
        return str(dict(self.options)[name])

    def number(self, name: str) -> int:
        """One fixed number, such as the scale of ratio()."""
        return int(dict(self.options)[name])


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, each node before its parts, in the order they are written."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.children))
