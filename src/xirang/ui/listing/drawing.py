"""From a declared list and what is asked of it to what the page draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from xirang.foundation.paging import Page
from xirang.ui.components import Column, DueBucket, Pager, Row, Table, ViewChip
from xirang.ui.components.lists import Words
from xirang.ui.listing.asking import chosen_chip
from xirang.ui.listing.declaration import (
    KEY,
    ORDER,
    PAPER,
    VIEW,
    Asking,
    Carried,
    Choose,
    Day,
    Empty,
    Find,
    HeadLink,
    Listing,
    Shown,
)
from xirang.ui.listing.saved import saved_views
from xirang.ui.wording import listed, paired

R = TypeVar("R")
ON_PAPER = 500  # Rows of a printed list: about twelve sheets.


@dataclass(frozen=True, slots=True)
class Input:
    """A filter as the page draws it: `kind` is find, choose or day."""

    kind: str
    name: str
    label: Words
    value: str
    every: Words = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """A filter that a link has set, in words, and the address without it."""

    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Export:
    """What the form for a file needs: where it is sent, whether somebody has to say for what, and what was wrong."""

    url: str
    personal: bool
    purpose: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that `ui/list.html` reads."""

    name: str
    title: Words
    about: Words
    crumbs: Sequence[tuple[Words, str]]
    url: str
    links: Sequence[HeadLink]
    strip: Sequence[DueBucket]
    chips: tuple[ViewChip, ...]
    inputs: tuple[Input, ...]
    hidden: tuple[tuple[str, str], ...]
    tags: tuple[Tag, ...]
    clear: str
    save_url: str
    query: str
    here: str
    table: Table
    drawer: bool
    opened_url: str
    paper: bool
    paper_url: str
    said: str
    export: Export | None


def drawn(listing: Listing[R], asking: Asking, *, wrong: str = "") -> Drawn:
    """One page of the list. BadPageKeyError for a mark of a page that somebody has spoilt.

    `wrong` says what was wrong with the form for a file that was sent.
    """
    paper = asking.request.GET.get(PAPER) == "1"
    key = asking.request.GET.get(KEY, "")
    found = listing.rows(asking, key, ON_PAPER if paper else listing.size)
    columns = listing.columns(asking)
    rows = tuple(_row(listing, columns, one, asking) for one in found.rows)
    chips = () if paper else _chips(listing, asking)
    return Drawn(
        name=listing.name,
        title=listing.called(asking),
        about=listing.about(asking) if callable(listing.about) else listing.about,
        crumbs=listing.crumbs(asking),
        url=asking.url,
        links=() if paper else listing.links(asking),
        strip=() if paper else listing.strip(asking),
        chips=chips,
        inputs=() if paper else _inputs(asking),
        hidden=_hidden(asking),
        tags=_tags(asking),
        clear=asking.url if asking.given else "",
        save_url="" if paper else _save_url(asking, chips),
        query=urlencode(asking.given),
        here=asking.address(),
        table=_table(listing, asking, columns, rows, found, paper=paper),
        drawer=not paper and _has_drawer(listing, rows),
        opened_url="" if paper else _opened_url(listing, asking),
        paper=paper,
        said=filters_in_words(listing, asking) if paper else "",
        paper_url=asking.address(**{PAPER: "1"}),
        export=_export(columns, asking, wrong) if listing.exports and rows and not paper else None,
    )


def _table(
    listing: Listing[R],
    asking: Asking,
    columns: Sequence[Shown[R]],
    rows: tuple[Row, ...],
    found: Page[R],
    *,
    paper: bool,
) -> Table:
    bulk = tuple(listing.bulk(found.rows, asking)) if listing.bulk and not paper else ()
    empty = listing.empty(asking) if not rows else Empty("")
    return Table(
        columns=tuple(_column(column, asking) for column in columns),
        rows=rows,
        caption=listing.called(asking),
        selectable=listing.bulk is not None and not paper,
        bulk=bulk,
        unit=listing.unit,
        empty_title=empty.title,
        empty_text=str(empty.text),
        empty_url=empty.url,
        empty_action=str(empty.action),
        pager=_pager(listing, asking, found, paper=paper),
    )


def _row(listing: Listing[R], columns: Sequence[Shown[R]], one: R, asking: Asking) -> Row:
    line = listing.line(one, asking)
    cells = {column.key: column.cell(one, asking) for column in columns}
    return Row(
        line.id,
        cells,
        url=line.url,
        drawer_url=listing.drawer(line.id, asking) if listing.drawer else "",
        bulk=line.bulk,
        posts=line.posts,
        is_open=bool(asking.opened) and asking.opened == line.id,
    )


def _has_drawer(listing: Listing[Any], rows: tuple[Row, ...]) -> bool:
    """Also where no row is shown now: other filters bring some without loading the page anew."""
    return listing.drawer is not None and (not rows or any(row.drawer_url for row in rows))


