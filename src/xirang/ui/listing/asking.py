"""From a request to what it asks of a list: only filters that the list declares, cut to their length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from xirang.foundation.pages import Asked
from xirang.ui.listing.declaration import OPEN, ORDER, VIEW, Asking, Chip, Day, Filter, Listing

YEARS = range(1900, 3000)


def asking_of(
    request: Asked, listing: Listing[Any], *, now: datetime, language: str, args: Mapping[str, Any] | None = None
) -> Asking:
    """What the address asks; `args` are the parts that stand in its path.

    An order or a chip that the list does not have is as if nothing had been said.
    """
    filters = tuple(listing.filters(request) if callable(listing.filters) else listing.filters)
    given = {one.name: text for one in filters if (text := _given(request, one))}
    url, opened = reverse(listing.name, kwargs=dict(args or {})), request.GET.get(OPEN, "")[:64]
    plain = Asking(request, request.actor, now, language, url, given, given, "", opened, filters, args or {})
    chip = chosen_chip(listing.chips(plain), request.GET.get(VIEW, ""))
    said = dict(given)
    if chip is not None and chip.key:
        said[VIEW] = chip.key
    asking = replace(plain, given=said, wanted={**said, **(chip.adds if chip else {})})
    return _ordered(asking, listing, request.GET.get(ORDER, ""))


def _ordered(asking: Asking, listing: Listing[Any], order: str) -> Asking:
    orders = listing.orders(asking) if callable(listing.orders) else listing.orders
    default = orders[0] if orders else ""
    if order not in orders or order == default:
        return replace(asking, order=default)
    said = {ORDER: order}
    return replace(asking, order=order, given={**asking.given, **said}, wanted={**said, **asking.wanted})


def chosen_chip(chips: Sequence[Chip], key: str) -> Chip | None:
    """The chip of this key, else the one the list opens with, if it has chips at all."""
    found = {chip.key: chip for chip in chips}
    return found.get(key) or found.get("")


def _given(request: Asked, one: Filter) -> str:
    # A NUL cannot stand in the database, and a line break cannot have been typed into one of these fields.
    text = " ".join(request.GET.get(one.name, "").replace("\0", " ").split())[: one.longest]
    if isinstance(one, Day):
        return text if _is_day(text) else ""
    return text


def _is_day(text: str) -> bool:
    """A day of our times: with the first or the last of all years no day can be reckoned."""
    try:
        return date.fromisoformat(text).year in YEARS
    except ValueError:
        return False
