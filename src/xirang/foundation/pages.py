"""Every address has a policy: the decorator that states who may open a page, and enforces it before the page runs."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache

from xirang.foundation.actor import Actor, is_public
from xirang.foundation.errors import NotAllowedError, WrongMethodError


@dataclass(frozen=True, slots=True)
class Who:
    """Who may open an address: a label for the permission table and the test itself."""

    label: str
    zh: str
    test: Callable[[Actor], bool]
    public: bool = False


anyone = Who("anyone", "任何人", lambda actor: True, public=True)
signed_in = Who("signed_in", "已登录", lambda actor: not is_public(actor))


def roles(*names: str) -> Who:
    """Whoever holds one of these roles anywhere; within which area is decided by queries and commands."""
    return Who("roles:" + ",".join(names), "角色：" + "、".join(names), lambda actor: actor.holds(*names))


class Asked(HttpRequest):
    """A request as every view below `page` gets it: who acts stands on it.

    `actor` is set by the middleware of the floor that knows people. `waiting` is how much waits for the actor, where a
    page has counted it already: the shell around the page shows the same figure and does not count again.
    """

    actor: Actor
    waiting: int


View = Callable[..., HttpResponseBase]
# Pages are read and forms are sent; whatever else somebody tries would run a view that never expected it.
METHODS = ("GET", "HEAD", "POST")


def page(who: Who, *, methods: tuple[str, ...] = METHODS) -> Callable[[View], View]:
    """State and enforce a page's policy. Somebody not signed in is sent to sign in and comes back afterwards.

    Other methods than `methods` are refused before anything is looked at.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                raise WrongMethodError(allowed=", ".join(methods))
            actor = request.actor
            if not who.test(actor):
                if is_public(actor):
                    return _to_sign_in(request)
                raise NotAllowedError()
            # Who acts is known by now; through what stood for the actor until then every look would cost more.
            request.actor = copy.copy(actor)
            return view(request, *args, **kwargs)

        # What a signed-in person saw must not come back from a shared computer's cache by the back button.
        checked = guarded if who.public else never_cache(guarded)
        vars(checked)["policy"] = who
        return checked

    return wrap


def _to_sign_in(request: Asked) -> HttpResponse:
    target = resolve_url(settings.LOGIN_URL)
    back = request.get_full_path() if request.method == "GET" else request.path
    if request.headers.get("HX-Request"):
        # What was asked for is a part of a page; whoever has signed in again wants the whole page that asked for it.
        whole = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = f"{whole.path}?{whole.query}" if whole.query else whole.path or back
        response = HttpResponse(status=204)
        response["HX-Redirect"] = f"{target}?{urlencode({'next': back})}"
        return response
    return HttpResponseRedirect(f"{target}?{urlencode({'next': back})}")


def now() -> datetime:
    """The present, read once at the edge and passed on: commands and logic never look at a clock."""
    return datetime.now(UTC)
