"""Granting roles and deciding requests for them; stand-ins set for others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from xirang.areas.forms import offer_areas
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError, NotFoundError, XirangError
from xirang.foundation.pages import Asked, now, page, roles
from xirang.people import commands, queries
from xirang.people.forms import (
    GrantForm,
    ReasonForm,
    show_error,
)
from xirang.people.models import RoleRequest
from xirang.people.pages.accounts import id_of, offer_units, offered_areas
from xirang.people.pages.own import stand_in_page
from xirang.people.spec import role_title
from xirang.ui.components import BulkAction
from xirang.ui.listing import Asking, Empty, Line, Listing, Shown, list_page


@require_http_methods(["GET", "POST"])
@page(roles("security_admin"))
def grant_role(request: Asked, account_id: UUID) -> HttpResponse:
    """Grant a role within an area, for a time."""
    actor, moment = request.actor, now()
    account = queries.get_account(actor, account_id)
    back = reverse("people:account", args=[account.pk])
    form = GrantForm(request.POST or None)
    offer_units(form, actor)
    offer_areas(form, "area", offered_areas(actor, local_date(moment)))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            data["organisation_id"] = _firm(actor, data.pop("credit_code")) or data["organisation_id"]
            commands.grant_role(actor=actor, account_id=account.pk, area_id=data.pop("area").pk, now=moment, **data)
        except XirangError as error:
            show_error(form, error)
        else:
            messages.success(request, _("角色已授予。"))
            return HttpResponseRedirect(back)
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("给%(name)s授予角色") % {"name": account.title_name},
            "verb": _("授予角色"),
            "back": back,
        },
    )


def _firm(actor: Any, credit_code: str) -> UUID | None:
    if not credit_code.strip():
        return None
    firm = queries.find_organisation_by_credit_code(actor, credit_code)
    if firm is None:
        raise InvalidError(fields={"credit_code": _("没有找到这个信用代码的企业，或它不在您管理的范围内。")})
    return firm.pk


def _decisions(_rows: Sequence[RoleRequest], _asking: Asking) -> tuple[BulkAction, ...]:
    address = {code: reverse("people:decide_role_requests", args=[code]) for code in DECISIONS}
    return (BulkAction(_("同意"), address["grant"], "check-lg"), BulkAction(_("拒绝"), address["refuse"], "x-lg"))


def _term(row: RoleRequest) -> str:
    return f"{row.valid_from:%Y-%m-%d} – {row.valid_to or _('长期')}"


DECISIONS = ("grant", "refuse")
REQUEST_LIST: Listing[RoleRequest] = Listing(
    name="people:role_requests",
    title=gettext_lazy("待审定的角色"),
    about=gettext_lazy("系统管理员或本人申请，您审定后生效。"),
    unit=gettext_lazy("项"),
    columns=lambda _asking: (
        Shown(
            key="name",
            title=gettext_lazy("账号"),
            role="title",
            short=True,
            personal=True,
            cell=lambda row, _: row.account.title_name,
        ),
        Shown(key="username", title=gettext_lazy("用户名"), personal=True, cell=lambda row, _: row.account.username),
        Shown(key="role", title=gettext_lazy("角色"), cell=lambda row, asking: role_title(row.role, asking.language)),
        Shown(key="area", title=gettext_lazy("区域"), cell=lambda row, _: row.area.shown_name),
        Shown(
            key="unit",
            title=gettext_lazy("代表单位"),
            cell=lambda row, _: row.organisation.name if row.organisation else "",
        ),
        Shown(key="term", title=gettext_lazy("起止"), cell=lambda row, _: _term(row)),
    ),
    rows=lambda asking, key, size: queries.list_role_requests(asking.actor, key=key, size=size),
    line=lambda row, _: Line(str(row.pk), reverse("people:account", args=[row.account_id])),
    bulk=_decisions,
    empty=lambda _asking: Empty(
        gettext_lazy("没有待审定的角色申请"), url=reverse("people:accounts"), action=gettext_lazy("去人员与角色")
    ),
)
role_requests = list_page(roles("security_admin"), REQUEST_LIST)


@require_POST
@page(roles("security_admin"))
def decide_role_requests(request: Asked, decision: str) -> HttpResponse:
    """Grant or refuse the ticked requests."""
    if decision not in DECISIONS:
        raise NotFoundError()
    ids = [found for text in request.POST.getlist("ids")[:200] if (found := id_of(text))]
    if not ids:
        messages.warning(request, _("请先勾选要审定的申请。"))
        return HttpResponseRedirect(reverse("people:role_requests"))
    granted = decision == "grant"
    done = commands.decide_role_requests(actor=request.actor, request_ids=ids, granted=granted, now=now())
    messages.success(request, (_("已同意 %(n)s 项申请。") if granted else _("已拒绝 %(n)s 项申请。")) % {"n": done})
    return HttpResponseRedirect(reverse("people:role_requests"))


@require_http_methods(["GET", "POST"])
@page(roles("security_admin", "unit_leader"))
def set_stand_in(request: Asked, account_id: UUID) -> HttpResponse:
    """Set a stand-in for somebody else."""
    account = queries.get_account(request.actor, account_id)
    return stand_in_page(request, account, reverse("people:account", args=[account.pk]))


@require_http_methods(["GET", "POST"])
@page(roles("security_admin"))
def end_role(request: Asked, grant_id: UUID) -> HttpResponse:
    """Take a role back at once."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account_id = commands.end_role(actor=request.actor, grant_id=grant_id, now=now(), **form.cleaned_data)
        messages.success(request, _("角色已收回，立即失效。"))
        return HttpResponseRedirect(reverse("people:account", args=[account_id]))
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("收回角色"),
            "verb": _("收回角色"),
            "danger": True,
            "back": reverse("people:accounts"),
            "sentence": _("收回后立即失效。已办的事和记录不变。"),
        },
    )


@require_http_methods(["GET", "POST"])
@page(roles("security_admin", "unit_leader", "handler", "dispatcher", "leader", "grid_worker"))
def end_stand_in(request: Asked, stand_in_id: UUID) -> HttpResponse:
    """End a stand-in at once."""
    if request.method == "POST":
        commands.end_stand_in(actor=request.actor, stand_in_id=stand_in_id, now=now())
        messages.success(request, _("代岗已结束。"))
        return HttpResponseRedirect(reverse("people:own_account"))
    return render(
        request,
        "people/one_form.html",
        {
            "form": Form(),
            "title": _("结束代岗"),
            "verb": _("结束代岗"),
            "danger": True,
            "sentence": _("结束后，代岗人立即不能再代办。"),
            "back": reverse("people:own_account"),
        },
    )
