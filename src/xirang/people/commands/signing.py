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
from xirang.foundation.text import plain
from xirang.people import queries
from xirang.people.logic.sign_in_rules import Failures, accepted_step, name_digest, recovery_digest
from xirang.people.models import Account, RecoveryCode, SignInFailure

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
def sign_in(*, actor: Actor, username: str, password: str, address: str, now: datetime) -> SignInOutcome:
    """Try a user name and a password; `address` is where the attempt came from.

    It returns instead of raising, so that the failure stays counted. TooManyError for an address without end.
    """
    rates.take(f"sign_in:{address}", limit=ATTEMPTS, seconds=WINDOW, now=now)
    username = plain(username)[:64]
    failures = _locked_failures(name_digest(username))
    account = queries.find_account(username)
    # The hash is computed for unknown and locked names too: the time it takes tells nobody whether a name exists.
    right = check_password(password[:512], account.password if account else _nobodys_password())
    right = right and account is not None and account.may_sign_in
    if failures.locked(now):
        return _refuse(account, username, failures, address, "locked", now)
    if not right or account is None:
        return _refuse(account, username, failures.one_more(now), address, "refused", now)
    if account.has_totp:
        record(
            Ref("account", str(account.pk)),
            {"result": "password_right", "address": sealed(address)},
            area_id=account.area_id,
        )
        return SignInOutcome("second_factor", account.pk)
    return _let_in(account, address, "password", now)


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
    failures = _locked_failures(name_digest(account.username))
    if failures.locked(now):
        return _refuse(account, account.username, failures, address, "locked", now)
    how = _second_factor(account, code, now)
    if not how:
        return _refuse(account, account.username, failures.one_more(now), address, "refused_second", now)
    return _let_in(account, address, how, now)


def _second_factor(account: Account, code: str, now: datetime) -> str:
    """ "totp" or "recovery" when the code is right and was never used; it is used up then."""
    from xirang.people.queries.vault import open_totp_secret

    step = accepted_step(open_totp_secret(account), code, now, account.totp_last_step)
    if step is not None:
        account.totp_last_step = step
        account.save(update_fields=["totp_last_step"])
        return "totp"
    digest = recovery_digest(str(account.pk), code)
    used = RecoveryCode.objects.filter(account=account, digest=digest, used_at__isnull=True).update(used_at=now)
    return "recovery" if used else ""


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


def _locked_failures(digest: str) -> Failures:
    """The failures of a name; simultaneous attempts on one name wait here, so none slips past the count."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [digest])
    row = SignInFailure.objects.filter(pk=digest).first()
    return Failures(row.failed_count, row.last_at, row.locked_until) if row else Failures()


def _refuse(
    account: Account | None, username: str, failures: Failures, address: str, result: str, now: datetime
) -> SignInOutcome:
    digest = name_digest(username)
    if result != "locked":
        SignInFailure.objects.update_or_create(
            pk=digest, defaults={"failed_count": failures.count, "last_at": now, "locked_until": failures.locked_until}
        )
        Account.objects.all_unscoped("counted beside the name").filter(username=username).update(
            failed_count=failures.count, locked_until=failures.locked_until
        )
    subject = Ref("account", str(account.pk)) if account else _typed(username)
    record(
        subject,
        {"result": result, "address": sealed(address), "locked_until": failures.locked_until},
        area_id=account.area_id if account else None,
    )
    if failures.locked(now) and failures.locked_until:
        return SignInOutcome("locked", minutes=int((failures.locked_until - now).total_seconds() + 59) // 60)
    return SignInOutcome("refused")


def _let_in(account: Account, address: str, how: str, now: datetime, *, issuer: str = "") -> SignInOutcome:
    SignInFailure.objects.filter(pk=name_digest(account.username)).delete()
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
