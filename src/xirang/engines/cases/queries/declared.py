"""Lists that a process declares (`views` of cases.yaml): their condition as a filter of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from xirang.engines.cases.logic.kept import kept_fields, kept_text
from xirang.engines.cases.logic.names import view_names
from xirang.engines.cases.logic.process import ProcessType, ViewSpec
from xirang.engines.cases.logic.rules import end_of_day
from xirang.engines.cases.models.scope import firms_of, units_of
from xirang.engines.cases.queries.values import Answered
from xirang.foundation.actor import Actor
from xirang.foundation.expressions import (
    Comparison,
    Convert,
    ListLiteral,
    Literal,
    Logic,
    Membership,
    Name,
    Node,
    Not,
    compile_expression,
)
from xirang.foundation.expressions.types import BOOL

_LOOKUPS = {"==": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COLUMNS = {
    "stage": "stage",
    "outcome": "outcome",
    "reopened": "reopened",
    "due": "due_at",
    "opened_at": "opened_at",
    "closed_at": "closed_at",
}


TRUE, FALSE = kept_text(True), kept_text(False)


class NoFilterError(ValueError):
    """A condition that the table cannot answer; the check of a pack refuses it, so this is a fault of the program."""


@dataclass(frozen=True, slots=True)
class DeclaredView:
    """One declared list for one actor: the cases of its process that fit, in its order."""

    process: ProcessType
    view: ViewSpec
    condition: Q
    order: tuple[str, ...]
    open_only: bool


def read_view(process: ProcessType, view: ViewSpec, *, actor: Actor, now: datetime) -> DeclaredView:
    """The filter and order of a declared view, with `me` being the actor and the actor's units.

    What cases answered is looked up in the table of `CaseValue`; everything else is a column of the case.
    """
    expression = compile_expression(view.where, view_names(process), expects=BOOL)
    condition = Q(process_code=process.code) & _Filter(process, actor, now).of(expression.node)
    by_arrival = view.sort.removeprefix("-") == "opened_at"
    # Two orders have indexes for every reason of seeing a case, and are read either way: deadline and arrival.
    order: tuple[str, ...] = ("opened_at", "id") if by_arrival else ("order_at", "id")
    order = turned(order) if view.sort.startswith("-") else order
    return DeclaredView(process, view, condition, order, not by_arrival)


def turned(order: tuple[str, ...]) -> tuple[str, ...]:
    """The same order, the other way round."""
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


class _Filter:
    """Walks the typed tree of a condition; only comparisons of columns with values, and, or, not and in occur."""

    def __init__(self, process: ProcessType, actor: Actor, now: datetime) -> None:
        self.process, self.actor, self.fields = process, actor, kept_fields(process)
        self.constants: Mapping[str, Any] = {"now": now, "end_of_day": end_of_day(now)}

    def of(self, node: Node) -> Q:
        """The condition of one node."""
        makers: Mapping[type[Node], Callable[[Any], Q]] = {
            Logic: self._logic,
            Not: self._not,
            Comparison: self._comparison,
            Membership: self._membership,
            Convert: lambda inner: self.of(inner.operand),
            Name: lambda inner: self._answered(inner, [TRUE]),
        }
        make = makers.get(type(node))
        if make is None:
            raise NoFilterError(type(node).__name__)
        return make(node)

    def _not(self, node: Not) -> Q:
        """`not urgent` is to have said no: a case without the answer is in no list that asks for it."""
        operand = _plain(node.operand)
        return self._answered(operand, [FALSE]) if isinstance(operand, Name) else ~self.of(operand)

    def _answered(self, name: Name, values: list[str], *, unlike: bool = False) -> Q:
        return Q(Answered(self.process.code, name.dotted, values, unlike=unlike))

    def _logic(self, node: Logic) -> Q:
        found = self.of(node.operands[0])
        for operand in node.operands[1:]:
            found = found & self.of(operand) if node.operator == "and" else found | self.of(operand)
        return found

    def _comparison(self, node: Comparison) -> Q:
        found = Q()
        for place, operator in enumerate(node.operators):
            found &= self._pair(_plain(node.operands[place]), operator, _plain(node.operands[place + 1]))
        return found

    def _pair(self, left: Node, operator: str, right: Node) -> Q:
        if self._is_value(left):
            left, right, operator = right, left, _TURNED[operator]
        if not isinstance(left, Name) or not self._is_value(right):
            raise NoFilterError("a list compares columns with values")
        if left.path[0] in ("holder", "requester"):
            mine = self._party(left.path[0])
            return ~mine if operator == "!=" else mine
        if left.dotted in self.fields:
            return self._answer(left, operator, right)
        column, limit = self._column(left)
        value = self._value(right)
        if operator == "!=":
            return limit & ~Q(**{column: value})
        return limit & Q(**{f"{column}__{_LOOKUPS[operator]}": value})

    def _answer(self, field: Name, operator: str, right: Node) -> Q:
        """`topic == 'power'`; of a unit `power_unit == me`, where the actor's units stand for the actor."""
        if operator not in ("==", "!="):
            raise NoFilterError("answers are compared for being equal")
        if isinstance(right, Name) and right.dotted == "me":
            values = sorted(str(unit) for unit in units_of(self.actor))
        else:
            values = [kept_text(self._value(right))]
        return self._answered(field, values, unlike=operator == "!=")

    def _membership(self, node: Membership) -> Q:
        item = _plain(node.item)
        if not isinstance(item, Name) or not isinstance(node.options, ListLiteral):
            raise NoFilterError("a list looks for a column among written values")
        if item.dotted in self.fields:
            values = [kept_text(option.value) for option in node.options.items]
            return self._answered(item, values, unlike=node.negated)
        column, limit = self._column(item)
        found = limit & Q(**{f"{column}__in": [option.value for option in node.options.items]})
        return ~found if node.negated else found

    def _column(self, name: Name) -> tuple[str, Q]:
        if len(name.path) == 2 and name.path[1] == "due":
            return "due_at", Q(due_clock=name.path[0])
        return _COLUMNS[name.path[0]], Q()

    def _party(self, which: str) -> Q:
        """`holder == me`: the account itself or one of its units; likewise for the requester."""
        units = units_of(self.actor)
        if which == "holder":
            return Q(holder_account_id=self.actor.ref.id) | Q(holder_account__isnull=True, holder_unit_id__in=units)
        return Q(requester_account_id=self.actor.ref.id) | Q(requester_organisation_id__in=firms_of(self.actor))

    def _is_value(self, node: Node) -> bool:
        return isinstance(node, Literal) or (isinstance(node, Name) and node.path[0] in ("me", *self.constants))

    def _value(self, node: Node) -> Any:
        """What a written value or a constant stands for; NoFilterError for anything that a row has to tell."""
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Name) and node.path[0] in self.constants:
            return self.constants[node.path[0]]
        raise NoFilterError("a list compares columns with values")


def _plain(node: Node) -> Node:
    while isinstance(node, Convert):
        node = node.operand
    return node
