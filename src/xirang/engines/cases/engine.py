"""What the cases engine says of itself: its events, what it answers, how its objects are called."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xirang.engines.cases import commands, policy, queries
from xirang.engines.cases.api.open311.description import describe as describe_open311
from xirang.engines.cases.api.open311.writing import write_error
from xirang.engines.cases.api.router import REASONS, router
from xirang.engines.cases.events import EVENTS
from xirang.engines.cases.pages.menu import ACTIVE, entries
from xirang.engines.cases.pages.searching import SEARCHER
from xirang.engines.cases.spec import CaseFigures, CountCases, OpenCase
from xirang.foundation.actor import Actor
from xirang.foundation.addresses import Api, ErrorForm, Urls
from xirang.foundation.engines import Engine
from xirang.foundation.errors import NotFoundError
from xirang.foundation.records import ActorKind, RecordKind, RecordWords, Subject
from xirang.foundation.sockets import Effect, Events, Measure
from xirang.ui.shell import Menu


def _open(effect: OpenCase, *, actor: Actor, now: datetime) -> UUID:
    opening = commands.Opening(
        process=effect.process,
        area_id=effect.area_id,
        answers=effect.fields,
        about_id=effect.about_id,
        channel="wiring",
        source=effect.source,
    )
    return commands.open_case(actor=actor, opening=opening, now=now)


def _describe(actor: Actor, subject_id: str, now: datetime) -> Subject:
    try:
        case = queries.get_case(actor=actor, case_id=UUID(subject_id))
    except ValueError as error:
        raise NotFoundError() from error
    process, relations = queries.process_of_case(case), policy.relations_to(actor, case)
    # What clocks and colleagues say among themselves is no more the requester's than the notes are.
    hidden = (
        ()
        if policy.sees_internal(relations, process)
        else ("cases.run_clock", "cases.set_back_clock", "cases.add_note")
    )
    return Subject(f"{case.number} {case.title}", reverse("cases:case", args=[case.pk]), hidden)


ENGINE = Engine(
    "cases",
    _("办件"),
    (
        Events(EVENTS),
        Effect(OpenCase, _open),
        Measure(CountCases, queries.count_cases),
        Measure(CaseFigures, queries.get_figures),
        commands.CasesPart(),
        Menu(entries, ACTIVE),
        SEARCHER,
        Urls("xirang.engines.cases.urls"),
        Urls("xirang.engines.cases.api.open311.urls", "open311/"),
        ErrorForm("/open311/", write_error),
        Api(router=router, reasons=REASONS, describe=describe_open311),
        RecordKind(kind="case", title=_("办件"), describe=_describe, speak=queries.speak_records),
        RecordKind(kind="process", title=_("流程"), coded=True, retell=queries.retell_processes),
        RecordWords(parts={"clock_tries": _("第几次没有执行成")}),
        ActorKind(policy.RECEIPT, _("求助人")),
    ),
)
