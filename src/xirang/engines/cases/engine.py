"""Plugs the cases engine into the sockets: its events, what it answers, how its objects are called."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from xirang.engines.cases import commands, events, policy, queries
from xirang.engines.cases.models import scope
from xirang.engines.cases.queries import installed
from xirang.engines.cases.spec import CountCases, OpenCase
from xirang.engines.ledger.queries import plug_subject
from xirang.engines.ledger.spec import Subject
from xirang.foundation import sockets
from xirang.foundation.actor import Actor
from xirang.foundation.errors import NotFoundError
from xirang.foundation.outbox import kind_of_type


def plug() -> None:
    """Run once by the composition of the whole."""
    scope.plug_readers(installed.readers)
    for event_type in events.EVENTS:
        sockets.plug_event(kind_of_type(event_type), event_type)
    sockets.plug_answer(CountCases, queries.count_cases)
    sockets.plug_answer(OpenCase, _open)
    plug_subject("case", _describe, speak=queries.speak_records)
    plug_subject("process", retell=queries.retell_processes)


def _open(effect: OpenCase, *, actor: Actor, now: datetime) -> UUID:
    opening = commands.Opening(process=effect.process, area_id=effect.area_id, answers=effect.fields, channel="wiring")
    return commands.open_case(actor=actor, opening=opening, now=now)


def _describe(actor: Actor, subject_id: str, now: datetime) -> Subject:
    try:
        case = queries.get_case(actor=actor, case_id=UUID(subject_id))
    except ValueError as error:
        raise NotFoundError() from error
    process, relations = queries.process_of_case(case), policy.relations_to(actor, case)
    # What clocks and colleagues say among themselves is no more the requester's than the notes are.
    hidden = () if policy.sees_internal(relations, process) else ("cases.run_clock", "cases.add_note")
    return Subject(f"{case.number} {case.title}", reverse("cases:case", args=[case.pk]), hidden)
