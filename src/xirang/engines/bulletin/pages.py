"""Messages of the signed-in person; for the system administrator, the sandbox of all outbound messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from xirang.engines.bulletin import commands, queries
from xirang.engines.bulletin.models import INBOX, SANDBOX, Message
from xirang.foundation.actor import Actor, is_public
from xirang.foundation.addresses import address_of
from xirang.foundation.calendar import local_date
from xirang.foundation.pages import Asked, now, page, signed_in
from xirang.foundation.search import Found, Hit, Match, Question, Searcher, excerpt
from xirang.people.queries import is_office
from xirang.ui.components import MomentCell, StatusCell
from xirang.ui.listing import Asking, Chip, Empty, HeadLink, Line, Listing, Shown, list_page
from xirang.ui.shell import Entries, NavItem

EXCERPT = 120  # Letters of a message that its list shows.


# The page of messages says how many are unread, and the bell above it says so again: one request asks once.
_counted: WeakKeyDictionary[HttpRequest, int] = WeakKeyDictionary()


def _unread(asking: Asking) -> int:
    return _unread_of(asking.request, asking.actor)


def _unread_of(request: HttpRequest, actor: Actor) -> int:
    if request not in _counted:
        _counted[request] = queries.count_unread(actor=actor)
    return _counted[request]


def _links(asking: Asking) -> tuple[HeadLink, ...]:
    if not _unread(asking):
        return ()
    return (HeadLink(gettext_lazy("全部标为已读"), reverse("bulletin:mark_all_read"), "check-lg", posts=True),)


def _about(_asking: Asking) -> str:
    return _("演示模式：所有对外消息都留在这里，不会真的发出。") if settings.DEMO else ""


def _excerpt(message: Message) -> str:
    body = " ".join(message.body.split())
    return body if len(body) <= EXCERPT else f"{body[: EXCERPT - 1]}…"


def _columns(asking: Asking) -> tuple[Shown[Message], ...]:
    channels = {SANDBOX: _("沙箱"), INBOX: _("站内")}
    # Somebody of the public has no mail but their own.
    to: Shown[Message] = Shown(
        key="to", title=_("发给"), personal=True, secondary=True, cell=lambda row, _: row.to_title
    )
    channel: Shown[Message] = Shown(
        key="channel",
        title=_("渠道"),
        secondary=True,
        cell=lambda row, _: channels.get(row.channel, row.channel),
    )
    return (
        Shown(key="subject", title=_("标题"), role="title", short=True, personal=True, cell=lambda row, _: row.subject),
        Shown(key="body", title=_("内容"), personal=True, cell=lambda row, _: _excerpt(row)),
        *((to,) if is_office(asking.actor) else ()),
        *((channel,) if asking.actor.holds("system_admin") else ()),
        Shown(key="at", title=_("时间"), cell=lambda row, _: MomentCell(row.created_at)),
        Shown(key="state", title=_("状态"), role="status", cell=lambda row, _: _state(row)),
    )


def _state(message: Message) -> StatusCell:
    return StatusCell("plain", _("已读")) if message.read_at else StatusCell("wait", _("未读"))


MESSAGES: Listing[Message] = Listing(
    name="bulletin:messages",
    title=gettext_lazy("消息"),
    about=_about,
    unit=gettext_lazy("条"),
    columns=_columns,
    rows=lambda asking, key, size: queries.list_messages(
        actor=asking.actor, key=key, unread=bool(asking.wanted.get("unread")), size=size
    ),
    line=lambda row, _: Line(str(row.pk), reverse("bulletin:open_message", args=[row.pk]), posts=True),
    chips=lambda _asking: (
        Chip("", gettext_lazy("全部")),
        Chip("unread", gettext_lazy("未读"), {"unread": True}),
    ),
    chip_counts=lambda asking, _chips: {"unread": _unread(asking)},
    links=_links,
    empty=lambda _asking: Empty(gettext_lazy("没有消息"), gettext_lazy("有新交办、补充或答复时会发到这里。")),
)
messages = list_page(signed_in, MESSAGES)


@require_POST
@page(signed_in)
def mark_all_read(request: Asked) -> HttpResponse:
    """Mark everything sent to the own account as read."""
    seen = commands.mark_all_read(actor=request.actor, now=now())
    if seen:
        success(request, _("%(count)s 条消息已标为已读。") % {"count": seen})
    return HttpResponseRedirect(reverse("bulletin:messages"))


@require_POST
@page(signed_in)
def open_message(request: Asked, message_id: UUID) -> HttpResponse:
    commands.mark_read(actor=request.actor, message_id=message_id, now=now())
    message = queries.get_message(actor=request.actor, message_id=message_id)
    return HttpResponseRedirect(message.about_url or address_of("bulletin:messages"))


def entries(request: Asked, actor: Actor) -> Entries:
    """The bell with what is unread, for everybody signed in; one query, or none where the page has asked it."""
    if is_public(actor):
        return Entries()
    unread = _unread_of(request, actor)
    url = address_of("bulletin:messages")
    bell = NavItem("messages", _("消息"), url, "bell", unread or None, hot=unread > 0)
    if not is_office(actor):
        return Entries(messages=bell)
    plain = NavItem("messages", _("消息"), url, "bell", order=90)
    return Entries(messages=bell, nav=(plain,), tabs=(plain,))


def find(actor: Actor, question: Question, now: datetime, limit: int) -> Found:
    """The actor's newest messages with all words; each leads to what it is about."""
    found = queries.search_messages(actor=actor, words=[word.text for word in question.words])
    hits = [
        Hit(
            one.subject,
            one.about_url or address_of("bulletin:messages"),
            matches=(Match(_("正文"), excerpt(one.body, question.words)),),
            day=local_date(one.created_at),
        )
        for one in found[:limit]
    ]
    return Found(tuple(hits), len(found), len(found) == queries.MOST_FOUND)


SEARCHER = Searcher(code="messages", title=gettext_lazy("消息"), order=60, find=find)
