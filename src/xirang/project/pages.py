"""Pages that belong to no engine: the health check and 减负自查."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from xirang.foundation.errors import NotFoundError
from xirang.foundation.pages import anyone, page, signed_in
from xirang.project.packs import queries as packs


@never_cache
@page(anyone)
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 otherwise; says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


TOPICS = ("personal-data", "accessibility")


@page(anyone)
def about(request: HttpRequest, topic: str) -> HttpResponse:
    """What the district must tell everybody: how personal data is handled, and how the site can be used by all."""
    if topic not in TOPICS:
        raise NotFoundError()
    return render(request, f"project/about_{topic.replace('-', '_')}.html")


@page(signed_in)
def relief(request: HttpRequest) -> HttpResponse:
    """减负自查: every restricted switch of every active pack, how it stands, and who turned it on."""
    return render(request, "project/relief.html", {"switches": packs.list_switches(actor=request.actor)})
