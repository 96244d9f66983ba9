"""Seeing the pages as somebody else would: read-only, and its start and end stand in the records."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import InvalidError
from xirang.foundation.permits import Permit
from xirang.foundation.sealing import sealed
from xirang.people import queries
from xirang.people.policy import PREVIEWING


@command(gettext_lazy("以某人身份查看（只读）"), permit=PREVIEWING)
def start_preview(*, actor: Actor, account_id: UUID, because: str, now: datetime) -> UUID:
    """Begin to see the pages as another account; NotAllowedError for the three administrators' and one's own."""
    account = queries.get_account(actor, account_id)
    queries.preview_actor(actor, account, now=now)
    if not 2 <= len(because.strip()) <= 200:
        raise InvalidError(fields={"because": _("请写明查看原因，2 到 200 个字。")})
    record(
        Ref("account", str(account.pk)),
        {"preview": "started", "because": sealed(because.strip())},
        area_id=account.area_id,
    )
    return account.pk


@command(gettext_lazy("结束查看"), permit=Permit(("signed_in",), gettext_lazy("本人发起的")))
def end_preview(*, actor: Actor, account_id: UUID, now: datetime) -> UUID:
    """Return to one's own view; `actor` is who looked, not who was looked at."""
    end_preview.permit.require(actor)
    account = queries.get_account(actor, account_id)
    record(Ref("account", str(account.pk)), {"preview": "ended"}, area_id=account.area_id)
    return account.pk
