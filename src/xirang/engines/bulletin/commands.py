"""Sending messages and marking them read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from xirang.areas.models import Area
from xirang.engines.bulletin import queries
from xirang.engines.bulletin.models import INBOX, SANDBOX, Message
from xirang.engines.bulletin.policy import can_mark_read
from xirang.engines.bulletin.spec import Notify
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record, unchanged
from xirang.foundation.errors import InvalidError
from xirang.foundation.ids import new_id
from xirang.foundation.permits import Permit
from xirang.people.queries import names_of_accounts, names_of_organisations


@command(_("发送消息"), permit=Permit(("system",), _("由事件引发，人不能直接调用")))
def notify(*, actor: Actor, note: Notify, now: datetime) -> UUID:
    """Keep a message for its recipient. In demo mode the sandbox is the only channel: nothing leaves the house."""
    notify.permit.require(actor)
    named = [note.to_account_id, note.to_person_id, note.to_unit_id]
    if sum(item is not None for item in named) != 1:
        raise InvalidError(code="one_recipient", zh="一条消息只能有一个收件方。", en="A message has one recipient.")
    path = list(Area.objects.values_list("path", flat=True).get(pk=note.area_id)) if note.area_id else []
    message = Message.objects.create(
        id=new_id(now),
        created_at=now,
        channel=SANDBOX if settings.DEMO else INBOX,
        to_account_id=note.to_account_id,
        to_person_id=note.to_person_id,
        to_unit_id=note.to_unit_id,
        to_title=_title(note),
        subject=note.subject[:200],
        body=note.body[:2000],
        about_kind=note.about[0],
        about_id=note.about[1],
        about_url=note.url,
        area_path=[str(area) for area in path],
        state="kept",
    )
    record(
        Ref("message", str(message.pk)), {"about": list(note.about), "channel": message.channel}, area_id=note.area_id
    )
    return message.pk


@command(_("标记已读"), permit=Permit(("signed_in",), _("本人的消息")))
def mark_read(*, actor: Actor, message_id: UUID, now: datetime) -> UUID:
    """Note that its recipient has opened a message; a second look, or another's look, changes nothing."""
    mark_read.permit.require(actor)
    message = queries.get_message(actor=actor, message_id=message_id)
    if message.read_at is not None or not can_mark_read(actor, message):
        return unchanged(message.pk)
    message.read_at = now
    message.save(update_fields=["read_at"])
    record(Ref("message", str(message.pk)), {"seen": True})
    return message.pk


def _title(note: Notify) -> str:
    """How the recipient is named beside the message; a person of the vault stays nameless."""
    if note.to_account_id:
        return names_of_accounts([note.to_account_id]).get(str(note.to_account_id), "")
    if note.to_unit_id:
        return names_of_organisations({note.to_unit_id}).get(note.to_unit_id, "")
    return "求助人"
