"""The context of every page: the shell around it, made of what the actor may open and what waits for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xirang.engines.bulletin import queries as bulletin
from xirang.engines.cases import queries as cases
from xirang.engines.cases.queries import installed
from xirang.engines.cockpit.policy import can_see_overview
from xirang.engines.ledger.policy import can_read_records
from xirang.foundation.actor import Actor, is_public
from xirang.foundation.pages import Asked, now
from xirang.packs.policy import can_read_packs
from xirang.people.queries import is_office
from xirang.people.spec import role_title
from xirang.ui.components import Link
from xirang.ui.pages import is_large
from xirang.ui.shell import Account, NavItem, Shell
from xirang.ui.wording import listed

COMPLAINTS = "complaint"
CASE_ROLES = ("dispatcher", "handler", "unit_leader", "leader", "grid_worker", "auditor")
DESK_ROLES = ("dispatcher", "unit_leader", "grid_worker", "leader", "auditor")


def shell(request: Asked) -> dict[str, Any]:
    """`shell`, `me` and `now` for templates; two queries for somebody signed in, none for the public."""
    try:
        actor = request.actor
        office = is_office(actor)
        return {
            "shell": _shell(request, actor),
            "me": actor,
            "base": "ui/office.html" if office else "ui/public.html",
        }
    except (AttributeError, DatabaseError):
        # The page that says so must not need what has just failed.
        return {"shell": Shell(district=settings.DISTRICT_NAME, demo=settings.DEMO, large=is_large(request))}


def _shell(request: Asked, actor: Actor) -> Shell:
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    shared = {
        "brand": _("息壤"),
        "district": settings.DISTRICT_NAME,
        "demo": settings.DEMO,
        "large": is_large(request),
        "language": language,
        "sign_in_url": reverse("people:sign_in"),
        "preview": _preview(actor),
        "active": _active(request),
    }
    if is_public(actor):
        return Shell(nav=_public_nav(), footer=_footer(), home_url=reverse("cases:portal"), **shared)
    account = _account(request, actor, language)
    unread = bulletin.count_unread(actor=actor)
    mail = NavItem("messages", _("消息"), reverse("bulletin:messages"), "bell", unread or None, hot=unread > 0)
    if not is_office(actor):
        return Shell(
            nav=_public_nav() + (NavItem("asked", _("我的求助"), reverse("cases:asked")),),
            footer=_footer(),
            home_url=reverse("cases:portal"),
            account=account,
            messages=mail,
            **shared,
        )
    desk = actor.holds("dispatcher")
    waiting = _waiting(request, actor, desk) if actor.holds(*CASE_ROLES) else 0
    works = actor.holds(*CASE_ROLES)
    todo = (
        NavItem("work", _("待办"), reverse("cases:dispatch" if desk else "cases:work"), count=waiting)
        if works
        else None
    )
    return Shell(
        nav=_office_nav(actor, waiting),
        foot=_foot(),
        tabs=_tabs(actor, waiting),
        home_url=reverse("cases:work" if works else "people:accounts"),
        account=account,
        todo=todo,
        messages=mail,
        search_url=reverse("cases:cases"),
        search_hint=_("搜编号、事项"),
        **shared,
    )


def _waiting(request: Asked, actor: Actor, desk: bool) -> int:
    """How many cases wait for the actor: at the desk those to hand over, elsewhere those held."""
    counted = getattr(request, "waiting", None)
    if counted is not None and not desk:
        return counted
    wanted = cases.CaseFilter(stages=installed.desk_stages()) if desk else cases.CaseFilter(mine=True)
    return cases.count_open(actor=actor, wanted=wanted, now=now())


def _preview(actor: Actor) -> Link | None:
    """Said on every page while somebody looks as another."""
    if not actor.read_only:
        return None
    return Link(_("正以%(name)s的身份查看，只能看，不能办。") % {"name": actor.name}, reverse("people:end_preview"))


def _active(request: Asked) -> str:
    """The key of the menu entry for the page that is shown."""
    match = request.resolver_match
    if match is None:
        return ""
    name = match.view_name
    return {
        "cases:drawer": "cases",
        "cases:case": "cases",
        "cases:act": "cases",
        "cases:ask": "services",
        "cases:tracked": "track",
        "cases:answer": "track",
        "packs:pack": "packs",
    }.get(name, name.split(":")[-1])


def _public_nav() -> tuple[NavItem, ...]:
    return (
        NavItem("portal", _("首页"), reverse("cases:portal")),
        NavItem("services", _("我要求助"), reverse("cases:services")),
        NavItem("track", _("查进度"), reverse("cases:track")),
        NavItem("figures", _("公开数据"), reverse("cases:figures")),
    )


def _footer() -> tuple[Link, ...]:
    return (
        Link(_("意见与投诉"), _complaints_url()),
        Link(_("个人信息处理规则"), reverse("about", args=["personal-data"])),
        Link(_("无障碍说明"), reverse("about", args=["accessibility"])),
    )


def _complaints_url() -> str:
    """The pack of complaints where it is active, otherwise all services: the way to complain is always there."""
    open_now = any(active.code == COMPLAINTS for active in installed.active_processes())
    return reverse("cases:ask", args=[COMPLAINTS]) if open_now else reverse("cases:services")


def _foot() -> tuple[NavItem, ...]:
    return (
        NavItem("relief", _("减负自查"), reverse("relief"), "shield-check"),
        NavItem("complaint", _("意见与投诉"), _complaints_url(), "chat-left-text"),
    )


def _office_nav(actor: Actor, waiting: int) -> tuple[NavItem, ...]:
    items = _case_nav(actor, waiting) if actor.holds(*CASE_ROLES) else []
    if can_see_overview(actor):
        items.append(NavItem("overview", _("运行总览"), reverse("cockpit:overview"), "bar-chart", line=True))
    if actor.holds("system_admin", "security_admin", "audit_admin", "unit_leader"):
        items.append(NavItem("accounts", _("人员与角色"), reverse("people:accounts"), "people", line=True))
        items.append(NavItem("organisations", _("单位与企业"), reverse("people:organisations"), "building"))
    if can_read_packs(actor):
        items.append(NavItem("packs", _("应用包"), reverse("packs:packs"), "grid"))
    if can_read_records(actor):
        items.append(NavItem("records", _("记录"), reverse("ledger:records"), "journal-text"))
    items.append(NavItem("messages", _("消息"), reverse("bulletin:messages"), "bell"))
    return tuple(items)


def _case_nav(actor: Actor, waiting: int) -> list[NavItem]:
    desk = actor.holds("dispatcher")
    children = [NavItem("work", _("待我办"), reverse("cases:work"), count=None if desk else waiting)]
    if actor.holds(*DESK_ROLES):
        children.append(NavItem("dispatch", _("待交办"), reverse("cases:dispatch"), count=waiting if desk else None))
    children += [
        NavItem("asked", _("我提交的"), reverse("cases:asked")),
        NavItem("cases", _("全部办件"), reverse("cases:cases")),
    ]
    first = children[1] if desk else children[0]
    return [
        NavItem("office", _("办件"), first.url, "folder2-open", children=tuple(children)),
        NavItem("services", _("代为登记"), reverse("cases:services"), "pencil-square"),
    ]


def _tabs(actor: Actor, waiting: int) -> tuple[NavItem, ...]:
    """The four entries at the foot of a phone's screen."""
    mine = NavItem("own_account", _("我的"), reverse("people:own_account"), "person")
    mail = NavItem("messages", _("消息"), reverse("bulletin:messages"), "bell")
    if not actor.holds(*CASE_ROLES):
        people = NavItem("accounts", _("人员"), reverse("people:accounts"), "people")
        packs = NavItem("packs", _("应用包"), reverse("packs:packs"), "grid")
        return (people, packs, mail, mine)
    desk = actor.holds("dispatcher")
    first = (
        NavItem("dispatch", _("待交办"), reverse("cases:dispatch"), "inbox", waiting)
        if desk
        else NavItem("work", _("待办"), reverse("cases:work"), "inbox", waiting)
    )
    third = (
        NavItem("overview", _("总览"), reverse("cockpit:overview"), "bar-chart")
        if can_see_overview(actor)
        else NavItem("services", _("登记"), reverse("cases:services"), "pencil-square")
    )
    return (first, NavItem("cases", _("办件"), reverse("cases:cases"), "folder2-open"), third, mine)


def _account(request: Asked, actor: Actor, language: str) -> Account:
    held = list(dict.fromkeys(role_title(grant.role, language) for grant in actor.grants if not grant.implied))
    row = getattr(request, "account", None)
    unit = row.organisation.name if row is not None and row.organisation else ""
    return Account(
        actor.name,
        unit,
        listed(held[:2]),
        profile_url=reverse("people:own_account"),
        sign_out_url=reverse("people:sign_out"),
    )
