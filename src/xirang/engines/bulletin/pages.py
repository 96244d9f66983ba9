"""Messages of the signed-in person; for the system administrator, the sandbox of all outbound messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from xirang.engines.bulletin import commands, queries
from xirang.foundation.actor import Actor, is_public
from xirang.foundation.addresses import address_of
from xirang.foundation.calendar import local_date
from xirang.foundation.pages import Asked, now, page, signed_in
from xirang.foundation.search import Found, Hit, Match, Question, Searcher, excerpt
from xirang.people.queries import is_office
from xirang.ui.paging import pager_of
from xirang.ui.shell import Entries, NavItem


@page(signed_in)
def messages(request: Asked) -> HttpResponse:
    unread = request.GET.get("unread") == "1"
    found = queries.list_messages(actor=request.actor, key=request.GET.get("key", ""), unread=unread)
    return render(
        request,
        "bulletin/messages.html",
        {
            "page": found,
            "pager": pager_of(found, request),
            "unread": unread,
            "sandbox": settings.DEMO,
            "all_of_them": request.actor.holds("system_admin"),
        },
    )


@require_POST
@page(signed_in)
def open_message(request: Asked, message_id: UUID) -> HttpResponse:
    commands.mark_read(actor=request.actor, message_id=message_id, now=now())
    message = queries.get_message(actor=request.actor, message_id=message_id)
    return HttpResponseRedirect(message.about_url or address_of("bulletin:messages"))


def entries(request: Asked, actor: Actor) -> Entries:
    """The bell with what is unread, for everybody signed in; one query."""
    if is_public(actor):
        return Entries()
    unread = queries.count_unread(actor=actor)
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
