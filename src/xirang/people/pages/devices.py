"""A browser that has signed in before says so by a signed cookie: strangers who try its user's name do not lock it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from xirang.people.logic.sign_in_rules import Device

COOKIE, SALT = "xirang_device", "xirang.people.device"
KEPT_SECONDS = 180 * 86400
MOST_ACCOUNTS = 8  # Of one browser, as at a counter that several share.


def device_of(request: HttpRequest) -> Device | None:
    """What the cookie proves; None without one, or with one that is forged or too old."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS)
        return Device(str(found["id"]), tuple(str(one) for one in found["accounts"]))
    except (signing.BadSignature, KeyError, TypeError):
        return None


def remember_device(request: HttpRequest, response: HttpResponse, account_id: str) -> None:
    """Let this browser be known for the account from now on; it opens nothing by itself."""
    known = device_of(request) or Device(secrets.token_urlsafe(16))
    accounts = [one for one in known.accounts if one != account_id][-(MOST_ACCOUNTS - 1) :]
    response.set_cookie(
        COOKIE,
        signing.dumps({"id": known.id, "accounts": [*accounts, account_id]}, salt=SALT),
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        path="/sign-in/",
    )
