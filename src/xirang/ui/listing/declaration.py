"""What a list page declares: its columns, filters, chips and orders, and where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from xirang.foundation.actor import Actor
from xirang.foundation.pages import Asked
from xirang.foundation.paging import PAGE, Page
from xirang.ui.components import BulkAction, DueBucket, DueCell, LinkCell, MomentCell, NumberCell, StatusCell, StepCell
from xirang.ui.components.lists import Role, Words

R = TypeVar("R")
T = TypeVar("T")
Cell = str | StatusCell | DueCell | MomentCell | NumberCell | LinkCell | StepCell | None
LONGEST = 80  # Letters of one filter in the address.
VIEW, ORDER, OPEN, KEY, PAPER = "view", "order", "open", "key", "paper"


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody asks of a list: who, when, in which language, and what the address says.

    `given` holds the filters of the address by name, empty ones left out; `wanted` the same with what the chosen chip
    adds. `order` is one of the listing's orders, `opened` the id of the row that stands open beside the list. `filters`
    are those that the list has for this address, `args` the parts of its path: the object whose rows these are. In
    `found` one part of the page keeps what another can use, such as figures that one statement counts for all of them.
    """

    request: Asked
    actor: Actor
    now: datetime
    language: str
    url: str
    given: Mapping[str, str]
    wanted: Mapping[str, Any]
    order: str
    opened: str = ""
    filters: Sequence[Filter] = ()
    args: Mapping[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict, compare=False)

    def once(self, name: str, find: Callable[[], T]) -> T:
        """What `find` answers, asked once for the page and kept in `found` under this name."""
        if name not in self.found:
            self.found[name] = find()
        value: T = self.found[name]
        return value

    def get(self, name: str) -> str:
        """What the address says of a filter, empty where it says nothing."""
        return self.given.get(name, "")

    def address(self, **changes: str) -> str:
        """The list's own address with its filters and these changes; an empty text takes a filter away."""
        kept = {name: text for name, text in {**self.given, **changes}.items() if text}
        return f"{self.url}?{urlencode(kept)}" if kept else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[R]):
    """A column: `cell` says what it shows of a row, on the screen, on paper and in a file alike.

    `orders` are the listing's orders that follow this column, the one a first click chooses standing first. `personal`
    ones may leave the house only for a purpose that is recorded. The rest is as in `components.Column`.
    """

    key: str
    title: Words
    cell: Callable[[R, Asking], Cell]
    role: Role = "meta"
    secondary: bool = False
    phone: bool = True
    short: bool = False
    personal: bool = False
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A filter of free words."""

    name: str = "q"
    label: Words
    longest: int = LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """A filter that is chosen from a list of (code, title); `every` is the line that filters nothing."""

    name: str
    label: Words
    every: Words
    options: Callable[[Asking], Sequence[tuple[str, str]]]
    longest: int = LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A filter by a day, `2026-11-21`."""

    name: str
    label: Words
    longest: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A filter that only links set. `said` puts it into words: a tag beside the filters, which can be taken away."""

    name: str
    said: Callable[[Asking], str] | None = None
    longest: int = LONGEST


Filter = Find | Choose | Day | Carried


@dataclass(frozen=True, slots=True)
class Chip:
    """A ready view of the list: what it adds to the filters. The one with an empty key is the list as it opens."""

    key: str
    title: Words
    adds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a row leads: its page, and the bulk action that it can take.

    With `posts` opening the row changes something (it is marked as read), so that the address is sent a form.
    """

    id: str
    url: str = ""
    bulk: str = ""
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands in a list without rows: the sentence, and the nearest useful thing."""

    title: Words
    text: Words = ""
    url: str = ""
    action: Words = ""


@dataclass(frozen=True, slots=True)
class HeadLink:
    """A link at the head of the page; one of them may be the page's main action. With `posts` it does what it says."""

    title: Words
    url: str
    icon: str = ""
    primary: bool = False
    posts: bool = False


def _nothing(_asking: Asking) -> tuple[Any, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[R]):
    """One list page. `name` is the name of its view; saved views and records of exports are kept under it.

    `rows` answers a page by key for (asking, key, size). `total` counts all rows that fit, stopping one beyond `most`;
    without it the pager names no total, and with None for this time neither. `drawer` is the address of the fragment
    that a row's id opens beside the list, empty for whoever has none. `chip_counts` answers for all chips at once, by
    key; a chip that is left out shows no figure, one beyond `most` says so. `strip` are the due buckets above the
    list, `bulk` the actions that the shown rows can take. `orders` name the ways to sort, the first is the one the
    list opens with. `heading` is what the page is called for what is asked, where that is more exact than the title,
    `crumbs` the way to it as (word, address). `exports` says whether rows may leave as a file. `template` extends
    `ui/list.html` where a page has more than its list, and reads what `more` gives. Filters, orders and the sentence
    under the title may depend on the address.
    """

    name: str
    title: Words
    unit: Words
    columns: Callable[[Asking], Sequence[Shown[R]]]
    rows: Callable[[Asking, str, int], Page[R]]
    line: Callable[[R, Asking], Line]
    heading: Callable[[Asking], Words] | None = None
    drawer: Callable[[str, Asking], str] | None = None
    about: Words | Callable[[Asking], Words] = ""
    crumbs: Callable[[Asking], Sequence[tuple[Words, str]]] = _nothing
    filters: Sequence[Filter] | Callable[[Asked], Sequence[Filter]] = ()
    chips: Callable[[Asking], Sequence[Chip]] = _nothing
    chip_counts: Callable[[Asking, Sequence[Chip]], Mapping[str, int]] | None = None
    orders: tuple[str, ...] | Callable[[Asking], tuple[str, ...]] = ()
    total: Callable[[Asking], int | None] | None = None
    most: int = 1000
    strip: Callable[[Asking], Sequence[DueBucket]] = _nothing
    bulk: Callable[[Sequence[R], Asking], Sequence[BulkAction]] | None = None
    links: Callable[[Asking], Sequence[HeadLink]] = _nothing
    empty: Callable[[Asking], Empty]
    size: int = PAGE
    exports: bool = True
    template: str = "ui/list.html"
    more: Callable[[Asking], Mapping[str, Any]] | None = None

    def called(self, asking: Asking) -> str:
        """What the page and a file of it are called."""
        return str(self.heading(asking) if self.heading else self.title)
