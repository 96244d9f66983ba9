"""Says who acts on a request, and ends sessions that have lasted or rested too long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from xirang.foundation.actor import PUBLIC, Actor
from xirang.foundation.errors import NotAllowedError, XirangError
from xirang.foundation.middleware import answer
from xirang.foundation.pages import Asked
from xirang.foundation.pages import now as read_clock
from xirang.people import queries
from xirang.people.models import Account

IDLE = timedelta(minutes=30)  # For the office; a resident at home is not sent away while writing.
LONGEST = timedelta(hours=12)
MARK_EVERY = timedelta(seconds=60)
SAFE = ("GET", "HEAD", "OPTIONS")
Read = TypeVar("Read")
ALWAYS = ("people:sign_out", "people:end_preview", "set_language", "ui:set_large_text", "healthz")


class Visit(Asked):
    """A request with the account that signed in, or None; what `ActorMiddleware` makes of every request."""

    account: Account | None


class SignedIn(Visit):
    """A request to a page for people who are signed in: the policy of the page has made sure that there is one."""

    account: Account


class ActorMiddleware:
    """Sets `request.account` (None when not signed in) and `request.actor` (PUBLIC then), each read when asked."""

    def __init__(self, get_response: Callable[[Visit], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        signed_in = SESSION_KEY in request.session
        now = read_clock()
        if signed_in and has_expired(request.session, now):
            logout(request)
            messages.info(request, _("登录已超时，请重新登录。您刚才没有提交的内容需要再填一次。"))
            signed_in = False
        if signed_in:
            _mark(request.session, now)
        request.account = _when_asked(lambda: _account(request)) if signed_in else None
        request.actor = _when_asked(lambda: _actor(request, now)) if signed_in else PUBLIC
        return self.get_response(request)

    def process_view(self, request: Visit, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Hold back whoever must first change a password or set up moving codes, and every write of a preview."""
        account = request.account
        if not account:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in ALWAYS:
            return None
        if "preview" in request.session and request.method not in SAFE:
            return answer(
                request,
                NotAllowedError(
                    code="read_only",
                    zh="正以他人身份查看，不能办理。请先结束查看。",
                    en="You are looking as somebody else: nothing can be changed. End the preview first.",
                ),
            )
        wanted = _first_duty(request, account)
        if wanted and name != wanted:
            return _go(request, reverse(wanted))
        return None


def has_expired(session: Any, now: datetime) -> bool:
    """True after twelve hours, and for the office after thirty minutes without a page."""
    began, seen = _moment(session.get("signed_in_at")), _moment(session.get("seen_at"))
    if began is None or seen is None or now - began > LONGEST:
        return True
    return bool(session.get("office", True)) and now - seen > IDLE


def begin_marks(session: Any, *, office: bool, now: datetime) -> None:
    """Write down when a session began; without these marks it counts as expired."""
    session["signed_in_at"] = session["seen_at"] = int(now.timestamp())
    session["office"] = office


def _mark(session: Any, now: datetime) -> None:
    seen = _moment(session.get("seen_at"))
    if seen is None or now - seen > MARK_EVERY:
        session["seen_at"] = int(now.timestamp())


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _when_asked(read: Callable[[], Read]) -> Read:
    """What `read` finds, not read before somebody uses it; the stand-in behaves as the thing itself."""
    return cast(Read, SimpleLazyObject(read))


def _account(request: Visit) -> Account | None:
    return request.user if isinstance(request.user, Account) else None


def _actor(request: Visit, now: datetime) -> Actor:
    account = request.account
    if not account:
        return PUBLIC
    actor = queries.visitor_of(account, now=now)
    previewed = request.session.get("preview")
    if not previewed:
        return actor
    try:
        return queries.preview_actor(actor, queries.get_account(actor, UUID(previewed)), now=now)
    except (XirangError, ValueError):
        # The right to look was lost meanwhile: the preview ends, and nothing of it is shown.
        del request.session["preview"]
        return actor


def _first_duty(request: Visit, account: Account) -> str:
    """The page that this account must deal with before any other, or an empty text."""
    if "preview" in request.session:
        return ""
    if account.must_change_password:
        return "people:change_password"
    required = getattr(settings, "TOTP_REQUIRED_ROLES", ())
    if required and not account.has_totp and not request.session.get("by_oidc") and request.actor.holds(*required):
        return "people:totp"
    return ""


def _go(request: Visit, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)
