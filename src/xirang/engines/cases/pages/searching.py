"""Cases in the one search: hits with where they match, a number or a telephone that leads straight to its case."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.engines.cases import queries
from xirang.engines.cases.logic.searching import Piece
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import installed
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import local_date
from xirang.foundation.search import Found, Hit, Match, Question, Searcher, Way, excerpt, has_word
from xirang.people.queries import is_office
from xirang.ui.wording import reader_language, short_day

MOST_MATCHES = 3


def find(actor: Actor, question: Question, now: datetime, limit: int) -> Found:
    """Cases with all the words; a telephone number finds those that its owner asked for, by right and masked."""
    phoned = queries.list_cases_by_phone(actor=actor, phone=question.text, now=now)
    if phoned:
        where = _("求助人电话")
        hits = [_hit(actor, case, (Match(where, masked),), now) for case, masked in phoned[:limit]]
        return Found(tuple(hits), len(phoned))
    language = reader_language()
    found = queries.search_cases(actor=actor, question=question, limit=limit, language=language)
    hits = [_hit(actor, one.case, _matches(one.pieces, one.case, question, now), now) for one in found.hits]
    return Found(tuple(hits), found.count, found.more)


def direct(actor: Actor, text: str, now: datetime) -> str:
    """The page of the case with this number, or of the only one that the owner of this telephone asked for."""
    case = queries.find_case_by_number(actor=actor, number=text)
    if case is None:
        phoned = queries.list_cases_by_phone(actor=actor, phone=text, now=now)
        case = phoned[0][0] if len(phoned) == 1 else None
    return _url(actor, case) if case else ""


def instead(actor: Actor, question: Question, now: datetime) -> tuple[Way, ...]:
    """Register it as a new matter; the words go along."""
    return (Way(_("登记一件新的"), f"{reverse('cases:services')}?{urlencode({'said': question.text})}"),)


def _url(actor: Actor, case: Case) -> str:
    return reverse("cases:case" if is_office(actor) else "cases:tracked", args=[case.pk])


def _hit(actor: Actor, case: Case, matches: tuple[Match, ...], now: datetime) -> Hit:
    # Only now: the engine's own declaration leads here, and views draw what a start does not need.
    from xirang.engines.cases.pages.views import status_of

    status = status_of(case, installed.process_of(case.process_id), reader_language())
    day = local_date(case.closed_at or case.opened_at)
    return Hit(case.title, _url(actor, case), case.number, matches, (status.kind, status.word), day)


def _matches(pieces: tuple[Piece, ...], case: Case, question: Question, now: datetime) -> tuple[Match, ...]:
    """Where the words stand besides the title and the number, which are shown in full."""
    shown, found = {_bare(case.title), _bare(case.number)}, []
    for piece in pieces:
        text = piece.text if any(has_word(piece.text, word) for word in question.words) else piece.also
        if _bare(text) in shown or _told(case.title, text, question):
            continue
        shown.add(_bare(text))
        day = f" {short_day(local_date(piece.at), local_date(now))}" if piece.at else ""
        found.append(Match(piece.where + day, excerpt(text, question.words)))
    return tuple(found[:MOST_MATCHES])


def _told(title: str, text: str, question: Question) -> bool:
    """Whether the title is the beginning of this text and has every word that the text has."""
    begun = text.startswith(_bare(title))
    return begun and all(has_word(title, word) for word in question.words if has_word(text, word))


def _bare(text: str) -> str:
    """A text without the full stop that a title has lost."""
    return text.strip().rstrip("。.！!？?；;，,…")


SEARCHER = Searcher(code="cases", title=gettext_lazy("办件"), order=10, find=find, direct=direct, instead=instead)
