"""Lists page by key, never by OFFSET: a page is found through the index that carries the order."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
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


def page(
    queryset: QuerySet[Any], *, order: Sequence[str], key: str = "", size: int = PAGE, branches: Sequence[Q] = ()
) -> Page[Any]:
    """One page of `queryset` in `order` (field names, `-` for descending; the last one is unique).

    `key` is what a former page handed out as `next` or `previous`; a spoilt one is InvalidError. Fields of the order
    may not be null: filter or coalesce beforehand. `branches` are alternatives of which each keeps the order of an
    index: every branch gives its first rows and the best of all are taken, because one condition joined by `or`
    would read and sort everything.
    """
    values, backwards = _unpack(key, len(order)) if key else (None, False)
    ordering = [_flip(name) for name in order] if backwards else list(order)
    rows = queryset.order_by(*ordering)
    try:
        if values is not None:
            rows = rows.filter(_beyond(ordering, values))
        found = _first(rows, branches, ordering, size + 1)
    except (ValidationError, ValueError, TypeError, OverflowError, DataError) as error:
        if values is None:
            raise
        # A forged key may hold a word where the column holds a number, or a moment beyond the calendar.
        raise BadPageKeyError() from error
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, values is not None)
    return Page(
        found,
        previous=_pack(found[0], order, backwards=True) if found and has_previous else "",
        next=_pack(found[-1], order, backwards=False) if found and has_next else "",
    )


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
    for part in name.lstrip("-").split("__"):
        row = row[part] if isinstance(row, dict) else getattr(row, part)
    return row


def _pack(row: Any, order: Sequence[str], *, backwards: bool) -> str:
    cells = [_cell(_value(row, name)) for name in order]
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
