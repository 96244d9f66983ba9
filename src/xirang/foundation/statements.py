"""Plain statements for the few questions that every page asks: written SQL that the server keeps prepared.

A statement is put together from parts. A part carries its values, and says of which tables it states the scope: a
statement that names a table with a scope and states none for it is refused before it reaches the database, just as
`ScopedQuerySet` refuses. Which modules may ask this way stands in `tests/guards/test_plain_statements.py`.
"""

from __future__ import annotations

import functools
import json
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

import psycopg
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Model, Q

from xirang.foundation.actor import Actor
from xirang.foundation.scope import Scoped, UnscopedReadError

_COMPARISONS = {
    "exact": "{} = %s",
    "in": "{} = ANY(%s)",
    "gt": "{} > %s",
    "gte": "{} >= %s",
    "lt": "{} < %s",
    "lte": "{} <= %s",
    "overlap": "{} && %s",
}


class NotPlainError(Exception):
    """A condition joins tables or calls functions: only Django's own compiler can put it into SQL."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of SQL with `%s` for each of its values; `stated` are the tables whose scope it states."""

    text: str
    values: tuple[Any, ...] = ()
    stated: frozenset[str] = frozenset()


EVERYTHING = Part("TRUE")


def part(template: str, /, **given: Any) -> Part:
    """SQL with `{name}` for each thing given: a part is put in as it stands, anything else becomes a value.

    `part("SELECT c.id FROM cases_case c WHERE {scope} AND c.number = {number}", scope=within(…), number="HL-…")`.
    A literal brace is written twice, a literal percent sign too.
    """
    text: list[str] = []
    values: list[Any] = []
    stated: frozenset[str] = frozenset()
    for literal, name in _pieces(template):
        text.append(literal)
        if name is None:
            continue
        one = given[name]
        if isinstance(one, Part):
            text.append(one.text)
            values += one.values
            stated |= one.stated
        else:
            text.append("%s")
            values.append(one)
    return Part("".join(text), tuple(values), stated)


def joined(parts: list[Part], between: str) -> Part:
    """Parts in a row, `between` standing between them."""
    stated = frozenset[str]().union(*[one.stated for one in parts])
    return Part(between.join(one.text for one in parts), tuple(v for one in parts for v in one.values), stated)


def value_of(given: Any) -> Part:
    """A value of a column. A dict is `jsonb`, a list `uuid[]`; ids and moments go as text.

    So a statement is one and the same for the server whether a value is given or empty, and is prepared once.
    """
    if isinstance(given, dict):
        return Part("%s::jsonb", (json.dumps(given, ensure_ascii=False),))
    if isinstance(given, list):
        return Part("%s::uuid[]", ([str(one) for one in given],))
    if isinstance(given, UUID):
        return Part("%s", (str(given),))
    return Part("%s", (given.isoformat() if isinstance(given, datetime) else given,))


def new_row(table: str, row: Mapping[str, Any]) -> Part:
    """`INSERT INTO table (…) VALUES (…)` of values by column; a row that is being added lies in nobody's scope yet."""
    return part(
        "INSERT INTO {table} ({columns}) VALUES ({values})",
        table=Part(table, (), frozenset({table})),
        columns=Part(", ".join(row)),
        values=joined([value_of(one) for one in row.values()], ", "),
    )


def within(model: type[Model], actor: Actor, alias: str) -> Part:
    """The scope of an actor as `ScopedQuerySet.within` would state it; NotPlainError where it is not plain."""
    if not issubclass(model, Scoped):
        raise UnscopedReadError(f"{model.__name__} does not say what an actor may see")
    return of_scope(model, model.scope(actor), alias)


def of_scope(model: type[Model], condition: Q, alias: str) -> Part:
    """One branch of a model's scope, or all of it, taken from where `Model.scope` takes it."""
    found = where(model, condition, alias)
    return Part(found.text, found.values, frozenset({model._meta.db_table}))


def unscoped(model: type[Model], because: str) -> Part:
    """A condition that is always true; `because` says why no actor's scope applies to the rows that are read."""
    if not because:
        raise UnscopedReadError("unscoped needs a reason")
    return Part("TRUE", (), frozenset({model._meta.db_table}))


