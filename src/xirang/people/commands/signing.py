"""Signing in and out: every attempt is counted and recorded, and unknown names are answered like known ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.foundation import rates
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import NotAllowedError
from xirang.foundation.permits import Permit
from xirang.foundation.sealing import sealed
from xirang.foundation.sources import network_of
from xirang.foundation.text import plain
from xirang.people import queries
from xirang.people.commands.accounts import use_second_factor
from xirang.people.logic.sign_in_rules import (
    LOCK_AFTER,
    LOCK_NAME_AFTER,
    Device,
    Failures,
    name_digest,
    place_digest,
)
from xirang.people.models import Account, SignInFailure

ATTEMPTS, WINDOW = 100, 300  # From one address: an office behind one address signs in at nine, a guesser does not stop.


@dataclass(frozen=True, slots=True)
class SignInOutcome:
    """What came of an attempt: "signed_in", "second_factor", "refused" or "locked" (then for `minutes`)."""

    state: str
    account_id: UUID | None = None
    minutes: int = 0

    @property
    def sentence(self) -> str:
        """What to tell whoever tried, the same for names that exist and names that do not."""
        if self.state == "locked":
            return _("连续多次没有通过，请 %(n)s 分钟后再试，或请安全管理员解除锁定。") % {"n": self.minutes}
        if self.state == "refused":
            return _("用户名或口令不对。请检查大小写和输入法；连续 5 次不对，将锁定 15 分钟。")
        return ""


@command(gettext_lazy("登录"), permit=Permit(("anyone",), gettext_lazy("按来源限速")))
def sign_in(
    *, actor: Actor, username: str, password: str, address: str, now: datetime, device: Device | None = None
) -> SignInOutcome:
    """Try a user name and a password; `address` is where the attempt came from, `device` what its cookie proves.

    It returns instead of raising, so that the failure stays counted. TooManyError for an address without end.
    Strangers lock a name for their own source; only very many of them lock it for all, and never for known devices.
    """
    rates.take(f"sign_in:{address}", limit=ATTEMPTS, seconds=WINDOW, now=now)
    username = plain(username)[:64]
    account = queries.find_account(username)
    tries = _tries(username, _places(username, account, address, device))
    # The hash is computed for unknown and locked names too: the time it takes tells nobody whether a name exists.
    right = check_password(password[:512], account.password if account else _nobodys_password())
    right = right and account is not None and account.may_sign_in
    if tries.locked_until(now):
        return _refuse(account, username, tries, address, "locked", now)
    if not right or account is None:
        return _refuse(account, username, tries.one_more(now), address, "refused", now)
    if account.has_totp:
        record(
            Ref("account", str(account.pk)),
            {"result": "password_right", "address": sealed(address)},
            area_id=account.area_id,
        )
        return SignInOutcome("second_factor", account.pk)
    return _let_in(account, address, "password", now, tries)


@command(gettext_lazy("登录第二步"), permit=Permit(("anyone",), gettext_lazy("口令已通过者")))
def sign_in_second(*, actor: Actor, account_id: UUID, code: str, address: str, now: datetime) -> SignInOutcome:
    """Try a moving code, or a recovery code, for an account whose password was right a moment ago."""
    rates.take(f"sign_in:{address}", limit=ATTEMPTS, seconds=WINDOW, now=now)
    account = (
        Account.objects.all_unscoped("nobody is signed in yet")
        .select_related("organisation")
        .select_for_update(of=("self",))
        .filter(pk=account_id)
        .first()
    )
    if account is None or not account.may_sign_in:
        raise NotAllowedError(code="sign_in_again", zh="登录已过期，请重新登录。", en="Please sign in again.")
    # Whoever comes here knows the password, so this lock keeps no innocent out and need not spare other sources.
    tries = _tries(account.username, {place_digest(account.username, "second step"): LOCK_AFTER})
    if tries.locked_until(now):
        return _refuse(account, account.username, tries, address, "locked", now)
    how = use_second_factor(account, code, now)
    if not how:
        return _refuse(account, account.username, tries.one_more(now), address, "refused_second", now)
    return _let_in(account, address, how, now, tries)


@command(gettext_lazy("统一身份登录"), permit=Permit(("anyone",), gettext_lazy("已开立的账号")))
def sign_in_by_oidc(*, actor: Actor, username: str, issuer: str, address: str, now: datetime) -> SignInOutcome:
    """Let in whoever the identity provider vouches for, if an account of that name stands ready."""
    rates.take(f"sign_in:{address}", limit=ATTEMPTS, seconds=WINDOW, now=now)
    account = queries.find_account(username)
    if account is None or not account.may_sign_in:
        record(_typed(username), {"result": "no_account", "issuer": issuer})
        return SignInOutcome("refused")
    return _let_in(account, address, "oidc", now, issuer=issuer)


@command(gettext_lazy("退出"), permit=Permit(("signed_in",), gettext_lazy("本人")))
def sign_out(*, actor: Actor, now: datetime) -> None:
    """Say that the account signed out; the page ends the session."""
    sign_out.permit.require(actor)
    record(actor.ref, {"result": "signed_out"})


@dataclass(frozen=True, slots=True)
class _Tries:
    """The failures of a name at every place that counts for this attempt, by digest, and how many lock each."""

    failures: dict[str, Failures]
    limits: dict[str, int]

    def locked_until(self, now: datetime) -> datetime | None:
        """Until when the attempt is refused; None when it is not."""
        ends = [one.locked_until for one in self.failures.values() if one.locked_until and one.locked(now)]
        return max(ends, default=None)

    def one_more(self, now: datetime) -> _Tries:
        """After one more failure, counted at each place."""
        after = {digest: one.one_more(now, self.limits[digest]) for digest, one in self.failures.items()}
        return _Tries(after, self.limits)


def _places(username: str, account: Account | None, address: str, device: Device | None) -> dict[str, int]:
    """Where an attempt is counted, with the number of failures that locks: a known device stands for itself alone."""
    if device and account and str(account.pk) in device.accounts:
        return {place_digest(username, f"device {device.id}"): LOCK_AFTER}
    source = place_digest(username, f"source {network_of(address)}")
    return {source: LOCK_AFTER, name_digest(username): LOCK_NAME_AFTER}


def _tries(username: str, limits: dict[str, int]) -> _Tries:
    """What was counted so far; simultaneous attempts on one name wait here, so none slips past the count."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [name_digest(username)])
    rows = SignInFailure.objects.in_bulk(list(limits))
    found = {pk: Failures(row.failed_count, row.last_at, row.locked_until) for pk, row in rows.items()}
    return _Tries({digest: found.get(digest, Failures()) for digest in limits}, limits)


