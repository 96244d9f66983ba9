"""Locking, resetting, revealing and erasing: what is done to somebody's account, always with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xirang.foundation.errors import XirangError
from xirang.foundation.language import is_english
from xirang.foundation.pages import Asked, now, page, roles
from xirang.people import commands, queries
from xirang.people.forms import (
    ReasonForm,
    RevealForm,
    show_error,
)
from xirang.people.models import Account
from xirang.people.pages.accounts import show_password
from xirang.people.spec import VAULT_FIELDS


@require_http_methods(["GET", "POST"])
@page(roles("security_admin", "unit_leader"))
def reveal_field(request: Asked, account_id: UUID) -> HttpResponse:
    """Show one plain value for a stated purpose; the look is recorded, and the page is kept nowhere."""
    actor = request.actor
    account = queries.get_account(actor, account_id)
    language = get_language() or "zh"
    form = RevealForm(request.POST or None)
    known = queries.masked_fields([account.person_id], list(VAULT_FIELDS))[account.person_id]
    form.offer(
        [
            (code, field.en if is_english(language) else field.zh)
            for code, field in VAULT_FIELDS.items()
            if code in known
        ]
    )
    value = ""
    if request.method == "POST" and form.is_valid():
        try:
            value = commands.reveal_field(actor=actor, person_id=account.person_id, now=now(), **form.cleaned_data)
        except XirangError as error:
            show_error(form, error)
    return render(request, "people/reveal.html", {"form": form, "it": account, "value": value})


Act = Callable[[Any, Account, str], str]


def _reasoned(
    request: Asked, account_id: UUID, *, title: str, verb: str, sentence: str, act: Act, asks: bool = True
) -> HttpResponse:
    """A page that asks for a reason and then does one thing to an account; POST from a dialog comes here too."""
    actor = request.actor
    account = queries.get_account(actor, account_id)
    back = reverse("people:account", args=[account.pk])
    form = ReasonForm(request.POST or None) if asks else Form(request.POST or None)
    if request.method == "POST" and (not asks or form.is_valid()):
        try:
            done = act(actor, account, form.cleaned_data["because"] if asks else "")
        except XirangError as error:
            if not asks:
                raise
            show_error(form, error)
        else:
            messages.success(request, done)
            return HttpResponseRedirect(back)
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": title % {"name": account.title_name},
            "verb": verb,
            "sentence": sentence,
            "back": back,
            "danger": True,
        },
    )


@require_http_methods(["GET", "POST"])
@page(roles("system_admin", "security_admin"))
def lock_account(request: Asked, account_id: UUID) -> HttpResponse:
    """Lock an account until it is unlocked."""

    def act(actor: Any, account: Account, because: str) -> str:
        commands.lock_account(actor=actor, account_id=account.pk, because=because, now=now())
        return _("账号已锁定，其登录已失效。")

    return _reasoned(
        request,
        account_id,
        title=_("锁定%(name)s的账号"),
        verb=_("锁定账号"),
        act=act,
        sentence=_("锁定后不能登录，已登录的立即失效。由安全管理员解除。"),
    )


@require_http_methods(["GET", "POST"])
@page(roles("security_admin"))
def unlock_account(request: Asked, account_id: UUID) -> HttpResponse:
    """Unlock an account and forget its failed attempts."""

    def act(actor: Any, account: Account, because: str) -> str:
        commands.unlock_account(actor=actor, account_id=account.pk, now=now())
        return _("锁定已解除。")

    return _reasoned(
        request,
        account_id,
        title=_("解除%(name)s的锁定"),
        verb=_("解除锁定"),
        act=act,
        asks=False,
        sentence=_("解除后可以登录，失败次数从零计起。"),
    )


@require_http_methods(["GET", "POST"])
@page(roles("security_admin"))
def disable_totp(request: Asked, account_id: UUID) -> HttpResponse:
    """Turn off another's moving codes, when the device was lost."""

    def act(actor: Any, account: Account, because: str) -> str:
        commands.disable_totp(actor=actor, account_id=account.pk, now=now())
        return _("动态码已停用。")

    return _reasoned(
        request,
        account_id,
        title=_("停用%(name)s的动态码"),
        verb=_("停用动态码"),
        act=act,
        asks=False,
        sentence=_("仅在设备遗失时使用。停用前请当面核对本人身份。"),
    )


@require_http_methods(["GET", "POST"])
@page(roles("security_admin"))
def reset_password(request: Asked, account_id: UUID) -> HttpResponse:
    """Give an account a new first password, shown once."""
    actor = request.actor
    account = queries.get_account(actor, account_id)
    if request.method == "POST":
        opened = commands.reset_password(actor=actor, account_id=account.pk, now=now())
        return show_password(request, account.pk, opened.password, account.username)
    return render(
        request,
        "people/one_form.html",
        {
            "form": Form(),
            "title": _("重置%(name)s的口令") % {"name": account.title_name},
            "verb": _("重置口令"),
            "sentence": _("原口令立即失效，新口令只显示一次，下次登录须修改。"),
            "danger": True,
            "back": reverse("people:account", args=[account.pk]),
        },
    )


@require_http_methods(["GET", "POST"])
@page(roles("security_admin"))
def erase_person(request: Asked, account_id: UUID) -> HttpResponse:
    """Erase a person for good."""

    def act(actor: Any, account: Account, because: str) -> str:
        commands.erase_person(actor=actor, person_id=account.person_id, because=because, now=now())
        return _("个人信息已删除，不能恢复。办件记录和凭证仍可核验。")

    return _reasoned(
        request,
        account_id,
        title=_("删除%(name)s的个人信息"),
        verb=_("删除个人信息"),
        act=act,
        sentence=_("姓名、电话、证件号将永远无法读出，账号停用。此步不能撤销。"),
    )
