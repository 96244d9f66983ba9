"""Reading messages: one's own, and the sandbox where every outbound message is kept in demo mode."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from xirang.engines.bulletin.models import Message
from xirang.foundation.actor import Actor
from xirang.foundation.errors import NotFoundError
from xirang.foundation.paging import PAGE, Page, page
from xirang.foundation.statements import part, rows, within

NEWEST, MOST_FOUND = 1000, 50


def list_messages(*, actor: Actor, key: str = "", unread: bool = False, size: int = PAGE) -> Page[Message]:
    """Messages within the actor's scope, newest first; carried by message_newest or message_of_account.

    `unread` are those to the actor's own account that nobody has opened, as the bell counts them: what lies unread in
    the sandbox is nobody's work.
    """
    found = unread_messages(actor) if unread else Message.objects.within(actor)
    return page(found, order=["-created_at", "-id"], key=key, size=size)


def unread_messages(actor: Actor) -> QuerySet[Message]:
    """What waits for the actor's own account; carried by message_unread."""
    if actor.ref.kind != "account":
        return Message.objects.none()
    return Message.objects.within(actor).filter(to_account_id=UUID(actor.ref.id), read_at__isnull=True)


def count_unread(*, actor: Actor) -> int:
    """How many messages to the actor's own account are unread, at most 100."""
    if actor.ref.kind != "account":
        return 0
    unread = part(
        "SELECT 1 FROM bulletin_message m"
        " WHERE {scope} AND m.to_account_id = {account} AND m.read_at IS NULL LIMIT 100",
        scope=within(Message, actor, "m"),
        account=UUID(actor.ref.id),
    )
    [(count,)] = rows(part("SELECT count(*) FROM ({unread}) AS found", unread=unread))
    return int(count)


def get_message(*, actor: Actor, message_id: UUID) -> Message:
    """One message within the actor's scope, or NotFoundError."""
    message = Message.objects.within(actor).filter(pk=message_id).first()
    if message is None:
        raise NotFoundError()
    return message


def search_messages(*, actor: Actor, words: Sequence[str]) -> list[Message]:
    """Of the newest messages within the actor's scope those with all words, newest first; carried by message_newest
    or message_of_account.
    """
    newest = Message.objects.within(actor).order_by("-created_at", "-id").values("pk")[:NEWEST]
    rows = Message.objects.within(actor).filter(pk__in=newest)
    for word in words:
        rows = rows.filter(Q(subject__icontains=word) | Q(body__icontains=word))
    return list(rows.order_by("-created_at", "-id")[:MOST_FOUND])