def _refuse(
    account: Account | None, username: str, tries: _Tries, address: str, result: str, now: datetime
) -> SignInOutcome:
    digest, until = name_digest(username), tries.locked_until(now)
    if result != "locked":
        for place, one in tries.failures.items():
            SignInFailure.objects.update_or_create(
                pk=place,
                defaults={
                    "name_digest": digest,
                    "failed_count": one.count,
                    "last_at": now,
                    "locked_until": one.locked_until,
                },
            )
        Account.objects.all_unscoped("counted beside the name").filter(username=username).update(
            failed_count=max(one.count for one in tries.failures.values()), locked_until=until
        )
    subject = Ref("account", str(account.pk)) if account else _typed(username)
    record(
        subject,
        {"result": result, "address": sealed(address), "locked_until": until},
        area_id=account.area_id if account else None,
    )
    if until:
        return SignInOutcome("locked", minutes=int((until - now).total_seconds() + 59) // 60)
    return SignInOutcome("refused")


def _let_in(
    account: Account, address: str, how: str, now: datetime, tries: _Tries | None = None, *, issuer: str = ""
) -> SignInOutcome:
    """Begin anew at the place where it went well; what others do elsewhere goes on being counted."""
    if tries is not None:
        mine = [digest for digest in tries.failures if digest != name_digest(account.username)]
        SignInFailure.objects.filter(pk__in=mine).delete()
    Account.objects.all_unscoped("the account that signs in").filter(pk=account.pk).update(
        failed_count=0, locked_until=None, last_seen=now
    )
    record(
        Ref("account", str(account.pk)),
        {"result": "signed_in", "how": how, "issuer": issuer or None, "address": sealed(address)},
        area_id=account.area_id,
    )
    return SignInOutcome("signed_in", account.pk)


def _typed(username: str) -> Ref:
    """A name that nobody has, as records know it: keyed, since guesses at a bare digest could be tried for ever."""
    return Ref("sign_in_name", salted_hmac("xirang sign-in name", plain(username), algorithm="sha256").hexdigest()[:24])


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    return make_password("a password that nobody has")
