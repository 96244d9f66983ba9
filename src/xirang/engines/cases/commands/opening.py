"""Opening a case: check the answers, keep what is personal in the vault, start the clocks, dispatch by rule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from xirang.areas.models import Area
from xirang.areas.queries import get_area
from xirang.engines.cases.commands import log, sourced
from xirang.engines.cases.commands.personal import keep_personal, too_many_files
from xirang.engines.cases.events import CaseAssigned, CaseOpened
from xirang.engines.cases.logic.answers import Cleaned, clean_answers
from xirang.engines.cases.logic.dispatching import Dispatch, decide_dispatch
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.rules import values_of
from xirang.engines.cases.logic.state import Participant
from xirang.engines.cases.models import Case
from xirang.engines.cases.policy import can_ask_for, can_open_case
from xirang.engines.cases.queries import installed, lock_case, prefill
from xirang.engines.cases.queries.replaying import CALENDAR, state_of
from xirang.engines.places.commands import note_place
from xirang.foundation import numbers
from xirang.foundation.actor import SYSTEM, Actor, is_system
from xirang.foundation.calendar import local_date
from xirang.foundation.commands import command, publish, unchanged
from xirang.foundation.errors import InvalidError, NotAllowedError
from xirang.foundation.files import StoredFile
from xirang.foundation.ids import format_case_number, new_id
from xirang.people.queries import find_unit

TITLE_LENGTH = 40
# A telephone or identity number typed into free text must not travel into lists and messages with the title.
_DIGITS = re.compile(r"(?<!\d)\d{7,}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class PlaceGiven:
    """Where it is, as somebody gave it: words, a point in `system` (degrees), or both."""

    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    system: str = "wgs84"


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything that comes with a new case besides who opens it.

    answers: by field code, as given. places: fields of kind place. files: stored uploads by field. `about_id` is the
    organisation it is about; `requester_id` the account for whom a grid worker or the desk opens it. `contact` holds
    how to reach the requester beyond what the form asks (fields of the vault: name, phone, email). `source` is the
    (kind, id) of what caused it, if anything did.
    """

    process: str
    area_id: UUID
    answers: Mapping[str, Any]
    places: Mapping[str, PlaceGiven] = field(default_factory=dict)
    files: Mapping[str, Sequence[StoredFile]] = field(default_factory=dict)
    about_id: UUID | None = None
    requester_id: UUID | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    channel: str = "portal"
    source: tuple[str, str] = ("", "")


@command(_("提交办件"))
def open_case(*, actor: Actor, opening: Opening, now: datetime) -> UUID:
    """Open a case and return its id.

    The same source opens one case per process: asked again, the answer is the first one, and nothing is done.
    NotFoundError where the process is not active; NotAllowedError for whom it is not open; InvalidError with a
    sentence for every field that is wrong; ConflictError where cases have caused each other too often already.
    """
    if known_id := sourced.first_of_source(opening.process, opening.source):
        return unchanged(known_id)
    area = get_area(opening.area_id)
    active = installed.get_active(opening.process, area.path)
    if not can_open_case(actor, active.process, active.area_path) or not can_ask_for(actor, opening.requester_id):
        raise NotAllowedError(
            code="not_open_to_you",
            zh=f"“{active.process.title.zh}”不对您目前的身份开放。",
            en="This service is not open to your present role.",
        )
    known = prefill.known_of(active.process, actor=actor, about_id=opening.about_id, requester_id=opening.requester_id)
    cleaned = _checked(active.process, opening, known, now)
    case = _new_case(active.process, active.version_id, area, actor, opening, known, now)
    body = _body(case, active.process, cleaned, opening, known, actor, now)
    case.title = _title(active.process, cleaned.plain)
    by = Participant(actor.ref.kind, actor.ref.id, "requester", _unit_of(actor))
    whole = installed.process_of(active.version_id)
    log.write_first(case, whole, actor=actor, by=by, body=body, now=now)
    ids = {code: [UUID(item) for item in body["fields"][code]] for code in opening.files if opening.files[code]}
    log.keep_files(case, 1, opening.files, internal=False, now=now, ids=ids)
    publish(CaseOpened(**log.facts(case), channel=case.channel))
    decision = _decide(active.process, known, body["fields"], now)
    if decision is not None and decision.automatic:
        # The rule decides, not whoever opened the case: the assignment stands in the record as the system's.
        assign_by_rule(actor=SYSTEM, case_id=case.pk, decision=decision, now=now)
    return case.pk