def _opened_url(listing: Listing[Any], asking: Asking) -> str:
    """The fragment of the row that the address names; nothing for an id that no row could have."""
    if listing.drawer is None or not asking.opened:
        return ""
    try:
        return listing.drawer(asking.opened, asking)
    except NoReverseMatch:
        return ""


def _column(column: Shown[Any], asking: Asking) -> Column:
    """The head of a column: a click chooses its first order, a further click the next one."""
    place = column.orders.index(asking.order) if asking.order in column.orders else -1
    target = column.orders[(place + 1) % len(column.orders)] if column.orders else ""
    turned = asking.order.startswith("-")
    return Column(
        column.key,
        column.title,
        column.role,
        secondary=column.secondary,
        phone=column.phone,
        short=column.short,
        sort_url=asking.address(**{ORDER: target}) if target and target != asking.order else "",
        sorted="" if place < 0 else "down" if turned else "up",
    )


def _pager(listing: Listing[Any], asking: Asking, found: Page[Any], *, paper: bool) -> Pager:
    if paper:
        more = _("只印前 %(count)s 行；要全部，请导出。") % {"count": ON_PAPER} if found.next else ""
        return Pager(None, listing.unit, ON_PAPER, note=more)
    total = listing.total(asking) if listing.total else None
    capped = total is not None and total > listing.most
    words = {"count": f"{listing.most:,}", "unit": listing.unit, "size": listing.size}
    return Pager(
        None if capped else total,
        listing.unit,
        listing.size,
        previous_url=asking.address(**{KEY: found.previous}) if found.previous else "",
        next_url=asking.address(**{KEY: found.next}) if found.next else "",
        note=_("%(count)s %(unit)s以上，每页 %(size)s %(unit)s") % words if capped else "",
    )


def _chips(listing: Listing[Any], asking: Asking) -> tuple[ViewChip, ...]:
    chips = listing.chips(asking)
    counts = listing.chip_counts(asking, chips) if listing.chip_counts and chips else {}
    chosen, bare = asking.get(VIEW), not asking.given
    fixed = [
        ViewChip(
            str(chip.title),
            f"{asking.url}?{urlencode({VIEW: chip.key})}" if chip.key else asking.url,
            _figure(counts.get(chip.key), listing.most),
            active=chosen == chip.key if chip.key else bare,
        )
        for chip in chips
    ]
    keeper = saved_views(asking.actor)
    own = keeper.of(asking.actor, listing.name) if keeper else ()
    if own and not fixed:
        fixed = [ViewChip(_("全部"), asking.url, active=bare)]
    kept = [
        ViewChip(
            view.title,
            f"{asking.url}?{urlencode(view.query)}",
            active=dict(asking.given) == view.query,
            own=True,
            remove_url=view.remove_url,
        )
        for view in own
    ]
    return (*fixed, *kept)


def _figure(count: int | None, most: int) -> int | str | None:
    """Beyond the bound nobody counted on."""
    return count if count is None or count <= most else f"{most}+"


def _save_url(asking: Asking, chips: tuple[ViewChip, ...]) -> str:
    """Where the filters can be kept as a view; empty where nothing is filtered, or the open view is one's own."""
    keeper = saved_views(asking.actor)
    if keeper is None or not asking.given or any(chip.own and chip.active for chip in chips):
        return ""
    return keeper.save_url()


def _inputs(asking: Asking) -> tuple[Input, ...]:
    found = []
    for one in asking.filters:
        value = asking.get(one.name)
        if isinstance(one, Find):
            found.append(Input("find", one.name, one.label, value))
        elif isinstance(one, Day):
            found.append(Input("day", one.name, one.label, value))
        elif isinstance(one, Choose):
            options = tuple(one.options(asking))
            if options:
                found.append(Input("choose", one.name, one.label, value, one.every, options))
    return tuple(found)


def _hidden(asking: Asking) -> tuple[tuple[str, str], ...]:
    """What the form of the filters carries along unseen."""
    names = [VIEW, ORDER, *(one.name for one in asking.filters if isinstance(one, Carried))]
    return tuple((name, asking.get(name)) for name in names if asking.get(name))


def _tags(asking: Asking) -> tuple[Tag, ...]:
    said = [
        (one.name, one.said(asking))
        for one in asking.filters
        if isinstance(one, Carried) and one.said is not None and asking.get(one.name)
    ]
    return tuple(Tag(text, asking.address(**{name: ""})) for name, text in said if text)


def _export(columns: Sequence[Shown[Any]], asking: Asking, wrong: str) -> Export:
    purpose = asking.request.POST.get("purpose", "") if wrong else ""
    return Export(asking.address(), any(column.personal for column in columns), purpose, wrong)


def filters_in_words(listing: Listing[Any], asking: Asking) -> str:
    """The filters as a person would say them, for the head of the paper and for the record of a file."""
    said = []
    for one in _inputs(asking):
        if one.value:
            said.append(paired(str(one.label), dict(one.options).get(one.value, one.value)))
    said += [tag.text for tag in _tags(asking)]
    chip = chosen_chip(listing.chips(asking), asking.get(VIEW))
    return listed([*([str(chip.title)] if chip and chip.key else []), *said])
