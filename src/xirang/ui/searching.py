"""The page of the one search: every engine is asked, a number leads straight to its object, what fails says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xirang.foundation.actor import Actor
from xirang.foundation.calendar import local_date
from xirang.foundation.engines import every
from xirang.foundation.pages import Asked, now, page, signed_in
from xirang.foundation.search import Found, Hit, Question, Searcher, Way, marked, read_question
from xirang.ui.components import StatusCell
from xirang.ui.wording import listed, short_day

log = logging.getLogger("xirang.search")
FIRST, ALL = 10, 50
PATIENCE = 3000  # Milliseconds for a statement: a group that takes longer is told as missing.
SUGGESTED = 3
Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class ShownHit:
    """One hit as the page draws it: texts in pieces, each with whether it is one of the words."""

    title: Pieces
    url: str
    number: Pieces
    matches: tuple[tuple[str, Pieces], ...]
    status: StatusCell | None
    day: str


@dataclass(frozen=True, slots=True)
class Group:
    """What one engine found; None for `count` where it could not be asked. `url` shows this group alone."""

    code: str
    title: str
    url: str
    hits: tuple[ShownHit, ...] = ()
    count: int | None = None
    more: bool = False

    @property
    def said(self) -> str:
        """How many there are: “12”, or “100+” where counting stopped."""
        return "" if self.count is None else f"{self.count}{'+' if self.more and self.count else ''}"

    @property
    def is_cut(self) -> bool:
        """Whether there is more than is shown."""
        return self.count is not None and (self.more or self.count > len(self.hits))


@require_safe
@page(signed_in)
def search(request: Asked) -> HttpResponse:
    """`?q=<words>` asks every engine, `&group=<code>` one of them; a whole number or code is gone to at once."""
    moment, actor = now(), request.actor
    question = read_question(request.GET.get("q", ""))
    offered = sorted((one for one in every(Searcher) if one.offered(actor)), key=lambda one: one.order)
    chosen = request.GET.get("group", "")
    if question.text and not chosen and (straight := _direct(offered, actor, question, moment)):
        return HttpResponseRedirect(straight)
    asked = [one for one in offered if one.find and chosen in ("", one.code)]
    found = _ask(asked, actor, question, moment, ALL if chosen else FIRST) if question.words else {}
    groups = [_group(one, found[one.code], question, moment) for one in asked if one.code in found]
    empty = bool(groups) and all(group.count == 0 for group in groups)
    context = {
        "question": question,
        "groups": groups,
        "chosen": chosen,
        "everything": _url(question.text),
        "total": _total(groups),
        "missing": [group for group in groups if group.count is None],
        "empty": empty,
        "words": listed(f"“{word.text}”" for word in question.words),
        "ways": _ways(offered, asked, actor, question, moment) if empty else (),
    }
    return render(request, "ui/search.html", context)


def _url(text: str, group: str = "") -> str:
    given = {"q": text, "group": group} if group else {"q": text}
    return f"{reverse('ui:search')}?{urlencode(given)}"


def _direct(offered: Sequence[Searcher], actor: Actor, question: Question, moment: datetime) -> str:
    """Where a whole number or code leads; an engine that cannot be asked leads nowhere."""
    for one in offered:
        try:
            with transaction.atomic():
                found = one.direct(actor, question.text, moment)
        except Exception:
            log.exception("the search could not ask %s for a number", one.code)
            continue
        if found:
            return found
    return ""


def _ask(
    searchers: Sequence[Searcher], actor: Actor, question: Question, moment: datetime, limit: int
) -> dict[str, Found | None]:
    """What each engine found, None where it failed: one fault must not hide what the others have.

    All are asked in one transaction with one limit of time; after a fault of the database the next begin another.
    """
    found: dict[str, Found | None] = {}
    waiting = list(searchers)
    while waiting:
        try:
            with transaction.atomic():
                _limit_time()
                while waiting:
                    found[waiting[0].code] = _found(waiting[0], actor, question, moment, limit)
                    waiting.pop(0)
        except DatabaseError:
            log.exception("the search got no answer from %s", waiting[0].code)
            found[waiting.pop(0).code] = None
    return found


def _limit_time() -> None:
    # The limit ends with the transaction, so it is set only where that is ours.
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [str(PATIENCE)])


def _found(one: Searcher, actor: Actor, question: Question, moment: datetime, limit: int) -> Found | None:
    try:
        return one.find(actor, question, moment, limit) if one.find else None
    except DatabaseError:
        raise
    except Exception:
        log.exception("the search got no answer from %s", one.code)
        return None


def _group(one: Searcher, found: Found | None, question: Question, moment: datetime) -> Group:
    url = _url(question.text, one.code)
    if found is None:
        return Group(one.code, str(one.title), url)
    hits = tuple(_shown(hit, question, moment) for hit in found.hits)
    return Group(one.code, str(one.title), url, hits, found.count, found.more)


def _shown(hit: Hit, question: Question, moment: datetime) -> ShownHit:
    words = question.words
    return ShownHit(
        title=marked(hit.title, words),
        url=hit.url,
        number=marked(hit.number, words) if hit.number else (),
        matches=tuple((one.where, marked(one.text, words)) for one in hit.matches),
        status=StatusCell(*hit.state) if hit.state else None,
        day=short_day(hit.day, local_date(moment)) if hit.day else "",
    )


def _total(groups: Sequence[Group]) -> str:
    """How many there are in all groups, with a plus sign where one was counted no further."""
    counted = sum(group.count or 0 for group in groups)
    return f"{counted}+" if any(group.more for group in groups) and counted else str(counted)


def _ways(
    offered: Sequence[Searcher], asked: Sequence[Searcher], actor: Actor, question: Question, moment: datetime
) -> tuple[Way, ...]:
    """Ways on where nothing was found: fewer words with how many those find, and what engines propose."""
    ways = []
    for word in question.words[:SUGGESTED] if len(question.words) > 1 else ():
        found = _ask(asked, actor, question.only(word), moment, 1)
        count = sum(one.count for one in found.values() if one)
        if count:
            said = f"{count}+" if any(one.more for one in found.values() if one) else str(count)
            ways.append(Way(_("只搜“%(word)s”，%(count)s 条") % {"word": word.text, "count": said}, _url(word.text)))
    return (*ways, *(way for one in reversed(offered) for way in one.instead(actor, question, moment)))
