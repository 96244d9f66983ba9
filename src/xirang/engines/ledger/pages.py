"""Pages of the ledger: the auditor's list and the records of one object."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xirang.engines.ledger import queries
from xirang.engines.ledger.models import READERS
from xirang.foundation.actor import Ref
from xirang.foundation.pages import now, page, roles, signed_in
from xirang.ui.paging import pager_of


@page(roles(*READERS))
def records(request: HttpRequest) -> HttpResponse:
    filters = {name: request.GET.get(name, "").strip() for name in ("action", "actor_id", "subject_kind")}
    found = queries.list_records(actor=request.actor, key=request.GET.get("key", ""), **filters)
    return render(
        request, "ledger/records.html", {"page": found, "filters": filters, "pager": pager_of(found, request)}
    )


@page(signed_in)
def records_of(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    subject = Ref(kind, subject_id)
    described, found = queries.list_records_of(
        actor=request.actor, subject=subject, now=now(), key=request.GET.get("key", "")
    )
    return render(
        request,
        "ledger/records_of.html",
        {
            "subject": subject,
            "described": described,
            "page": found,
            "pager": pager_of(found, request),
            "crumbs": [(described.title, described.url), (_("记录"), "")],
        },
    )
