"""Pages of the ledger: the auditor's list and the records of one object."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xirang.engines.ledger import queries
from xirang.engines.ledger.models import READERS, Record
from xirang.engines.ledger.policy import can_read_records
from xirang.engines.ledger.wording import hash_text, kinds
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command_titles
from xirang.foundation.pages import Asked, now, page, roles, signed_in
from xirang.foundation.paging import Page
from xirang.foundation.records import Said
from xirang.foundation.search import Searcher
from xirang.ui.components import Column, LinkCell, Row, StepCell, Table
from xirang.ui.paging import pager_of
from xirang.ui.shell import Entries, NavItem
from xirang.ui.wording import aside


@page(roles(*READERS))
def records(request: Asked) -> HttpResponse:
    filters = {name: request.GET.get(name, "").strip() for name in ("action", "actor_id", "subject_kind")}
    found = queries.list_records(actor=request.actor, key=request.GET.get("key", ""), **filters)
    table, said = _table(found, request, with_subject=True)
    return render(
        request,
        "ledger/records.html",
        {
            "page": found,
            "filters": filters,
            "actor": said[found.rows[0].pk].actor if found.rows else filters["actor_id"],
            "any": any(filters.values()),
            "actions": sorted((title, name) for name, title in command_titles().items()),
            "kinds": [(kind, str(one.title)) for kind, one in sorted(kinds().items())],
            "table": table,
        },
    )


@page(signed_in)
def records_of(request: Asked, kind: str, subject_id: str) -> HttpResponse:
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
            "table": _table(found, request, with_subject=False)[0],
            "crumbs": [(described.title, described.url), (_("记录"), "")],
        },
    )


def _table(found: Page[Record], request: Asked, *, with_subject: bool) -> tuple[Table, dict[int, Said]]:
    """The records as a list, on a phone each a card; and the same in words, by number."""
    subject = (Column("subject", _("对象")),) if with_subject else ()
    columns = (
        Column("at", _("时间")),
        Column("step", _("办了什么"), "title"),
        *subject,
        Column("actor", _("经办")),
        Column("leaf", _("叶哈希"), phone=False),
    )
    said = queries.speak(found.rows)
    rows = tuple(Row(str(record.pk), _cells(record, said[record.pk], by_actor=with_subject)) for record in found.rows)
    return Table(columns, rows, empty_title=_("没有符合条件的记录"), pager=pager_of(found, request)), said


def _cells(record: Record, said: Said, *, by_actor: bool) -> dict[str, Any]:
    name = said.actor
    if said.stands_in_for:
        name = aside(name, _("代%(stands_in_for)s") % {"stands_in_for": said.stands_in_for})
    who: str | LinkCell = name
    if by_actor:
        who = LinkCell(name, f"{reverse('ledger:records')}?{urlencode({'actor_id': record.actor_id})}")
    address = reverse("ledger:records_of", args=[record.subject_kind, record.subject_id])
    return {
        "at": f"{timezone.localtime(record.at):%Y-%m-%d %H:%M:%S}",
        "step": StepCell(said.title, said.facts),
        "subject": LinkCell(said.subject, address),
        "actor": who,
        "leaf": hash_text(record.leaf_hex),
    }


def entries(request: Asked, actor: Actor) -> Entries:
    """The records, for those who audit."""
    if not can_read_records(actor):
        return Entries()
    return Entries(nav=(NavItem("records", _("记录"), reverse("ledger:records"), "journal-text", order=50),))


def direct(actor: Actor, text: str, now: datetime) -> str:
    """The records of what the record of this number is about (记录 417, #417), for those who read records."""
    numbered = re.fullmatch(r"(?:记录|record|#|№)\s*#?\s*([0-9]{1,18})", text, re.IGNORECASE)
    found = queries.find_record(actor=actor, number=int(numbered[1])) if numbered else None
    return reverse("ledger:records_of", args=[found.subject_kind, found.subject_id]) if found else ""


SEARCHER = Searcher(code="records", order=70, direct=direct, offered=can_read_records)