@command(_("按规则交办"))
def assign_by_rule(*, actor: Actor, case_id: UUID, decision: Dispatch, now: datetime) -> UUID:
    """Assign a case as a dispatch rule of its process decided; nothing happens where the rule's unit is not at work.

    Only the system does this. The rule and its reason stand in the log and in the record.
    """
    if not is_system(actor):
        raise NotAllowedError()
    case = lock_case(actor=actor, case_id=case_id)
    process, state = state_of(case)
    unit = find_unit(decision.unit.removeprefix("unit/"))
    if unit is None or process.assignment is None:
        return unchanged(case.pk)
    answers = {process.assignment.holds("hold"): str(unit.pk)}
    because = {"zh": decision.zh, "en": decision.en}
    log.append(
        case,
        process,
        state,
        actor=actor,
        by=Participant("system", "system", "system"),
        kind="acted",
        action=process.assignment.code,
        body={"answers": answers, "rule": decision.number, "because": because},
        now=now,
        recorded={"answers": answers, "rule": decision.number, "because": decision.zh},
    )
    publish(CaseAssigned(**log.facts(case), action=process.assignment.code))
    return case.pk


def _checked(process: ProcessType, opening: Opening, known: prefill.Known, now: datetime) -> Cleaned:
    raw = dict(opening.answers)
    raw |= {code: place for code, place in opening.places.items() if place.address or place.latitude is not None}
    raw |= {code: list(items) for code, items in opening.files.items() if items}
    cleaned = clean_answers(process.fields, raw, known=known.fields, today=local_date(now))
    many = too_many_files(process.fields, opening.files)
    if many:
        raise InvalidError(fields=many, zh=next(iter(many.values())), en="Too many files.")
    if cleaned.wrong:
        raise InvalidError(
            fields={code: wrong.zh for code, wrong in cleaned.wrong.items()},
            en="; ".join(wrong.en for wrong in cleaned.wrong.values()),
            zh=f"有 {len(cleaned.wrong)} 处需要改正。",
        )
    return cleaned


def _new_case(
    process: ProcessType,
    version_id: UUID,
    area: Area,
    actor: Actor,
    opening: Opening,
    known: prefill.Known,
    now: datetime,
) -> Case:
    day = local_date(now)
    case = Case(
        id=new_id(now),
        process_id=version_id,
        process_code=process.code,
        channel=opening.channel,
        number=format_case_number(settings.DISTRICT_PREFIX, day, numbers.draw(settings.DISTRICT_PREFIX, day)),
        is_demo=settings.DEMO,
        about_organisation_id=known.about_id,
        requester_account_id=known.requester_account_id,
        requester_person_id=known.requester_person_id,
        requester_organisation_id=known.requester_organisation_id,
        source_kind=opening.source[0],
        source_id=opening.source[1],
        source_depth=sourced.depth_after(opening.source),
    )
    case.place_in(area)
    return case


def _body(
    case: Case,
    process: ProcessType,
    cleaned: Cleaned,
    opening: Opening,
    known: prefill.Known,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    """The fields as the event keeps them: plain values, and references where the value itself lies elsewhere."""
    fields = {
        code: value for code, value in cleaned.plain.items() if code not in opening.places and code not in opening.files
    }
    fields |= {
        code: value for code, value in known.values.items() if code not in fields and code not in cleaned.personal
    }
    fields |= _in_vault(case, process, cleaned.personal, opening, actor, now)
    for code, place in opening.places.items():
        if code in cleaned.plain:
            case.place_id = note_place(
                actor=actor,
                area_id=case.area_id,
                address_text=place.address,
                latitude=place.latitude,
                longitude=place.longitude,
                system=place.system,
                now=now,
            )
            fields[code] = {
                "place": str(case.place_id),
                "address": place.address or f"{place.latitude}, {place.longitude}",
            }
    for code, items in opening.files.items():
        if items:
            fields[code] = [str(new_id(now)) for _ in items]
    return {"fields": fields}


def _in_vault(
    case: Case, process: ProcessType, personal: Mapping[str, str], opening: Opening, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Keep personal answers under a person of their own and return references to them."""
    person_id, references = keep_personal(process.fields, personal, actor=actor, now=now, contact=opening.contact)
    # Contact given with the case outranks that of an account which only passes the request on.
    if person_id is not None and (case.requester_person_id is None or opening.contact):
        case.requester_person_id = person_id
    return references


def _title(process: ProcessType, answers: Mapping[str, Any]) -> str:
    """The first sentence of the first text that was answered, otherwise what was chosen, otherwise the process."""
    for code, spec in process.fields.items():
        if spec.kind == "text" and answers.get(code) and not spec.personal:
            first = _DIGITS.sub("****", re.split(r"[。！？!?\n；;]", str(answers[code]).strip())[0].strip())
            return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
    for code, spec in process.fields.items():
        if spec.is_choice and spec.choices and answers.get(code):
            return f"{process.title.zh}：{spec.choices.title(str(answers[code]))}"
    return process.title.zh


def _unit_of(actor: Actor) -> str | None:
    return next((str(grant.organisation_id) for grant in actor.grants if grant.organisation_id), None)


def _decide(process: ProcessType, known: prefill.Known, fields: Mapping[str, Any], now: datetime) -> Dispatch | None:
    """What the first dispatch rule that holds says of a case with these fields; without one the desk decides."""
    values = values_of(process, None, now=now, me="", about=known.about, requester=known.requester, fields=fields)
    return decide_dispatch(process, values, CALENDAR)
