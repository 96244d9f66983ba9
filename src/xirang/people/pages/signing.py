"""Signing in with password, moving code or the unified identity provider; signing out; registering oneself."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xirang.foundation import rates
from xirang.foundation.actor import PUBLIC
from xirang.foundation.errors import TooManyError, XirangError
from xirang.foundation.pages import Asked, anyone, now, page
from xirang.foundation.sources import source_of
from xirang.people import commands, oidc, queries
from xirang.people.commands import SignInOutcome
from xirang.people.forms import RegisterForm, SecondFactorForm, SignInForm, show_error
from xirang.people.middleware import Visit, begin_marks
from xirang.people.models import Account
from xirang.people.pages.devices import device_of, remember_device

BACKEND = "xirang.people.authentication.AccountBackend"
REGISTRATIONS, REGISTRATIONS_SECONDS = 10, 3600  # Tries from one address, whether they succeed or not.
PENDING, PENDING_SECONDS = "second_factor", 300
QUESTION = "oidc_question"
CHOSEN_LANGUAGE = "chosen_language"  # Picked by hand before signing in: it must not flip back at the door.


def address_of(request: Asked) -> str:
    """Where a request came from; the front has already settled which proxy may say so."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@page(anyone)
def sign_in(request: Asked) -> HttpResponse:
    """User name and password; what follows is the second factor, or the page that was asked for."""
    target = _target(request)
    if request.method == "GET" and request.actor.ref.kind == "account":
        return HttpResponseRedirect(target)
    form = SignInForm(request.POST or None, initial={"username": request.GET.get("as", "")[:32]})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            outcome = commands.sign_in(
                actor=PUBLIC,
                address=address_of(request),
                device=device_of(request),
                now=now(),
                **form.cleaned_data,
            )
        except TooManyError as error:
            form.add_error(None, error.sentence())
            status = 429
        else:
            if outcome.state == "second_factor":
                request.session.cycle_key()
                request.session[PENDING] = {
                    "account": str(outcome.account_id),
                    "next": target,
                    "until": int(now().timestamp()) + PENDING_SECONDS,
                }
                return HttpResponseRedirect(reverse("people:sign_in_second"))
            if outcome.state == "signed_in":
                return _enter(request, outcome, target)
            form.add_error(None, outcome.sentence)
    demo = queries.list_demo_accounts() if settings.DEMO else []
    return render(
        request,
        "people/sign_in.html",
        {
            "form": form,
            "next": target,
            "demo_accounts": demo,
            "oidc": oidc.is_configured(),
            "oidc_title": settings.XIRANG_OIDC.get("title", ""),
        },
        status=status,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page(anyone)
def sign_in_second(request: Asked) -> HttpResponse:
    """The moving code, within five minutes of the password."""
    pending = request.session.get(PENDING)
    if not pending or pending["until"] < now().timestamp():
        request.session.pop(PENDING, None)
        messages.info(request, _("登录已过期，请重新登录。"))
        return HttpResponseRedirect(reverse("people:sign_in"))
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = commands.sign_in_second(
                actor=PUBLIC,
                account_id=UUID(pending["account"]),
                now=now(),
                address=address_of(request),
                code=form.cleaned_data["code"],
            )
        except XirangError as error:
            form.add_error(None, error.sentence())
        else:
            if outcome.state == "signed_in":
                return _enter(request, outcome, pending["next"])
            if outcome.state == "locked":
                del request.session[PENDING]
            wrong = _("动态码不对，或已经用过。请等下一个 6 位数字出现后再填。")
            form.add_error("code", outcome.sentence if outcome.state == "locked" else wrong)
    return render(request, "people/sign_in_second.html", {"form": form})


def _enter(request: Asked, outcome: SignInOutcome, target: str, *, by_oidc: bool = False) -> HttpResponse:
    """Begin the session under a new key: whoever planted the old one is left outside."""
    account = Account.sign_ins.get(pk=str(outcome.account_id))
    request.session.pop(PENDING, None)
    chosen = request.session.get(CHOSEN_LANGUAGE)
    request.session.flush()
    login(request, account, backend=BACKEND)
    actor = queries.actor_of(account, now=now())
    begin_marks(request.session, office=queries.is_office(actor), now=now())
    if by_oidc:
        request.session["by_oidc"] = True
    response = HttpResponseRedirect(target)
    speak(response, chosen or account.language)
    remember_device(request, response, str(account.pk))
    return response


def speak(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86400,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _target(request: Asked) -> str:
    """Where to go afterwards: a page of our own, never an address somebody slipped in."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and not wanted.startswith(reverse("people:sign_in")) else "/"


@require_POST
@page(anyone)
def sign_out(request: Visit) -> HttpResponse:
    """End the session; by POST alone, so that no link or picture can do it. Harmless when it has ended already."""
    if request.account:
        own = queries.actor_of(request.account, now=now())
        if previewed := request.session.get("preview"):
            commands.end_preview(actor=own, account_id=UUID(previewed), now=now())
        commands.sign_out(actor=own, now=now())
    logout(request)
    messages.success(request, _("您已退出。"))
    return HttpResponseRedirect(reverse("people:sign_in"))


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@page(anyone)
def register(request: Asked) -> HttpResponse:
    """A resident, or a firm's contact, opens an account."""
    form = RegisterForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            # Counted before the command: a taken name rolls its transaction back, and a count within it as well.
            rates.take(f"register:{source_of(request)}", limit=REGISTRATIONS, seconds=REGISTRATIONS_SECONDS, now=now())
            commands.register_resident(actor=PUBLIC, now=now(), **form.cleaned_data)
        except XirangError as error:
            show_error(form, error)
            status = error.status if isinstance(error, TooManyError) else 200
        else:
            messages.success(request, _("账号已开立，请登录。"))
            return HttpResponseRedirect(reverse("people:sign_in"))
    return render(request, "people/register.html", {"form": form}, status=status)


@never_cache
@require_safe
@page(anyone)
def oidc_begin(request: Asked) -> HttpResponse:
    """Send the browser to the identity provider; what must come back is remembered in the session."""
    if not oidc.is_configured():
        return HttpResponseRedirect(reverse("people:sign_in"))
    url, question = oidc.begin(_back(request), _target(request))
    request.session[QUESTION] = asdict(question)
    return HttpResponseRedirect(url)


@never_cache
@require_safe
@page(anyone)
def oidc_back(request: Asked) -> HttpResponse:
    """The browser comes back from the identity provider; a question is answered once."""
    remembered = request.session.pop(QUESTION, None)
    if not oidc.is_configured() or not remembered:
        messages.warning(request, _("登录已过期，请重新登录。"))
        return HttpResponseRedirect(reverse("people:sign_in"))
    question = oidc.Question(**remembered)
    username = oidc.finish(_back(request), question, request.GET.dict())
    outcome = commands.sign_in_by_oidc(
        actor=PUBLIC, username=username, issuer=settings.XIRANG_OIDC["issuer"], address=address_of(request), now=now()
    )
    if outcome.state != "signed_in":
        messages.error(
            request,
            _("统一身份认证已通过，但“%(name)s”在本系统没有可用的账号。请联系系统管理员开立。")
            % {"name": username[:64]},
        )
        return HttpResponseRedirect(reverse("people:sign_in"))
    return _enter(request, outcome, question.next, by_oidc=True)


def _back(request: Asked) -> str:
    return request.build_absolute_uri(reverse("people:oidc_back"))
