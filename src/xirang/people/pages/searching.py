"""Organisations and accounts in the one search; a credit code leads straight to its organisation."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.foundation.actor import Actor
from xirang.foundation.search import NOTHING_FOUND, Found, Hit, Match, Question, Searcher
from xirang.people import policy, queries
from xirang.people.models import Organisation

MOST = 50


def find_organisations(actor: Actor, question: Question, now: datetime, limit: int) -> Found:
    """Organisations within the actor's scope whose name has all words, exact ones and short ones first."""
    found = queries.search_organisations(actor, " ".join(word.text for word in question.words), MOST)
    return Found(tuple(_organisation(one) for one in found[:limit]), len(found), len(found) == MOST)


def _organisation(one: Organisation) -> Hit:
    matches = [Match(_("地址"), one.address_text)] if one.address_text else []
    return Hit(one.name, reverse("people:organisation", args=[one.pk]), one.credit_code or "", tuple(matches))


def direct_organisation(actor: Actor, text: str, now: datetime) -> str:
    """The page of the organisation with this credit code, where the actor may see it."""
    if not policy.can_list_organisations(actor) or len("".join(text.split())) != 18:
        return ""
    found = queries.find_organisation_by_credit_code(actor, text)
    return reverse("people:organisation", args=[found.pk]) if found else ""


def find_accounts(actor: Actor, question: Question, now: datetime, limit: int) -> Found:
    """Accounts whose shown name or user name fits, or whose owner has this telephone: for those who list accounts."""
    if not policy.can_list_accounts(actor):
        return NOTHING_FOUND
    page = queries.list_accounts(actor, now=now, text=question.text, size=MOST)
    hits = [
        Hit(
            row.account.title_name,
            reverse("people:account", args=[row.account.pk]),
            row.account.username,
            (Match(_("单位"), row.account.organisation.name),) if row.account.organisation else (),
        )
        for row in page.rows[:limit]
    ]
    return Found(tuple(hits), len(page.rows), bool(page.next))


ORGANISATIONS = Searcher(
    code="organisations",
    title=gettext_lazy("企业和单位"),
    order=20,
    find=find_organisations,
    direct=direct_organisation,
    offered=policy.can_list_organisations,
)
ACCOUNTS = Searcher(
    code="accounts", title=gettext_lazy("账号"), order=30, find=find_accounts, offered=policy.can_list_accounts
)
