"""The register of organisations: list, one of them, entering and retiring."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from xirang.areas.forms import offer_areas
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import XirangError
from xirang.foundation.pages import Asked, now, page, roles
from xirang.foundation.paging import Page
from xirang.people import commands, policy, queries
from xirang.people.forms import OrganisationForm, ReasonForm, kind_choices, show_error
from xirang.people.models import Organisation
from xirang.people.pages.accounts import area_of, area_tag, offered_areas
from xirang.people.spec import Floor, codes_of_floor
from xirang.ui.components import Fact
from xirang.ui.listing import Asking, Carried, Choose, Empty, Find, HeadLink, Line, Listing, Shown, list_page

OFFICE = roles(*sorted(codes_of_floor(Floor.OFFICE)))


def _rows(asking: Asking, key: str, size: int) -> Page[Organisation]:
    return queries.list_organisations(
        asking.actor,
        text=asking.get("q"),
        kind=asking.get("kind"),
        area=area_of(asking.get("area")),
        key=key,
        size=size,
    )


def _links(asking: Asking) -> tuple[HeadLink, ...]:
    if not asking.actor.holds("system_admin"):
        return ()
    return (HeadLink(gettext_lazy("登记单位"), reverse("people:create_organisation"), "plus-lg", primary=True),)


ORGANISATIONS: Listing[Organisation] = Listing(
    name="people:organisations",
    title=gettext_lazy("单位与企业"),
    unit=gettext_lazy("家"),
    columns=lambda _asking: (
        Shown(key="name", title=gettext_lazy("名称"), role="title", short=True, cell=lambda row, _: row.name),
        Shown(key="kind", title=gettext_lazy("类别"), cell=lambda row, _: kind_titles().get(row.kind, row.kind)),
        Shown(key="credit_code", title=gettext_lazy("统一社会信用代码"), cell=lambda row, _: row.credit_code or ""),
        Shown(key="area", title=gettext_lazy("区域"), cell=lambda row, _: row.area.shown_name),
        Shown(key="address", title=gettext_lazy("地址"), cell=lambda row, _: row.address_text),
    ),
    rows=_rows,
    line=lambda row, _: Line(str(row.pk), reverse("people:organisation", args=[row.pk])),
    filters=(
        Find(label=gettext_lazy("名称或信用代码"), longest=60),
        Choose(
            name="kind",
            label=gettext_lazy("类别"),
            every=gettext_lazy("类别：全部"),
            options=lambda _asking: list(kind_titles().items()),
        ),
        Carried(name="area", said=area_tag),
    ),
    links=_links,
    empty=lambda _asking: Empty(gettext_lazy("没有符合条件的单位"), gettext_lazy("可以换一个名称里的词，或清除条件。")),
)
organisation_list = list_page(OFFICE, ORGANISATIONS)


def kind_titles() -> dict[str, str]:
    """What each kind of organisation is called, by code."""
    return dict(kind_choices())


@require_safe
@page(OFFICE)
def organisation_detail(request: Asked, organisation_id: UUID) -> HttpResponse:
    """One organisation: what is known of it and from where, and its people for those who may see them."""
    actor, moment = request.actor, now()
    row = queries.get_organisation(actor, organisation_id)
    shown = policy.can_see_organisation_people(actor, row)
    return render(
        request,
        "people/organisation.html",
        {
            "it": row,
            "kind": dict(kind_choices()).get(row.kind, row.kind),
            "facts": _facts(row),
            "colleagues": queries.list_colleagues(row.pk, now=moment) if shown else [],
            "shown": shown,
            "may_retire": policy.can_create_organisation(actor, row.area.path) and row.active,
            "now": moment,
        },
    )


def _facts(row: Organisation) -> list[Fact]:
    pairs = (
        (_("统一社会信用代码"), row.credit_code),
        (_("单位代码"), row.code),
        (_("上级单位"), row.parent and row.parent.name),
        (_("区域"), row.area.shown_name),
        (_("地址"), row.address_text),
        (_("行业"), row.industry),
        (_("企业类型"), row.company_type),
        (_("注册资本"), row.capital_text),
        (_("职工人数"), row.staff_count),
        (_("成立日期"), row.registered_on),
        (_("经营范围"), row.business_scope),
    )
    return [Fact(label, value) for label, value in pairs if value not in (None, "")]


@require_http_methods(["GET", "POST"])
@page(roles("system_admin"))
def create_organisation(request: Asked) -> HttpResponse:
    """Enter one organisation in the register."""
    actor, moment = request.actor, now()
    form = OrganisationForm(request.POST or None)
    offer_areas(form, "area", offered_areas(actor, local_date(moment)))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            pk = commands.create_organisation(
                actor=actor, area_id=data.pop("area").pk, now=moment, source=_("人工登记"), **data
            )
        except XirangError as error:
            show_error(form, error)
        else:
            messages.success(request, _("单位已登记。"))
            return HttpResponseRedirect(reverse("people:organisation", args=[pk]))
    return render(
        request,
        "people/one_form.html",
        {"form": form, "title": _("登记单位"), "verb": _("登记单位"), "back": reverse("people:organisations")},
    )


@require_http_methods(["GET", "POST"])
@page(roles("system_admin"))
def retire_organisation(request: Asked, organisation_id: UUID) -> HttpResponse:
    """Take an organisation out of use."""
    actor = request.actor
    row = queries.get_organisation(actor, organisation_id)
    back = reverse("people:organisation", args=[row.pk])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.retire_organisation(actor=actor, organisation_id=row.pk, now=now(), **form.cleaned_data)
        except XirangError as error:
            show_error(form, error)
        else:
            messages.success(request, _("单位已停用。"))
            return HttpResponseRedirect(back)
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("停用%(name)s") % {"name": row.name},
            "verb": _("停用单位"),
            "danger": True,
            "back": back,
            "sentence": _("停用后不再出现在选择列表里，已有的件和记录不变。"),
        },
    )
