"""What is done to the account of one of the three administrators: asked for by one, confirmed by a second."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.ids import new_id
from xirang.foundation.sealing import sealed
from xirang.people import queries
from xirang.people.commands.accounts import close_account, renew_password, turn_totp_off
from xirang.people.models import Account, RoleGrant, SecuringRequest
from xirang.people.policy import CONFIRMING, can_decide_securing, can_request_securing
from xirang.people.spec import ADMINISTRATORS, SECURING_ACTS


class NoSuchSecuringError(NotFoundError):
    code = "no_such_securing"
    zh = "没有找到这项处置申请，或它不在您可以查看的范围内。"
    en = "There is no such request, or it lies outside what you may see."


class SecuringDecidedError(ConflictError):
    code = "securing_decided"
    zh = "这项处置申请已经审定，或已超过七天。需要处置的，请重新申请。"
    en = "This request has been decided, or is older than seven days. Please ask anew if it is still needed."


@command(gettext_lazy("申请处置三员账号"), permit=CONFIRMING.but(gettext_lazy("所辖区域的三员账号；本人除外")))
def request_securing(*, actor: Actor, account_id: UUID, act: str, because: str, now: datetime) -> UUID:
    """Ask a second administrator to confirm an act of SECURING_ACTS on the account of one of the three.

    NotAllowedError for the own account and for an account that is none of the three; InvalidError for an unknown act
    or no reason; ConflictError when the same already waits.
    """
    account = queries.get_account(actor, account_id)
    if not can_request_securing(actor, account, administers=queries.is_administrator(account, now=now)):
        raise NotAllowedError()
    fields = {}
    if act not in SECURING_ACTS:
        fields["act"] = _("请从列表中选择。")
    if not 2 <= len(because.strip()) <= 200:
        fields["because"] = _("请写明理由。")
    if fields:
        raise InvalidError(fields=fields)
    _forget_expired(account, act, now)
    try:
        with transaction.atomic():
            asked = SecuringRequest.objects.create(
                id=new_id(now),
                account=account,
                act=act,
                because=because.strip(),
                requested_by=str(actor.ref),
                requested_at=now,
            )
    except IntegrityError as error:
        raise ConflictError(
            code="securing_waits",
            zh="同样的申请已经在等另一位管理员确认。",
            en="The same request waits for a second administrator already.",
        ) from error
    _say(account, {"request": asked.pk, "act": act, "because": sealed(asked.because)})
    return asked.pk


@command(gettext_lazy("审定三员账号处置"), permit=CONFIRMING)
def decide_securing(*, actor: Actor, request_id: UUID, confirmed: bool, now: datetime) -> str:
    """Confirm or refuse what another administrator asked for; returns the new first password where one was made.

    NotAllowedError for whoever asked and for whose account it is. A decided or expired request is ConflictError.
    """
    rows = SecuringRequest.objects.select_for_update(of=("self",))
    asked = rows.filter(pk=request_id).first()
    if asked is None:
        raise NoSuchSecuringError()
    try:
        account = queries.get_account(actor, asked.account_id)
    except NotFoundError as error:
        raise NoSuchSecuringError() from error
    if not can_decide_securing(actor, account, asked.requested_by):
        raise NotAllowedError(
            code="needs_another",
            zh="须由申请人和账号本人以外的另一位管理员审定。",
            en="This must be decided by an administrator other than whoever asked and whose account it is.",
        )
    if asked.decided_at is not None or asked.requested_at <= now - queries.SECURING_WAITS:
        raise SecuringDecidedError()
    asked.decided_at, asked.decided_by, asked.confirmed = now, str(actor.ref), confirmed
    asked.save(update_fields=["decided_at", "decided_by", "confirmed"])
    _say(account, {"request": asked.pk, "act": asked.act, "granted": confirmed})
    return _carry_out(account, asked.act, actor, now) if confirmed else ""


def _carry_out(account: Account, act: str, actor: Actor, now: datetime) -> str:
    """Do what was confirmed; returns a new password or an empty text."""
    if act == "reset_password":
        return renew_password(account)
    if act == "disable_totp":
        turn_totp_off(account)
    elif act == "lock_account":
        close_account(account)
    else:
        held = RoleGrant.objects.filter(account=account, role__in=ADMINISTRATORS, ended_at__isnull=True)
        held.update(ended_at=now, ended_by=str(actor.ref))
    return ""


def _forget_expired(account: Account, act: str, now: datetime) -> None:
    """A request that nobody confirmed in time makes room for a new one; the record keeps that it was made."""
    waiting = SecuringRequest.objects.filter(account=account, act=act, decided_at__isnull=True)
    waiting.filter(requested_at__lte=now - queries.SECURING_WAITS).delete()


def _say(account: Account, body: dict[str, Any]) -> None:
    record(Ref("account", str(account.pk)), body, area_id=account.area_id)
