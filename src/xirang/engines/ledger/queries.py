"""Reading records: an auditor's list, and the records of one object for whoever may see the object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from xirang.areas.queries import names_of_areas
from xirang.engines.ledger.models import READERS, Record
from xirang.engines.ledger.spec import Describe, Entry, Retell, Said, Speak, Subject
from xirang.engines.ledger.wording import facts_in, pointed_at, subject_text
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command_title
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.ids import is_uuid
from xirang.foundation.paging import Page, page
from xirang.people.queries import names_of_accounts, names_of_organisations

_subjects: dict[str, Describe] = {}
_speakers: dict[str, Speak] = {}
_retellers: dict[str, Retell] = {}


def plug_subject(
    kind: str, describe: Describe | None = None, *, speak: Speak | None = None, retell: Retell | None = None
) -> None:
    """Let the owner of `kind` say what an object is called, and how its records read.

    `retell` puts titles in place of codes that plain words cannot know; `speak` finds words for everything itself.
    """
    if describe is not None:
        _subjects[kind] = describe
    if speak is not None:
        _speakers[kind] = speak
    if retell is not None:
        _retellers[kind] = retell


def list_records(
    *, actor: Actor, action: str = "", actor_id: str = "", subject_kind: str = "", key: str = ""
) -> Page[Record]:
    """All records within the actor's areas, newest first; carried by the primary key or record_of_actor/_action."""
    if not actor.holds(*READERS):
        raise NotAllowedError()
    rows = Record.objects.within(actor)
    if action:
        rows = rows.filter(action=action)
    if actor_id:
        rows = rows.filter(actor_id=actor_id)
    if subject_kind:
        rows = rows.filter(subject_kind=subject_kind)
    return page(rows, order=["-id"], key=key)


def list_records_of(*, actor: Actor, subject: Ref, now: datetime, key: str = "") -> tuple[Subject, Page[Record]]:
    """The records of one object, newest first, for whoever may see the object; NotFoundError for everyone else."""
    described = describe_subject(actor=actor, subject=subject, now=now)
    rows = Record.objects.all_unscoped("guarded by whoever owns the object").filter(
        subject_kind=subject.kind, subject_id=subject.id
    )
    if described.hidden:
        rows = rows.exclude(action__in=described.hidden)
    return described, page(rows, order=["-id"], key=key)


def describe_subject(*, actor: Actor, subject: Ref, now: datetime) -> Subject:
    """The object's title and address, if the actor may see it or is an auditor of its area."""
    describe = _subjects.get(subject.kind)
    if describe is not None:
        try:
            return describe(actor, subject.id, now)
        except NotFoundError:
            pass
    within = Record.objects.within(actor).filter(subject_kind=subject.kind, subject_id=subject.id)
    if within.exists():
        return Subject(str(subject))
    raise NotFoundError()


def speak(records: Sequence[Entry]) -> dict[int, Said]:
    """Records of a page in the reader's words, by number; how many queries depends on the kinds, not on the records."""
    said: dict[int, Said] = {}
    for kind, speaker in _speakers.items():
        if own := [record for record in records if record.subject_kind == kind]:
            said |= speaker(own)
    rest = _retold([record for record in records if record.pk not in said])
    names = _names(rest)
    for record in rest:
        subject = subject_text(record.subject_kind, record.subject_id, names)
        said[record.pk] = Said(command_title(record.action), facts_in(record.body, names), subject)
    return said


def _retold(records: Sequence[Entry]) -> list[Entry]:
    told = [record for record in records if record.subject_kind not in _retellers]
    for kind, retell in _retellers.items():
        if own := [record for record in records if record.subject_kind == kind]:
            told += retell(own)
    return told


def _names(records: Sequence[Entry]) -> dict[str, str]:
    """Names by id, or by code, of the areas, accounts and organisations of these records; at most a query each."""
    names: dict[str, str] = {}
    if areas := pointed_at("area", records):
        ids = {UUID(text) for text in areas if is_uuid(text)}
        names |= names_of_areas(ids, {text for text in areas if text.isdigit()})
    if accounts := pointed_at("account", records):
        names |= names_of_accounts(text for text in accounts if is_uuid(text))
    if units := {UUID(text) for text in pointed_at("organisation", records) if is_uuid(text)}:
        names |= {str(pk): name for pk, name in names_of_organisations(units).items()}
    return names
