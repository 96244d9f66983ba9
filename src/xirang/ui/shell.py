"""What a page shell shows around a page: names, menus, the account and its counts, and what engines add to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from xirang.foundation.actor import Actor
from xirang.foundation.pages import Asked
from xirang.ui.components.cards import Link


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a menu; at most two levels. ``line`` draws a hairline above it, ``hot`` marks a late count.

    ``order`` places it among the entries of other engines, small numbers first.
    """

    key: str
    title: str
    url: str
    icon: str = ""
    count: int | None = None
    hot: bool = False
    line: bool = False
    children: tuple[NavItem, ...] = ()
    order: int = 50


@dataclass(frozen=True, slots=True)
class Role:
    """A role the signed-in person may act in; switching posts ``value`` to the account's ``switch_url``."""

    value: str
    title: str
    active: bool = False
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """The signed-in person as the top bar names them."""

    name: str
    unit: str = ""
    role: str = ""
    profile_url: str = ""
    sign_out_url: str = ""
    switch_url: str = ""
    roles: tuple[Role, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything the shells read. ``active`` is the key of the current menu entry, parent or child.

    ``preview`` says as whom somebody is looking, and where a post ends it.
    ``tabs`` are the four entries of the phone's bottom bar; ``foot`` the entries at the foot of the tree.
    ``large`` comes from the request; ``demo`` adds the tag and the watermark. ``languages`` are those on offer.
    """

    district: str
    brand: str = "息壤"
    home_url: str = "/"
    nav: tuple[NavItem, ...] = ()
    foot: tuple[NavItem, ...] = ()
    tabs: tuple[NavItem, ...] = ()
    active: str = ""
    account: Account | None = None
    todo: NavItem | None = None
    messages: NavItem | None = None
    help_url: str = ""
    search_url: str = ""
    search_hint: str = ""
    sign_in_url: str = ""
    footer: tuple[Link, ...] = ()
    organiser: str = ""
    preview: Link | None = None
    demo: bool = False
    large: bool = False
    language: Literal["zh-hans", "en"] = "zh-hans"
    languages: tuple[tuple[str, str], ...] = (("zh-hans", "中文"), ("en", "English"))


@dataclass(frozen=True, slots=True)
class Home:
    """A page to begin with; of several on offer the one of the lowest ``order`` is taken."""

    url: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class Search:
    """Where the search box of the top bar leads, and what it may find."""

    url: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What one engine adds to the frame of a page for whoever looks at it.

    ``nav`` and ``foot`` stand in the tree (or the public bar), ``footer`` below public pages, ``tabs`` at the foot of a
    phone, ``todo`` and ``messages`` in the top bar.
    """

    nav: tuple[NavItem, ...] = ()
    foot: tuple[NavItem, ...] = ()
    footer: tuple[tuple[int, Link], ...] = ()
    tabs: tuple[NavItem, ...] = ()
    home: Home | None = None
    todo: NavItem | None = None
    messages: NavItem | None = None
    search: Search | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """Offered by an engine: its entries for one person, and which entry is current on pages that are none.

    ``entries(request, actor)`` decides by the actor, also for the public and for firms. ``active`` maps the names of
    views to the keys of entries.
    """

    entries: Callable[[Asked, Actor], Entries]
    active: Mapping[str, str] = field(default_factory=dict)


def in_order(items: Iterable[NavItem]) -> tuple[NavItem, ...]:
    """Entries of several engines in their order; equal ones stay as the engines stand."""
    return tuple(sorted(items, key=lambda item: item.order))
