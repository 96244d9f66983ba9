"""One's own account: password, moving codes, language, stand-in, saved views."""

from __future__ import annotations

from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xirang.foundation import rates
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import ConflictError, XirangError
from xirang.foundation.pages import Asked, now, page, signed_in
from xirang.people import commands, queries
from xirang.people.forms import DisableTotpForm, LanguageForm, PasswordForm, StandInForm, TotpForm, show_error
from xirang.people.middleware import SignedIn
from xirang.people.models import Account
from xirang.people.spec import ADMINISTRATORS, role_title

TRIES, TRIES_SECONDS = 10, 900  # Of the own password or code, for whoever found somebody's open session.


@require_safe
@page(signed_in)
def own_account(request: SignedIn) -> HttpResponse:
    """What the account is, may do, and how it is secured."""
    account, moment = request.account, now()
    actor = queries.actor_of(account, now=moment)
    language = get_language() or "zh"
    return render(
        request,
        "people/own_account.html",
        {
            "own": account,
            "roles": [
                (role_title(grant.role, language), grant.stands_in_for) for grant in actor.grants if not grant.implied
            ],
            "known": queries.facts_of_person(account.person_id),
            "stand_ins": [row for row in queries.list_stand_ins(account) if row.ended_at is None],
            "language_form": LanguageForm(initial={"language": account.language}),
            "can_stand_in": account.organisation_id is not None and not actor.holds(*ADMINISTRATORS),
            "now": moment,
            "today": local_date(moment),
        },
    )


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@page(signed_in)
def change_password(request: SignedIn) -> HttpResponse:
    """Change the own password; the present session goes on under a new key, all others end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _slow_down(request)
        try:
            commands.change_password(
                actor=request.actor,
                now=now(),
                old_password=form.cleaned_data["old_password"],
                new_password=form.cleaned_data["new_password"],
            )
        except XirangError as error:
            show_error(form, error)
        else:
            update_session_auth_hash(request, Account.sign_ins.get(pk=request.account.pk))
            messages.success(request, _("口令已修改，其他设备上的登录已失效。"))
            return HttpResponseRedirect(reverse("people:own_account"))
    return render(request, "people/change_password.html", {"form": form, "must": request.account.must_change_password})


@require_http_methods(["GET", "POST"])
@page(signed_in)
def totp(request: SignedIn) -> HttpResponse:
    """Set up moving codes: a square to scan, a first code to confirm, recovery codes to keep."""
    account = request.account
    if account.has_totp:
        return HttpResponseRedirect(reverse("people:own_account"))
    form = TotpForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    if request.method == "POST" and form.is_bound and form.is_valid():
        _slow_down(request)
        try:
            codes = commands.confirm_totp(actor=request.actor, code=form.cleaned_data["code"], now=now())
        except ConflictError as error:
            messages.warning(request, error.sentence())
            return HttpResponseRedirect(reverse("people:totp"))
        except XirangError as error:
            show_error(form, error)
        else:
            return render(request, "people/recovery_codes.html", {"codes": codes})
    elif request.method == "POST":
        commands.start_totp(actor=request.actor, now=now())
        return HttpResponseRedirect(reverse("people:totp"))
    return render(request, "people/totp.html", {"form": form, "account": account, **_square(request)})


def _square(request: SignedIn) -> dict[str, object]:
    """The secret as a QR code; it stands in the vault, and here only once a set-up was begun."""
    from xirang.people.queries.vault import open_totp_secret

    account = request.account
    if account.totp_secret is None:
        return {"started": False}
    import pyotp

    secret = open_totp_secret(account)
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=settings.DISTRICT_NAME)
    svg = segno.make(uri, error="m").svg_inline(scale=4, border=2, omitsize=False, svgclass="x-qr", lineclass=None)
    return {
        "started": True,
        "qr": SafeString(svg),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    }


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@page(signed_in)
def disable_totp(request: SignedIn) -> HttpResponse:
    """Turn the own moving codes off, with the password and a code: an open session alone is not enough."""
    form = DisableTotpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _slow_down(request)
        try:
            commands.disable_totp(actor=request.actor, now=now(), **form.cleaned_data)
        except XirangError as error:
            show_error(form, error)
        else:
            messages.success(request, _("动态码已停用。"))
            return HttpResponseRedirect(reverse("people:own_account"))
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("停用动态码"),
            "verb": _("停用"),
            "danger": True,
            "back": reverse("people:own_account"),
            "sentence": _("停用后只凭口令登录，恢复码一并作废。设备不在身边的，可填一个恢复码。"),
        },
    )


def _slow_down(request: SignedIn) -> None:
    """Counted outside the command: a wrong password rolls its transaction back, and the count with it."""
    rates.take(f"own:{request.account.pk}", limit=TRIES, seconds=TRIES_SECONDS, now=now())


@require_POST
@page(signed_in)
def choose_language(request: Asked) -> HttpResponse:
    """Keep the language with the account and in this browser."""
    from xirang.people.pages.signing import speak

    language = request.POST.get("language", "")
    commands.choose_language(actor=request.actor, language=language, now=now())
    response = HttpResponseRedirect(reverse("people:own_account"))
    speak(response, language)
    return response


@require_http_methods(["GET", "POST"])
@page(signed_in)
def set_own_stand_in(request: SignedIn) -> HttpResponse:
    """Name a colleague who acts while one is away."""
    return stand_in_page(request, request.account, reverse("people:own_account"))


def stand_in_page(request: Asked, absent: Account, back: str) -> HttpResponse:
    """The form by which a stand-in for `absent` is set, from the own account or from the list of accounts."""
    moment = now()
    form = StandInForm(request.POST or None)
    language = get_language() or "zh"
    colleagues = queries.list_colleagues(absent.organisation_id) if absent.organisation_id else []
    form.offer(
        [(one.id, one.name) for one in colleagues if one.id != absent.pk],
        [(code, role_title(code, language)) for code in queries.roles_of(absent, now=moment)],
        local_date(moment),
    )
    if request.method == "POST" and form.is_valid():
        try:
            commands.set_stand_in(actor=request.actor, absent_id=absent.pk, now=moment, **form.cleaned_data)
        except XirangError as error:
            show_error(form, error)
        else:
            messages.success(request, _("代岗已设定。记录中会写明代谁办理。"))
            return HttpResponseRedirect(back)
    return render(
        request,
        "people/one_form.html",
        {
            "form": form,
            "title": _("设定代岗"),
            "verb": _("设定代岗"),
            "back": back,
            "sentence": _("%(name)s离岗期间，代岗人可办其角色范围内的事，记录写明“代%(name)s”。")
            % {"name": absent.title_name},
        },
    )


@require_POST
@page(signed_in)
def save_view(request: Asked) -> HttpResponse:
    """Save the filters of a list (`page`, `title`, `query`) and return to it."""
    from django.http import QueryDict

    query = QueryDict(request.POST.get("query", "")[:2000]).dict()
    query.pop("key", None)
    commands.save_view(
        actor=request.actor,
        page=request.POST.get("page", ""),
        title=request.POST.get("title", ""),
        query=query,
        now=now(),
    )
    messages.success(request, _("视图已保存。"))
    return HttpResponseRedirect(_home(request))


@require_POST
@page(signed_in)
def remove_view(request: Asked, view_id: UUID) -> HttpResponse:
    """Remove one of the own saved views and return to its list."""
    commands.remove_view(actor=request.actor, view_id=view_id, now=now())
    messages.success(request, _("视图已删除。"))
    return HttpResponseRedirect(_home(request))


def _home(request: Asked) -> str:
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "/"