def where(model: type[Model], condition: Q, alias: str) -> Part:
    """A condition on the columns of one table as SQL; NotPlainError for joins, functions and other lookups."""
    return _where(model, condition, alias, denied=False)


def _where(model: type[Model], condition: Q, alias: str, *, denied: bool) -> Part:
    denied = denied or condition.negated
    parts = [
        _where(model, child, alias, denied=denied) if isinstance(child, Q) else _compared(model, child, alias, denied)
        for child in condition.children
    ]
    if not parts:
        return EVERYTHING
    both = joined(parts, f" {condition.connector} ")
    return Part(f"NOT ({both.text})" if condition.negated else f"({both.text})", both.values)


@runtime_checkable
class SaidPlainly(Protocol):
    """An expression of Django's that also knows its own plain SQL, for the table that a statement names `alias`."""

    def plain(self, alias: str) -> Part: ...


def _compared(model: type[Model], child: Any, alias: str, denied: bool) -> Part:
    if not isinstance(child, tuple):
        if isinstance(child, SaidPlainly):
            return child.plain(alias)
        raise NotPlainError(f"{child!r} is an expression of Django's")
    name, value = child
    field, lookup = _field(model, name)
    column = f"{alias}.{field.column}"
    if lookup == "isnull":
        return Part(f"{column} IS {'' if value else 'NOT '}NULL")
    if denied and field.null:
        # Django counts an empty column as unlike every value, SQL counts it as neither like nor unlike.
        raise NotPlainError(f"{name} may be empty and is denied")
    if value is None or hasattr(value, "resolve_expression"):
        raise NotPlainError(f"{name} is not compared with a value")
    if lookup not in ("in", "overlap"):
        return Part(_COMPARISONS[lookup].format(column), (_plain(field, value),))
    kind = field.base_field if lookup == "overlap" else field
    several = [_plain(kind, one) for one in value]
    # The server cannot tell the type of an empty list, and no row matches it anyway.
    return Part(_COMPARISONS[lookup].format(column), (several,)) if several else Part("FALSE")


def _plain(field: Any, value: Any) -> Any:
    return field.get_prep_value(value.pk if isinstance(value, Model) else value)


@functools.lru_cache(maxsize=512)
def _field(model: type[Model], name: str) -> tuple[Any, str]:
    """The column that a condition names, and how it compares."""
    named, _, lookup = name.partition("__")
    lookup = lookup or "exact"
    try:
        field: Any = model._meta.pk if named == "pk" else model._meta.get_field(named)
    except FieldDoesNotExist as error:
        raise NotPlainError(f"{name} is no column of {model.__name__}") from error
    if not getattr(field, "column", None) or lookup not in (*_COMPARISONS, "isnull"):
        raise NotPlainError(f"{name} compares in a way of its own")
    return field, lookup


def rows(asked: Part) -> list[tuple[Any, ...]]:
    """The rows of a statement. UnscopedReadError when it reads a table whose scope it does not state.

    Values of `jsonb` come as text, moments in UTC.
    """
    with _carried_out(asked) as cursor:
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def changed(asked: Part) -> int:
    """Carry out a statement that writes, inside a command: how many rows it touched."""
    with _carried_out(asked) as cursor:
        count: int = cursor.rowcount
        return count


def _carried_out(asked: Part) -> Any:
    if missing := _scoped_tables(asked.text) - asked.stated:
        raise UnscopedReadError(f"a statement reads {', '.join(sorted(missing))} without stating a scope")
    database: Any = connection
    database.ensure_connection()
    # Django's cursors put the values into the text themselves; only a cursor of psycopg's own lets the server keep the
    # plan. Django's wrapper around it counts and logs the statement like any other.
    cursor = database._prepare_cursor(psycopg.Cursor(database.connection))
    cursor.execute(asked.text, asked.values)
    return cursor


@functools.lru_cache(maxsize=512)
def _pieces(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _spec, _conversion in string.Formatter().parse(template))


@functools.lru_cache(maxsize=1024)
def _scoped_tables(text: str) -> frozenset[str]:
    """The tables with a scope that a statement names."""
    scoped = {model._meta.db_table for model in apps.get_models() if issubclass(model, Scoped)}
    return frozenset(set(re.findall(r"[a-z_0-9]+", text)) & scoped)
