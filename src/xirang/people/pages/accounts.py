"""Accounts and their roles: lists and forms for the administrators and heads of units."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
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
from xirang.people import commands, policy, queries
from xirang.people.forms import (
    AccountForm,
    ReasonForm,
    role_choices,
    show_error,
)
from xirang.people.models import Account, RoleGrant
from xirang.people.queries import AccountRow
from xirang.people.spec import ADMINISTRATORS, role_title
from xirang.ui.components import Column, Row, StatusCell, Table, ViewChip
from xirang.ui.paging import pager_of
from xirang.ui.widgets import offer_choices

LISTERS = roles(*ADMINISTRATORS, "unit_leader")
FILTERS = ("q", "role", "organisation", "area", "state")
COLUMNS = (
    Column("name", gettext_lazy("显示名称"), "title"),
    Column("state", gettext_lazy("状态"), "status"),
    Column("username", gettext_lazy("用户名"), "meta"),
    Column("unit", gettext_lazy("单位"), "meta"),
    Column("roles", gettext_lazy("角色"), "meta"),
    Column("seen", gettext_lazy("最近登录"), "meta"),
)


@require_safe
@page(LISTERS)
def account_list(request: Asked) -> HttpResponse:
    """Accounts within the actor's scope, filtered, by user name."""
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    moment = now()
    found = queries.list_accounts(
        request.actor,
        now=moment,
        text=chosen["q"][:40],
        role=chosen["role"],
        state=chosen["state"],
        organisation_id=id_of(chosen["organisation"]),
        area=area_of(chosen["area"]),
        key=request.GET.get("key", ""),
    )
    kept = {name: value for name, value in chosen.items() if value}
    table = Table(
        columns=COLUMNS,
        caption=_("账号"),
        unit=_("个"),
        rows=tuple(_row(row, moment) for row in found.rows),
        empty_title=_("没有符合条件的账号"),
        pager=pager_of(found, request, unit=_("个"), per_page=25),
    )
    return render(
        request,
        "people/accounts.html",
        {
            "table": table,
            "chosen": chosen,
            "role_choices": role_choices(),
            "views": _views(request, kept),
            "query": urlencode(kept),
            "may_open": request.actor.holds("system_admin"),
            "now": moment,
            "may_decide": request.actor.holds("security_admin"),
            "may_confirm": request.actor.holds(*ADMINISTRATORS),
        },
    )


def _row(row: AccountRow, moment: Any) -> Row:
    from django.utils import timezone

    account, language = row.account, get_language() or "zh"
    return Row(
        id=str(account.pk),
        url=reverse("people:account", args=[account.pk]),
        cells={
            "name": account.title_name,
            "state": state_cell(account, moment),
            "username": account.username,
            "unit": account.organisation.name if account.organisation else "",
            "roles": "、".join(dict.fromkeys(role_title(grant.role, language) for grant in row.grants)),
            "seen": timezone.localtime(account.last_seen).strftime("%Y-%m-%d %H:%M") if account.last_seen else "",
        },
    )


def state_cell(account: Account, moment: Any) -> StatusCell:
    """Dot and word for whether an account may sign in."""
    if not account.is_active:
        return StatusCell("late", _("已锁定"))
    if account.locked_until and account.locked_until > moment:
        return StatusCell("warn", _("暂时锁定"))
    return StatusCell("done", _("可登录"))


def _views(request: Asked, kept: dict[str, str]) -> list[ViewChip]:
    chips = [ViewChip(_("全部"), reverse("people:accounts"), active=not kept)]
    for view in queries.list_saved_views(request.actor, "people:accounts"):
        chips.append(ViewChip(view.title, f"?{urlencode(view.query)}", active=kept == view.query, own=True))
    return chips


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
                (row, role_title(row.role, language)) for row in queries.list_role_requests(actor, account=account)
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
            "reason_form": ReasonForm(),
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
