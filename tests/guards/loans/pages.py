"""The one page of this engine, and its entry in the menu."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from xirang.engines.loans.models import Shelf

from xirang.foundation.actor import Actor
from xirang.foundation.pages import Asked, page, roles
from xirang.foundation.search import Found, Hit, Question, Searcher, has_word
from xirang.ui.shell import Entries, NavItem


@page(roles("dispatcher"))
def loans(request: Asked) -> HttpResponse:
    return render(request, "loans/loans.html", {"shelves": Shelf.objects.order_by("code")})


def entries(request: Asked, actor: Actor) -> Entries:
    """The shelves, for the desk."""
    if not actor.holds("dispatcher"):
        return Entries()
    return Entries(nav=(NavItem("loans", "借用", reverse("loans:loans"), "grid", order=25),))


def find(actor: Actor, question: Question, now: datetime, limit: int) -> Found:
    """Shelves by their titles."""
    shelves = [one for one in Shelf.objects.order_by("code") if all(has_word(one.title, w) for w in question.words)]
    return Found(tuple(Hit(one.title, reverse("loans:loans")) for one in shelves[:limit]), len(shelves))


def direct(actor: Actor, text: str, now: datetime) -> str:
    """A shelf by its code."""
    return reverse("loans:loans") if Shelf.objects.filter(pk=text).exists() else ""


SEARCHER = Searcher(
    code="loans", title="借用", order=25, find=find, direct=direct, offered=lambda actor: actor.holds("dispatcher")
)
