"""Pages that belong to no engine: the health check and 减负自查."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.i18n import set_language as set_cookie

from xirang.foundation.actor import Actor
from xirang.foundation.errors import NotFoundError
from xirang.foundation.pages import Asked, anyone, now, page, signed_in
from xirang.packs import queries as packs
from xirang.people.commands import choose_language
from xirang.people.middleware import Visit
from xirang.people.pages.signing import CHOSEN_LANGUAGE
from xirang.people.queries import is_office
from xirang.ui.components import Link
from xirang.ui.shell import Entries, NavItem


@never_cache
@page(anyone)
def healthz(request: Asked) -> HttpResponse:
    """200 when the database answers, 503 otherwise; says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


@page(anyone)
def set_language(request: Visit) -> HttpResponse:
    """The switch on every page: kept in this browser, with the account of whoever is signed in, and through signing in.

    While somebody looks as another, only the browser keeps it: a preview writes nothing.
    """
    language = request.POST.get("language", "")
    if request.method == "POST" and language in dict(settings.LANGUAGES):
        if not request.account:
            request.session[CHOSEN_LANGUAGE] = language
        elif "preview" not in request.session and request.account.language != language:
            choose_language(actor=request.actor, language=language, now=now())
    return set_cookie(request)


TOPICS = ("personal-data", "accessibility")


@page(anyone)
def about(request: Asked, topic: str) -> HttpResponse:
    """What the district must tell everybody: how personal data is handled, and how the site can be used by all."""
    if topic not in TOPICS:
        raise NotFoundError()
    return render(request, f"project/about_{topic.replace('-', '_')}.html")


@page(signed_in)
def relief(request: Asked) -> HttpResponse:
    """减负自查: every restricted switch of every active pack, how it stands, and who turned it on."""
    return render(request, "project/relief.html", {"switches": packs.list_switches(actor=request.actor)})


def entries(request: Asked, actor: Actor) -> Entries:
    """What the law asks of every district: its rules below each public page, and 减负自查 at the foot of the tree."""
    if is_office(actor):
        relief_item = NavItem("relief", _("减负自查"), reverse("relief"), "shield-check", order=50)
        return Entries(foot=(relief_item,))
    return Entries(
        footer=(
            (20, Link(_("个人信息处理规则"), reverse("about", args=["personal-data"]))),
            (30, Link(_("无障碍说明"), reverse("about", args=["accessibility"]))),
        )
    )
