"""The context of every page: the shell around it, made of what the engines add to it for whoever looks."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.db import DatabaseError
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from xirang.foundation.actor import Actor, is_public
from xirang.foundation.addresses import address_of
from xirang.foundation.engines import every
from xirang.foundation.pages import Asked
from xirang.people.queries import is_office
from xirang.people.spec import role_title
from xirang.ui.components import Link
from xirang.ui.pages import is_large
from xirang.ui.shell import Account, Entries, Home, Menu, NavItem, Search, Shell, in_order
from xirang.ui.wording import listed, speaks_english

TABS = 3  # Beside the own account, which is always the last of the four entries at the foot of a phone's screen.


def shell(request: Asked) -> dict[str, Any]:
    """`shell`, `me` and `base` for templates; two queries for somebody signed in, none for the public.

    The shell is made when a template draws it: a part of a page, such as the drawer, stands in one already.
    """
    try:
        actor = request.actor
        base = "ui/office.html" if is_office(actor) else "ui/public.html"
    except (AttributeError, DatabaseError):
        return {"shell": _bare(request)}
    return {"shell": SimpleLazyObject(lambda: _drawn(request, actor)), "me": actor, "base": base}


def _drawn(request: Asked, actor: Actor) -> Shell:
    try:
        return _shell(request, actor)
    except (AttributeError, DatabaseError):
        return _bare(request)


def _bare(request: Asked) -> Shell:
    """The page that says what has failed must not need it."""
    return Shell(district=settings.DISTRICT_NAME, demo=settings.DEMO, large=is_large(request))


def _shell(request: Asked, actor: Actor) -> Shell:
    language: Literal["zh-hans", "en"] = "en" if speaks_english() else "zh-hans"
    added = [menu.entries(request, actor) for menu in every(Menu)]
    home = min((one.home for one in added if one.home), key=lambda one: one.order, default=Home("/"))
    search = next((one.search for one in added if one.search), Search("", ""))
    return Shell(
        brand=_("息壤"),
        district=settings.DISTRICT_NAME,
        demo=settings.DEMO,
        large=is_large(request),
        language=language,
        sign_in_url=address_of("people:sign_in"),
        preview=_preview(actor),
        active=_active(request),
        nav=in_order(item for one in added for item in one.nav),
        foot=in_order(item for one in added for item in one.foot),
        footer=_footer(added),
        tabs=_tabs(actor, added),
        home_url=home.url,
        account=None if is_public(actor) else _account(request, actor, language),
        todo=next((one.todo for one in added if one.todo), None),
        messages=next((one.messages for one in added if one.messages), None),
        search_url=search.url,
        search_hint=search.hint,
    )


def _footer(added: list[Entries]) -> tuple[Link, ...]:
    links = sorted((pair for one in added for pair in one.footer), key=lambda pair: pair[0])
    return tuple(link for _order, link in links)


def _tabs(actor: Actor, added: list[Entries]) -> tuple[NavItem, ...]:
    """The entries at the foot of a phone's screen, in the office."""
    if not is_office(actor):
        return ()
    mine = NavItem("own_account", _("我的"), address_of("people:own_account"), "person")
    return (*in_order(item for one in added for item in one.tabs)[:TABS], mine)


def _preview(actor: Actor) -> Link | None:
    """Said on every page while somebody looks as another."""
    if not actor.read_only:
        return None
    return Link(_("正以%(name)s的身份查看，只能看，不能办。") % {"name": actor.name}, address_of("people:end_preview"))


def _active(request: Asked) -> str:
    """The key of the menu entry for the page that is shown."""
    match = request.resolver_match
    if match is None:
        return ""
    named = {view: key for menu in every(Menu) for view, key in menu.active.items()}
    return named.get(match.view_name, match.view_name.split(":")[-1])


def _account(request: Asked, actor: Actor, language: str) -> Account:
    held = list(dict.fromkeys(role_title(grant.role, language) for grant in actor.grants if not grant.implied))
    row = getattr(request, "account", None)
    unit = row.organisation.name if row is not None and row.organisation else ""
    return Account(
        actor.name,
        unit,
        listed(held[:2]),
        profile_url=address_of("people:own_account"),
        sign_out_url=address_of("people:sign_out"),
    )
