"""Accounts and their roles: lists and forms for the administrators and heads of units."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xirang.areas import queries as areas
from xirang.areas.forms import offer_areas
from xirang.areas.models import Area
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError, XirangError
from xirang.foundation.pages import Asked, now, page, roles
from xirang.foundation.paging import Page
from xirang.people import commands, policy, queries
from xirang.people.forms import (
    AccountForm,
    role_choices,
    show_error,
)
from xirang.people.models import Account, RoleGrant
from xirang.people.queries import AccountRow
from xirang.people.spec import ADMINISTRATORS, role_title
from xirang.ui.components import MomentCell, StatusCell
from xirang.ui.listing import Asking, Carried, Choose, Empty, Find, HeadLink, Line, Listing, Shown, list_page
from xirang.ui.widgets import offer_choices
from xirang.ui.wording import listed, paired

LISTERS = roles(*ADMINISTRATORS, "unit_leader")
STATES = (("active", gettext_lazy("可登录")), ("closed", gettext_lazy("已锁定")), ("locked", gettext_lazy("暂时锁定")))


def _asked(asking: Asking) -> dict[str, Any]:
    """The filters as the query takes them; a spoilt id is InvalidError."""
    return {
        "now": asking.now,
        "text": asking.get("q"),
        "role": asking.get("role"),
        "state": asking.get("state"),
        "organisation_id": id_of(asking.get("organisation")),
        "area": area_of(asking.get("area")),
    }


def _rows(asking: Asking, key: str, size: int) -> Page[AccountRow]:
    return queries.list_accounts(asking.actor, **_asked(asking), key=key, size=size)


def _links(asking: Asking) -> tuple[HeadLink, ...]:
    actor, found = asking.actor, []
    if actor.holds(*ADMINISTRATORS):
        found.append(HeadLink(gettext_lazy("待确认的账号处置"), reverse("people:securing_requests")))
    if actor.holds("security_admin"):
        found.append(HeadLink(gettext_lazy("待审定的角色"), reverse("people:role_requests")))
    if actor.holds("system_admin"):
        found.append(HeadLink(gettext_lazy("批量导入"), reverse("people:import_staff"), "upload"))
        found.append(HeadLink(gettext_lazy("开立账号"), reverse("people:open_account"), "plus-lg", primary=True))
    return tuple(found)


def _unit_tag(asking: Asking) -> str:
    unit = id_of(asking.get("organisation"))
    return paired(_("单位"), queries.get_organisation(asking.actor, unit).name) if unit else ""


def area_tag(asking: Asking) -> str:
    """The area that the address names, in words."""
    area = area_of(asking.get("area"))
    return paired(_("区域"), area.shown_name) if area else ""


# Who works here and by which name they sign in tells an attacker whom to try: such a file leaves for a purpose.
ACCOUNT_LIST: Listing[AccountRow] = Listing(
    name="people:accounts",
    title=gettext_lazy("人员与角色"),
    unit=gettext_lazy("个"),
    columns=lambda _asking: (
        Shown(
            key="name",
            title=gettext_lazy("显示名称"),
            role="title",
            short=True,
            personal=True,
            cell=lambda row, _: row.account.title_name,
        ),
        Shown(
            key="state",
            title=gettext_lazy("状态"),
            role="status",
            cell=lambda row, asking: state_cell(row.account, asking.now),
        ),
        Shown(key="username", title=gettext_lazy("用户名"), personal=True, cell=lambda row, _: row.account.username),
        Shown(
            key="unit",
            title=gettext_lazy("单位"),
            cell=lambda row, _: row.account.organisation.name if row.account.organisation else "",
        ),
        Shown(key="roles", title=gettext_lazy("角色"), cell=_roles),
        Shown(key="seen", title=gettext_lazy("最近登录"), cell=lambda row, _: MomentCell(row.account.last_seen)),
    ),
    rows=_rows,
    line=lambda row, _: Line(str(row.account.pk), reverse("people:account", args=[row.account.pk])),
    filters=(
        Find(label=gettext_lazy("姓名、用户名或手机号码"), longest=40),
        Choose(
            name="role",
            label=gettext_lazy("角色"),
            every=gettext_lazy("角色：全部"),
            options=lambda _asking: role_choices(),
        ),
        Choose(
            name="state",
            label=gettext_lazy("状态"),
            every=gettext_lazy("状态：全部"),
            options=lambda _asking: [(code, str(word)) for code, word in STATES],
        ),
        Carried(name="organisation", said=_unit_tag),
        Carried(name="area", said=area_tag),
    ),
    total=lambda asking: queries.count_accounts(asking.actor, **_asked(asking)),
    links=_links,
    empty=lambda _asking: Empty(
        gettext_lazy("没有符合条件的账号"), gettext_lazy("可以换一个姓名或用户名，或清除条件。")
    ),
)
account_list = list_page(LISTERS, ACCOUNT_LIST)


def _roles(row: AccountRow, asking: Asking) -> str:
    return listed(dict.fromkeys(role_title(grant.role, asking.language) for grant in row.grants))


def state_cell(account: Account, moment: Any) -> StatusCell:
    """Dot and word for whether an account may sign in."""
    if not account.is_active:
        return StatusCell("late", _("已锁定"))
    if account.locked_until and account.locked_until > moment:
        return StatusCell("warn", _("暂时锁定"))
    return StatusCell("done", _("可登录"))


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidError() from error


def area_of(text: str) -> Area | None:
    found = id_of(text)
    return areas.get_area(found) if found else None


@require_safe
@page(LISTERS)
def account_detail(request: Asked, account_id: UUID) -> HttpResponse:
    """One account: who it is, its roles with their dates, stand-ins, and what may be done with it."""
    actor, moment = request.actor, now()
    account = queries.get_account(actor, account_id)
    language = get_language() or "zh"
    day = local_date(moment)
    held = queries.roles_of(account, now=moment)
    administers = queries.is_administrator(account, now=moment)
    return render(
        request,
        "people/account.html",
        {
            "it": account,
            "state": state_cell(account, moment),
            "now": moment,
            "known": queries.facts_of_person(account.person_id),
            "grants": [
                (
                    grant,
                    role_title(grant.role, language),
                    _grant_state(grant, day),
                    grant.ended_at is None and policy.can_grant_role(actor, account, grant.role, grant.area.path),
                )
                for grant in queries.list_grants(account)
            ],
            "requests": [
                (row, role_title(row.role, language)) for row in queries.list_role_requests(actor, account=account).rows
            ],
            "stand_ins": queries.list_stand_ins(account),
            "today": day,
            "may_grant": actor.holds("security_admin") and str(account.pk) != actor.ref.id,
            "may_secure": policy.can_secure_account(actor, account, administers=administers),
            "may_unlock": policy.can_unlock_account(actor, account),
            "may_lock": policy.can_lock_account(actor, account, administers=administers),
            "may_ask_second": policy.can_request_securing(actor, account, administers=administers),
            "may_stand_in": policy.can_set_stand_in(actor, account),
            "may_reveal": policy.can_reveal_of(actor, account),
            "may_preview": policy.can_preview_account(actor, account, held),
            "may_erase": policy.can_erase_person(actor, [account], held),
        },
    )


def _grant_state(grant: RoleGrant, day: Any) -> StatusCell:
    if grant.ended_at is not None:
        return StatusCell("plain", _("已收回"))
    if grant.valid_from > day:
        return StatusCell("wait", _("未到起日"))
    if grant.valid_to is not None and grant.valid_to < day:
        return StatusCell("plain", _("已到期"))
    return StatusCell("done", _("有效"))


@require_http_methods(["GET", "POST"])
@page(roles("system_admin"))
def open_account(request: Asked) -> HttpResponse:
    """Open one account; the first password is shown once."""
    actor, moment = request.actor, now()
    form = AccountForm(request.POST or None)
    offer_units(form, actor)
    offer_areas(form, "area", offered_areas(actor, local_date(moment)))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        area = data.pop("area")
        try:
            if area is None and data["organisation_id"]:
                area = queries.get_organisation(actor, data["organisation_id"]).area
            if area is None:
                raise InvalidError(fields={"area": _("请选择区域或所在单位。")})
            opened = commands.open_account(actor=actor, area_id=area.pk, now=moment, **data)
        except XirangError as error:
            show_error(form, error)
        else:
            return show_password(request, opened.account_id, opened.password, data["username"])
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("开立账号"),
            "verb": _("开立账号"),
            "back": reverse("people:accounts"),
            "sentence": _("新账号没有任何角色。角色由安全管理员授予。"),
        },
    )


def show_password(request: Asked, account_id: UUID, password: str, username: str) -> HttpResponse:
    return render(
        request, "people/first_password.html", {"account_id": account_id, "password": password, "username": username}
    )


def offer_units(form: Form, actor: Any) -> None:
    """Fill a form's choice of units with those the actor answers for."""
    units = queries.list_governed_units(actor)
    offer_choices(form, "organisation_id", [("", _("请选择")), *((str(unit.pk), unit.name) for unit in units)])


def offered_areas(actor: Any, day: Any) -> list[Area]:
    """The areas of the actor's own grants and those just below: the plain list that stands without script."""
    found: dict[UUID, Area] = {}
    for area_id in sorted({grant.area_id for grant in actor.grants}):
        found[area_id] = areas.get_area(area_id)
        found.update({child.pk: child for child in areas.list_children(area_id, day)})
    return list(found.values())
