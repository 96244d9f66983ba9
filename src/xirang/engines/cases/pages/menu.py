"""What the cases engine adds to the frame of every page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from xirang.engines.cases import queries
from xirang.engines.cases.queries import installed
from xirang.foundation.actor import Actor, is_public
from xirang.foundation.addresses import address_of
from xirang.foundation.pages import Asked, now
from xirang.people.queries import is_office
from xirang.ui.components import Link
from xirang.ui.shell import Entries, Home, NavItem, Search

WORKING_ROLES = ("dispatcher", "handler", "unit_leader", "leader", "grid_worker", "auditor")
DESK_ROLES = ("dispatcher", "unit_leader", "grid_worker", "leader", "auditor")
ACTIVE = {
    "cases:drawer": "cases",
    "cases:case": "cases",
    "cases:act": "cases",
    "cases:ask": "services",
    "cases:tracked": "track",
    "cases:answer": "track",
}


def entries(request: Asked, actor: Actor) -> Entries:
    """The public bar, or the office's tree with what waits; one query for whoever works on cases."""
    if is_public(actor):
        return Entries(nav=_public(), footer=((10, Link(_("意见与投诉"), _complaints_url())),), home=_portal())
    if not is_office(actor):
        asked = NavItem("asked", _("我的求助"), address_of("cases:asked"))
        return Entries(
            nav=(*_public(), asked, NavItem("search", _("搜索"), address_of("ui:search"))),
            footer=((10, Link(_("意见与投诉"), _complaints_url())),),
            home=_portal(),
        )
    foot = (NavItem("complaints", _("意见与投诉"), _complaints_url(), "chat-left-text", order=60),)
    search = Search(address_of("ui:search"), _("搜编号、企业、电话、地址、事项"))
    if not actor.holds(*WORKING_ROLES):
        return Entries(foot=foot, search=search)
    desk = actor.holds("dispatcher")
    waiting = _waiting(request, actor, desk)
    return Entries(
        nav=_office(actor, waiting, desk),
        foot=foot,
        tabs=_tabs(waiting, desk),
        home=Home(address_of("cases:work"), 10),
        todo=NavItem("work", _("待办"), address_of("cases:dispatch" if desk else "cases:work"), count=waiting),
        search=search,
    )


def _portal() -> Home:
    return Home(address_of("cases:portal"), 10)


def _public() -> tuple[NavItem, ...]:
    return (
        NavItem("portal", _("首页"), address_of("cases:portal"), order=10),
        NavItem("services", _("我要求助"), address_of("cases:services"), order=10),
        NavItem("track", _("查进度"), address_of("cases:track"), order=10),
        NavItem("figures", _("公开数据"), address_of("cases:figures"), order=10),
    )


def _complaints_url() -> str:
    """The process that serves complaints where one is open, otherwise all services: the way is always there."""
    code = installed.serving("complaints")
    return reverse("cases:ask", args=[code]) if code else address_of("cases:services")


def _waiting(request: Asked, actor: Actor, desk: bool) -> int:
    """How many cases wait for the actor: at the desk those to hand over, elsewhere those held."""
    counted: int | None = getattr(request, "waiting", None)
    if counted is not None:
        return counted
    return queries.count_open(actor=actor, wanted=awaited(desk=desk), now=now())


def awaited(*, desk: bool) -> queries.CaseFilter:
    """The list whose length the frame shows."""
    return queries.CaseFilter(stages=installed.desk_stages()) if desk else queries.CaseFilter(mine=True)


def _office(actor: Actor, waiting: int, desk: bool) -> tuple[NavItem, ...]:
    children = [NavItem("work", _("待我办"), address_of("cases:work"), count=None if desk else waiting)]
    if actor.holds(*DESK_ROLES):
        children.append(NavItem("dispatch", _("待交办"), address_of("cases:dispatch"), count=waiting if desk else None))
    children += [
        NavItem("asked", _("我提交的"), address_of("cases:asked")),
        NavItem("cases", _("全部办件"), address_of("cases:cases")),
    ]
    first = children[1] if desk else children[0]
    return (
        NavItem("office", _("办件"), first.url, "folder2-open", children=tuple(children), order=10),
        NavItem("services", _("代为登记"), address_of("cases:services"), "pencil-square", order=10),
    )


def _tabs(waiting: int, desk: bool) -> tuple[NavItem, ...]:
    first = (
        NavItem("dispatch", _("待交办"), address_of("cases:dispatch"), "inbox", waiting, order=10)
        if desk
        else NavItem("work", _("待办"), address_of("cases:work"), "inbox", waiting, order=10)
    )
    return (
        first,
        NavItem("cases", _("办件"), address_of("cases:cases"), "folder2-open", order=20),
        NavItem("services", _("登记"), address_of("cases:services"), "pencil-square", order=40),
    )
