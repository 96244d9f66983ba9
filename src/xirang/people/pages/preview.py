"""“以某人身份查看”: begin and end seeing the pages as another account."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xirang.foundation.errors import XirangError
from xirang.foundation.pages import Asked, now, page, roles, signed_in
from xirang.people import commands, queries
from xirang.people.forms import ReasonForm, show_error
from xirang.people.middleware import SignedIn


@require_http_methods(["GET", "POST"])
@page(roles("security_admin"))
def start_preview(request: Asked, account_id: UUID) -> HttpResponse:
    """State a reason and see the pages as this account would, read-only."""
    actor = request.actor
    account = queries.get_account(actor, account_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.start_preview(actor=actor, account_id=account.pk, now=now(), **form.cleaned_data)
        except XirangError as error:
            show_error(form, error)
        else:
            request.session["preview"] = str(account.pk)
            return HttpResponseRedirect("/")
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("以%(name)s的身份查看") % {"name": account.title_name},
            "verb": _("开始查看"),
            "back": reverse("people:account", args=[account.pk]),
            "sentence": _("只能看，不能办。开始和结束都会记入记录。"),
        },
    )


@require_POST
@page(signed_in)
def end_preview(request: SignedIn) -> HttpResponse:
    """Return to one's own view."""
    previewed = request.session.pop("preview", None)
    if previewed is None:
        return HttpResponseRedirect(reverse("people:own_account"))
    own = queries.actor_of(request.account, now=now())
    commands.end_preview(actor=own, account_id=UUID(previewed), now=now())
    messages.success(request, _("已回到您自己的身份。"))
    return HttpResponseRedirect(reverse("people:account", args=[previewed]))
