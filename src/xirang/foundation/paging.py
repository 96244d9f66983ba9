"""Lists page by key, never by OFFSET: a page is found through the index that carries the order."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Q, QuerySet

from xirang.foundation.errors import InvalidError

T = TypeVar("T")
PAGE = 25


class BadPageKeyError(InvalidError):
    code = "bad_page_key"
    zh = "翻页标记已失效，请回到第一页。"
    en = "This page mark is no longer valid; please return to the first page."


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its rows and the keys of the pages before and after (empty where there is none)."""

    rows: Sequence[T]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a page of a list begins, and which way it is read; `values` None begins at the list's own beginning."""

    order: tuple[str, ...]
    values: tuple[Any, ...] | None = None
    backwards: bool = False

    @property
    def ordering(self) -> list[str]:
        """The order in which the rows are asked for: turned round for a page before."""
        return [_flip(name) for name in self.order] if self.backwards else list(self.order)

    @property
    def condition(self) -> Q:
        """What lies beyond the row where the cut is made."""
        return _beyond(self.ordering, self.values) if self.values is not None else Q()

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Around the question: a forged key may hold a word where the column holds a number, or a moment of no date."""
        try:
            yield
        except (ValidationError, ValueError, TypeError, OverflowError, DataError) as error:
            if self.values is None:
                raise
            raise BadPageKeyError() from error

    def page(self, found: list[T], size: int, cell: Callable[[T, str], Any]) -> Page[T]:
        """The page of the rows that were found, one more than `size` where there are more; `cell` reads a column."""
        more, found = len(found) > size, found[:size]
        if self.backwards:
            found.reverse()
        has_next, has_previous = (True, more) if self.backwards else (more, self.values is not None)
        names = [name.lstrip("-") for name in self.order]

        def key(row: T, *, backwards: bool) -> str:
            return _pack([cell(row, name) for name in names], backwards=backwards)

        return Page(
            found,
            previous=key(found[0], backwards=True) if found and has_previous else "",
            next=key(found[-1], backwards=False) if found and has_next else "",
        )


def cut_at(key: str, order: Sequence[str]) -> Cut:
    """The cut that a page's key means in a list of this order; no key begins at the beginning, a spoilt one is
    InvalidError.
    """
    if not key:
        return Cut(tuple(order))
    values, backwards = _unpack(key, len(order))
    return Cut(tuple(order), tuple(values), backwards)


def page(
    queryset: QuerySet[Any], *, order: Sequence[str], key: str = "", size: int = PAGE, branches: Sequence[Q] = ()
) -> Page[Any]:
    """One page of `queryset` in `order` (field names, `-` for descending; the last one is unique).

    `key` is what a former page handed out as `next` or `previous`; a spoilt one is InvalidError. Fields of the order
    may not be null: filter or coalesce beforehand. `branches` are alternatives of which each keeps the order of an
    index: every branch gives its first rows and the best of all are taken, because one condition joined by `or`
    would read and sort everything.
    """
    cut = cut_at(key, order)
    with cut.checked():
        rows = queryset.order_by(*cut.ordering)
        if cut.values is not None:
            rows = rows.filter(cut.condition)
        found = _first(rows, branches, cut.ordering, size + 1)
    return cut.page(found, size, _value)


def page_of(rows: Sequence[T], *, by: str, key: str = "", size: int = PAGE) -> Page[T]:
    """One page of rows that are all at hand, in the order of the text `by`, which tells them apart."""
    cut = cut_at(key, [by])
    with cut.checked():
        found = sorted(rows, key=lambda row: str(_value(row, by)), reverse=cut.backwards)
        if cut.values is not None:
            (begin,) = cut.values
            found = [row for row in found if _after(_value(row, by), begin, backwards=cut.backwards)]
    return cut.page(found[: size + 1], size, _value)


def _after(value: str, begin: str, *, backwards: bool) -> bool:
    return value < begin if backwards else value > begin


def _first(rows: QuerySet[Any], branches: Sequence[Q], ordering: Sequence[str], count: int) -> list[Any]:
    if len(branches) < 2:
        return list(rows.filter(*branches)[:count])
    names = list(dict.fromkeys([*(name.lstrip("-") for name in ordering), "pk"]))
    parts = [
        rows.filter(branch).select_related(None).prefetch_related(None).values_list(*names)[:count]
        for branch in branches
    ]
    keys = parts[0].union(*parts[1:]).order_by(*ordering)[:count]
    wanted = [row[names.index("pk")] for row in keys]
    found = {row.pk: row for row in rows.filter(pk__in=wanted)}
    # A row that left the list between the two questions is simply no longer shown.
    return [found[pk] for pk in wanted if pk in found]


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(ordering: Sequence[str], values: Sequence[Any]) -> Q:
    """`(a, b) > (x, y)` written so that the planner bounds the index by the first column."""
    condition, equal = Q(), Q()
    for name, value in zip(ordering, values, strict=True):
        column, lookup = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{column}__{lookup}": value})
        equal &= Q(**{column: value})
    first, bound = ordering[0].lstrip("-"), "lte" if ordering[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": values[0]}) & condition


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = row[part] if isinstance(row, dict) else getattr(row, part)
    return row


def _pack(values: Sequence[Any], *, backwards: bool) -> str:
    cells = [_cell(value) for value in values]
    text = json.dumps([int(backwards), *cells], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value if isinstance(value, (int, str)) else str(value)


def _unpack(key: str, width: int) -> tuple[list[Any], bool]:
    try:
        cells = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        backwards, values = bool(cells[0]), [_read(cell) for cell in cells[1:]]
    except (ValueError, binascii.Error, TypeError, KeyError, IndexError, RecursionError) as error:
        raise BadPageKeyError() from error
    if len(values) != width:
        raise BadPageKeyError()
    return values, backwards


def _read(cell: Any) -> Any:
    if isinstance(cell, dict):
        if "t" not in cell:
            return date.fromisoformat(cell["d"])
        moment = datetime.fromisoformat(cell["t"])
        if moment.tzinfo is None:
            raise ValueError("a moment of a page key has its zone")
        return moment
    if not isinstance(cell, (int, str)):
        raise ValueError("a cell of a page key is a number or a text")
    return cell
