"""Sending messages and marking them read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

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
def notify(*, actor: Actor, notes: Sequence[Notify], now: datetime) -> list[UUID]:
    """Keep a message for the recipient of each note, in their order, all of them or none.

    In demo mode the sandbox is the only channel: nothing leaves the house. A handful of statements, however many.
    """
    notify.permit.require(actor)
    for note in notes:
        if sum(item is not None for item in (note.to_account_id, note.to_person_id, note.to_unit_id)) != 1:
            raise InvalidError(code="one_recipient", zh="一条消息只能有一个收件方。", en="A message has one recipient.")
    titles = _titles(notes)
    channel = SANDBOX if settings.DEMO else INBOX
    messages = [
        Message(
            id=new_id(now),
            created_at=now,
            channel=channel,
            to_account_id=note.to_account_id,
            to_person_id=note.to_person_id,
            to_unit_id=note.to_unit_id,
            to_title="求助人" if note.to_person_id else titles.get(str(note.to_account_id or note.to_unit_id), ""),
            subject=note.subject[:200],
            body=note.body[:2000],
            about_kind=note.about[0],
            about_id=note.about[1],
            about_url=note.url,
            state="kept",
        )
        for note in notes
    ]
    Message.objects.bulk_create(messages)
    for message, note in zip(messages, notes, strict=True):
        body = {"about": list(note.about), "channel": channel}
        record(Ref("message", str(message.pk)), body, area_id=note.area_id)
    return [message.pk for message in messages]


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


@command(_("全部标为已读"), permit=Permit(("signed_in",), _("发给本人账号的消息")))
def mark_all_read(*, actor: Actor, now: datetime) -> int:
    """Note that the actor has seen everything sent to their own account; returns how many were unread.

    What went to a unit stays as it is: a colleague may not have read it yet.
    """
    mark_all_read.permit.require(actor)
    seen = queries.unread_messages(actor).update(read_at=now)
    if not seen:
        return unchanged(seen)
    record(actor.ref, {"seen": True, "messages": seen})
    return seen


def _titles(notes: Sequence[Notify]) -> dict[str, str]:
    """How accounts and units are named beside their messages, by id; a person of the vault stays nameless."""
    accounts = {note.to_account_id for note in notes if note.to_account_id}
    units = {note.to_unit_id for note in notes if note.to_unit_id}
    named = names_of_accounts(accounts) if accounts else {}
    return named | ({str(unit): name for unit, name in names_of_organisations(units).items()} if units else {})
