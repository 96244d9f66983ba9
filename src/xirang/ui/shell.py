"""What a page shell shows around a page: names, menus, the account and its counts."""

from dataclasses import dataclass
from typing import Literal

from xirang.ui.components.cards import Link


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a menu; at most two levels. ``line`` draws a hairline above it, ``hot`` marks a late count."""

    key: str
    title: str
    url: str
    icon: str = ""
    count: int | None = None
    hot: bool = False
    line: bool = False
    children: tuple["NavItem", ...] = ()


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
