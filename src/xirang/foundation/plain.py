"""Turns values of the program into plain data that JSON can hold, for records, events and kept results."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from xirang.foundation.actor import Ref
from xirang.foundation.sealing import Sealed


def jsonable(value: Any) -> Any:
    """JSON of plain values: ids, dates and nested dataclasses become text; a float is refused.

    A sealed value passes as it is: only the ledger can write it down, any other writer of JSON refuses it.
    """
    return _plain(value, inside=False)


def _plain(value: Any, *, inside: bool) -> Any:
    """Plain data. `inside` a dataclass a reference keeps its two parts: the type of its field revives it."""
    if value is None or isinstance(value, (str, bool, int, Sealed)):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Ref) and not inside:
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name), inside=True) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item, inside=inside) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, inside=inside) for item in value]
    raise TypeError(f"{type(value).__name__} may not stand in a record or an event")
