"""The one page of this engine, and its entry in the menu."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from xirang.engines.loans.models import Shelf

from xirang.foundation.actor import Actor
from xirang.foundation.pages import Asked, page, roles
from xirang.ui.shell import Entries, NavItem


@page(roles("dispatcher"))
def loans(request: Asked) -> HttpResponse:
    return render(request, "loans/loans.html", {"shelves": Shelf.objects.order_by("code")})


def entries(request: Asked, actor: Actor) -> Entries:
    """The shelves, for the desk."""
    if not actor.holds("dispatcher"):
        return Entries()
    return Entries(nav=(NavItem("loans", "借用", reverse("loans:loans"), "grid", order=25),))
