"""What is done to one of the three administrators: one of the others asks on this page, a second one confirms."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xirang.foundation.errors import XirangError
from xirang.foundation.pages import Asked, now, page, roles
from xirang.people import commands, policy, queries
from xirang.people.forms import SecuringForm, show_error
from xirang.people.pages.accounts import id_of, show_password
from xirang.people.spec import ADMINISTRATORS, SECURING_ACTS
from xirang.ui.wording import speaks_english


@require_http_methods(["GET", "POST"])
@page(roles(*ADMINISTRATORS))
def request_securing(request: Asked, account_id: UUID) -> HttpResponse:
    """Ask for an act on the account of another of the three."""
    actor = request.actor
    account = queries.get_account(actor, account_id)
    back = reverse("people:account", args=[account.pk])
    form = SecuringForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.request_securing(actor=actor, account_id=account.pk, now=now(), **form.cleaned_data)
        except XirangError as error:
            show_error(form, error)
        else:
            messages.success(request, _("申请已提交，等另一位管理员确认后生效。"))
            return HttpResponseRedirect(back)
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("处置%(name)s的账号") % {"name": account.title_name},
            "verb": _("提交申请"),
            "sentence": _("这是管理员账号，不能由一人处置：您申请，另一位管理员七天内确认后生效。"),
            "back": back,
            "danger": True,
        },
    )


@require_http_methods(["GET", "POST"])
@page(roles(*ADMINISTRATORS))
def securing_requests(request: Asked) -> HttpResponse:
    """What waits for a second administrator: confirm or refuse one at a time."""
    actor, moment = request.actor, now()
    waiting = queries.list_securing_requests(actor, now=moment)
    if request.method == "POST":
        asked = next((row for row in waiting if row.pk == id_of(request.POST.get("id", ""))), None)
        if asked is None:
            raise commands.SecuringDecidedError()
        confirmed = request.POST.get("decision") == "confirm"
        password = commands.decide_securing(actor=actor, request_id=asked.pk, confirmed=confirmed, now=moment)
        if password:
            return show_password(request, asked.account_id, password, asked.account.username)
        messages.success(request, _("已确认，立即生效。") if confirmed else _("已拒绝，账号不变。"))
        return HttpResponseRedirect(reverse("people:securing_requests"))
    place = 1 if speaks_english() else 0
    names = queries.names_of_accounts(row.requested_by.removeprefix("account:") for row in waiting)
    return render(
        request,
        "people/securing_requests.html",
        {
            "requests": [
                (
                    row,
                    SECURING_ACTS[row.act][place],
                    names.get(row.requested_by.removeprefix("account:"), ""),
                    policy.can_decide_securing(actor, row.account, row.requested_by),
                )
                for row in waiting
            ]
        },
    )
