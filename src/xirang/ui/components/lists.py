"""Shapes of list pages: table, cells, due strip, saved views, tabs, bulk actions and pager."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise  # A word may be translated as late as it is drawn.
Role = Literal["due", "title", "status", "meta", "number", "actions"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``secondary`` ones vanish while the drawer is docked, ``phone=False`` ones are left out of the card.

    A ``short`` title, such as a name, leaves the width to the others; what else is short stays on one line.
    """

    key: str
    title: Words
    role: Role = "meta"
    secondary: bool = False
    phone: bool = True
    short: bool = False
    sort_url: str = ""
    sorted: Literal["", "up", "down"] = ""

    @property
    def css(self) -> str:
        """Classes of the column's heading."""
        right = " is-right" if self.role == "number" else ""
        short = " is-short" if self.short else ""
        return f"x-col-{self.role}{right}{short}{' is-secondary' if self.secondary else ''}"

    @property
    def cell_css(self) -> str:
        """Classes of each cell of the column."""
        return self.css if self.phone else f"{self.css} is-phone-hidden"


@dataclass(frozen=True, slots=True)
class StatusCell:
    """Dot and word."""

    kind: str
    word: str


@dataclass(frozen=True, slots=True)
class DueCell:
    """A deadline, said by the calendar."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class MomentCell:
    """When something happened, in local time to the minute or the second; never broken over two lines."""

    at: datetime | None
    seconds: bool = False


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number with its unit; ``value`` may be None, which is shown as a dash."""

    value: int | str | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LinkCell:
    """A link inside a row that is not the row's own link."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class StepCell:
    """What was done, with its particulars below as title and text."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row: ``cells`` by column key; ``url`` is the page behind it, ``drawer_url`` the fragment for the drawer.

    With ``posts`` the row is opened by a form, because opening it changes something.
    """

    id: str
    cells: dict[str, Any]
    url: str = ""
    drawer_url: str = ""
    selectable: bool = True
    is_open: bool = False
    bulk: str = ""
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Paging by key: only previous and next; ``total`` None when counting would cost too much."""

    total: int | None = None
    unit: Words = _("件")
    per_page: int = 20
    previous_url: str = ""
    next_url: str = ""
    note: str = ""

    @property
    def total_text(self) -> str:
        """The total with thousands set apart."""
        return "" if self.total is None else f"{self.total:,}"


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An action on the ticked rows. Rows whose ``bulk`` words hold ``needs`` are counted as able to take it."""

    title: str
    url: str
    icon: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """All a list table needs. ``state`` loading draws a skeleton, failed keeps the filters and offers ``retry_url``."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    caption: str = ""
    selectable: bool = False
    dense: bool = True
    state: Literal["ready", "loading", "failed"] = "ready"
    empty_title: Words = _("没有符合条件的件")
    empty_text: str = ""
    empty_url: str = ""
    empty_action: str = ""
    retry_url: str = ""
    reference: str = ""
    bulk: tuple[BulkAction, ...] = ()
    pager: Pager | None = None
    unit: Words = _("件")
    skeleton_rows: int = 5

    @property
    def span(self) -> int:
        """How many columns a note across the table covers."""
        return len(self.columns) + (1 if self.selectable else 0)

    @property
    def leading(self) -> str:
        """The key of the column that opens a row, empty where none does."""
        return next((column.key for column in self.columns if column.role == "title"), "")

    @property
    def skeleton(self) -> range:
        """One step per row of the skeleton."""
        return range(self.skeleton_rows)


@dataclass(frozen=True, slots=True)
class DueBucket:
    """One cell of the due strip; ``count`` is a text such as “1000+” where nobody counted on."""

    label: str
    count: int | str
    url: str
    unit: Words = _("件")
    late: bool = False
    active: bool = False


@dataclass(frozen=True, slots=True)
class ViewChip:
    """A saved view with its count, a text such as “1000+” where nobody counted on.

    Where it is one's own, ``remove_url`` is where a form removes it.
    """

    label: str
    url: str
    count: int | str | None = None
    active: bool = False
    own: bool = False
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class TabItem:
    """A tab or a segment: a link, one of which is current."""

    label: str
    url: str
    count: str | int | None = None
    active: bool = False
