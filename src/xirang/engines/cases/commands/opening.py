"""Opening a case: check the answers, keep what is personal in the vault, start the clocks, dispatch by rule."""

from __future__ import annotations

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
from xirang.engines.cases.logic.answers import Cleaned
from xirang.engines.cases.logic.dispatching import Dispatch, dispatches_itself
from xirang.engines.cases.logic.opening import clean_opening, first_dispatch, not_open, opened_fields, title_of
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.state import Participant
from xirang.engines.cases.models import Case
from xirang.engines.cases.policy import can_ask_for, can_ask_for_others, can_name_subject, can_open_case
from xirang.engines.cases.queries import installed, lock_case, prefill
from xirang.engines.cases.queries.replaying import CALENDAR, state_of
from xirang.engines.places.commands import note_place
from xirang.foundation import numbers
from xirang.foundation.actor import SYSTEM, Actor, Ref, is_system
from xirang.foundation.calendar import local_date
from xirang.foundation.commands import command, publish, unchanged
from xirang.foundation.errors import InvalidError, NotAllowedError
from xirang.foundation.files import StoredFile
from xirang.foundation.ids import format_case_number, new_id
from xirang.foundation.permits import Permit
from xirang.people.commands import create_person
from xirang.people.queries import find_person, find_unit


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
    organisation it is about. `about_person` names the person it is about where that is somebody else than the
    requester: fields of the vault (identity_number, phone, name) by which that person is found, or entered if unknown.
    `requester_id` is the account for whom a grid worker or the desk opens it. `contact` holds how to reach the
    requester beyond what the form asks (fields of the vault: name, phone, email). `source` is the (kind, id)
    of what caused it, if anything did.
    """

    process: str
    area_id: UUID
    answers: Mapping[str, Any]
    places: Mapping[str, PlaceGiven] = field(default_factory=dict)
    files: Mapping[str, Sequence[StoredFile]] = field(default_factory=dict)
    about_id: UUID | None = None
    about_person: Mapping[str, str] = field(default_factory=dict)
    requester_id: UUID | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    channel: str = "portal"
    source: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Intake:
    """One opening while it is written down: who opens what, where, with what the ground knows.

    `process` is what is offered where the case comes to lie, `whole` the same with what is switched off there.
    """

    actor: Actor
    process: ProcessType
    whole: ProcessType
    version_id: UUID
    area: Area
    opening: Opening
    known: prefill.Known
    now: datetime


@command(_("提交办件"), permit=Permit(("anyone",), _("由流程的 open_to 决定，见下文各流程；在其启用的区域内")))
def open_case(*, actor: Actor, opening: Opening, now: datetime) -> UUID:
    """Open a case and return its id.

    The same source opens one case per process: asked again, the answer is the first one, and nothing is done.
    NotFoundError where the process is not active; NotAllowedError for whom it is not open, and for who may not name
    whom it is about; InvalidError with a sentence for every field that is wrong; ConflictError where cases have
    caused each other too often already.
    """
    if known_id := sourced.first_of_source(opening.process, opening.source):
        return unchanged(known_id)
    intake = _intake(actor, opening, now)
    cleaned = _checked(intake)
    case = _new_case(intake, title_of(intake.process, cleaned.plain))
    person_id, references = _kept_personal(intake, cleaned)
    # Contact given with the case outranks that of an account which only passes the request on.
    if person_id is not None and (case.requester_person_id is None or opening.contact):
        case.requester_person_id = person_id
    places, files = _kept_place(intake, case, cleaned), _file_ids(intake)
    given = {code: [str(one) for one in ids] for code, ids in files.items()}
    fields = opened_fields(intake.process, cleaned, {**references, **places, **given}, intake.known.ground)
    by = Participant(actor.ref.kind, actor.ref.id, "requester", _unit_of(actor))
    case.number = _next_number(now)
    log.write_first(case, intake.whole, actor=actor, by=by, body={"fields": fields}, now=now)
    log.keep_files(case, 1, opening.files, internal=False, now=now, ids=files)
    publish(CaseOpened(**log.facts(case), channel=case.channel))
    if dispatches_itself(intake.process):
        decision = first_dispatch(intake.process, prefill.ground_of_case(intake.process, case), fields, now, CALENDAR)
        if decision is not None:
            # The rule decides, not whoever opened the case: the assignment stands in the record as the system's.
            assign_by_rule(actor=SYSTEM, case_id=case.pk, decision=decision, now=now)
    return case.pk


@command(_("按规则交办"), permit=Permit(("system",), _("提交办件时按流程的分派规则")))
def assign_by_rule(*, actor: Actor, case_id: UUID, decision: Dispatch, now: datetime) -> UUID:
    """Assign a case as a dispatch rule of its process decided; nothing happens where the rule's unit is not at work.

    Only the system does this. The rule and its reason stand in the log; the record keeps the number of the rule.
    """
    assign_by_rule.permit.require(actor)
    case = lock_case(actor=actor, case_id=case_id)
    process, state = state_of(case, marks=False)
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
        recorded={"answers": answers, "rule": decision.number},
    )
    publish(CaseAssigned(**log.facts(case), action=process.assignment.code))
    return case.pk


def _intake(actor: Actor, opening: Opening, now: datetime) -> Intake:
    """Fetch what decides, and refuse who may not open it or may not ask so."""
    area = get_area(opening.area_id)
    active = installed.get_active(opening.process, area.path)
    process = active.process
    if not can_open_case(actor, process, active.area_path) or not can_ask_for(actor, opening.requester_id):
        zh, en = not_open(process)
        raise NotAllowedError(code="not_open_to_you", zh=zh, en=en)
    if not can_name_subject(actor, opening.about_id, opening.about_person):
        raise NotAllowedError(
            code="not_your_subject",
            zh="您只能为本人或所代表的企业提交，不能替别人提交。",
            en="You may ask for yourself or the firm for which you speak, not for somebody else.",
        )
    known = prefill.known_of(
        process,
        actor=actor,
        about_id=opening.about_id,
        requester_id=opening.requester_id,
        about_person_id=_named_person(process, opening, actor, now),
        shown=False,
    )
    whole = installed.process_of(active.version_id)
    return Intake(actor, process, whole, active.version_id, area, opening, known, now)


def _named_person(process: ProcessType, opening: Opening, actor: Actor, now: datetime) -> UUID | None:
    """Whom it is about where somebody else asks: found by identity number or telephone, otherwise entered now.

    Found and entered look alike to whoever asks, so that nobody learns from it whether a number is on file.
    """
    named = {name: text for name, text in opening.about_person.items() if text.strip()}
    if process.about != "person":
        return None
    if not named:
        officer = can_ask_for_others(actor) and not is_system(actor)
        if officer and opening.requester_id is None:
            sentence = "请写明是谁的事：填写其手机号码。"
            raise InvalidError(
                fields={"about_phone": sentence}, zh=sentence, en="Say whose matter it is: give their mobile number."
            )
        return None
    try:
        found = (find_person(name, named[name], now=now) for name in ("identity_number", "phone") if name in named)
        return next((one for one in found if one), None) or create_person.as_part(actor=actor, fields=named, now=now)
    except InvalidError as error:
        fields = {f"about_{name}": sentence for name, sentence in error.fields.items()}
        raise InvalidError(fields=fields, zh=error.zh, en=error.en) from error


def _checked(intake: Intake) -> Cleaned:
    opening = intake.opening
    raw = dict(opening.answers)
    raw |= {code: place for code, place in opening.places.items() if place.address or place.latitude is not None}
    raw |= {code: list(items) for code, items in opening.files.items() if items}
    cleaned = clean_opening(intake.process, raw, intake.known.ground, local_date(intake.now))
    many = too_many_files(intake.process.fields, opening.files)
    if many:
        raise InvalidError(fields=many, zh=next(iter(many.values())), en="Too many files.")
    if cleaned.wrong:
        raise InvalidError(
            fields={code: wrong.zh for code, wrong in cleaned.wrong.items()},
            en="; ".join(wrong.en for wrong in cleaned.wrong.values()),
            zh=f"有 {len(cleaned.wrong)} 处需要改正。",
        )
    return cleaned


def _new_case(intake: Intake, title: str) -> Case:
    known = intake.known
    case = Case(
        id=new_id(intake.now),
        process_id=intake.version_id,
        process_code=intake.process.code,
        channel=intake.opening.channel,
        title=title,
        is_demo=settings.DEMO,
        about_organisation_id=known.about_id,
        about_person_id=known.about_person_id,
        requester_account_id=known.requester_account_id,
        requester_person_id=known.requester_person_id,
        requester_organisation_id=known.requester_organisation_id,
        source_kind=intake.opening.source[0],
        source_id=intake.opening.source[1],
        source_depth=sourced.depth_after(intake.opening.source),
    )
    case.place_in(intake.area)
    return case


def _next_number(now: datetime) -> str:
    """The next number of the day. Its counter stays locked until the commit, so it is drawn as late as it can be."""
    prefix, day = settings.DISTRICT_PREFIX, local_date(now)
    return format_case_number(prefix, day, numbers.draw(prefix, day))


def _kept_personal(intake: Intake, cleaned: Cleaned) -> tuple[UUID | None, dict[str, Any]]:
    """Keep personal answers under a person of their own: that person, and a reference for each answer."""
    specs, contact = intake.process.fields, intake.opening.contact
    return keep_personal(specs, cleaned.personal, actor=intake.actor, now=intake.now, contact=contact)


def _kept_place(intake: Intake, case: Case, cleaned: Cleaned) -> dict[str, Any]:
    """Note where it is; the case points to the last place given, each field keeps a reference to its own."""
    found = {}
    for code, place in intake.opening.places.items():
        if code in cleaned.plain:
            case.place_id = note_place.as_part(
                actor=intake.actor,
                area_id=case.area_id,
                address_text=place.address,
                latitude=place.latitude,
                longitude=place.longitude,
                system=place.system,
                about=Ref("person", str(case.requester_person_id)) if case.requester_person_id else None,
                now=intake.now,
            )
            words = place.address or f"{place.latitude}, {place.longitude}"
            found[code] = {"place": str(case.place_id), "address": words}
    return found


def _file_ids(intake: Intake) -> dict[str, list[UUID]]:
    """An id for every file, by field; the log names the files before they are kept."""
    return {code: [new_id(intake.now) for _ in items] for code, items in intake.opening.files.items() if items}


def _unit_of(actor: Actor) -> str | None:
    return next((str(grant.organisation_id) for grant in actor.grants if grant.organisation_id), None)
