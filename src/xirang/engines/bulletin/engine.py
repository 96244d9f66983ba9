"""What the bulletin says of itself: it tells people, and shows them what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.engines.bulletin import commands
from xirang.engines.bulletin.pages import SEARCHER, entries
from xirang.engines.bulletin.spec import Notify
from xirang.foundation.actor import Actor
from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind, RecordWords
from xirang.foundation.sockets import Effect
from xirang.ui.shell import Menu


def _notify(note: Notify, *, actor: Actor, now: datetime) -> UUID:
    return commands.notify(actor=actor, notes=[note], now=now)[0]


def _notify_all(notes: Sequence[Notify], *, actor: Actor, now: datetime) -> list[UUID]:
    return commands.notify(actor=actor, notes=notes, now=now)


WORDS = RecordWords(
    parts={"seen": _("已读"), "messages": _("消息条数")},
    values={("channel", "inbox"): _("站内消息"), ("channel", "sandbox"): _("消息沙盒")},
)

ENGINE = Engine(
    "bulletin",
    _("消息"),
    (
        Effect(Notify, _notify, _notify_all),
        RecordKind(kind="message", title=_("消息")),
        WORDS,
        Menu(entries),
        SEARCHER,
        Urls("xirang.engines.bulletin.urls"),
    ),
)
