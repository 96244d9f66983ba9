"""Reading records: an auditor's list, and the records of one object for whoever may see the object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from xirang.engines.ledger.models import READERS, Record
from xirang.engines.ledger.wording import facts_in, kinds, pointed_at, subject_text
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command_title
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.paging import Page, page
from xirang.foundation.records import Entry, Said, Subject


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
    kind = kinds().get(subject.kind)
    if kind is not None and kind.describe is not None:
        try:
            return kind.describe(actor, subject.id, now)
        except NotFoundError:
            pass
    within = Record.objects.within(actor).filter(subject_kind=subject.kind, subject_id=subject.id)
    if within.exists():
        return Subject(str(subject))
    raise NotFoundError()


def speak(records: Sequence[Entry]) -> dict[int, Said]:
    """Records of a page in the reader's words, by number; how many queries depends on the kinds, not on the records."""
    said: dict[int, Said] = {}
    for kind in kinds().values():
        if kind.speak and (own := [record for record in records if record.subject_kind == kind.kind]):
            said |= kind.speak(own)
    rest = _retold([record for record in records if record.pk not in said])
    names = _names(rest)
    for record in rest:
        subject = subject_text(record.subject_kind, record.subject_id, names)
        said[record.pk] = Said(command_title(record.action), facts_in(record.body, names), subject)
    return said


def _retold(records: Sequence[Entry]) -> list[Entry]:
    by_kind: dict[str, list[Entry]] = {}
    for record in records:
        by_kind.setdefault(record.subject_kind, []).append(record)
    told: list[Entry] = []
    known = kinds()
    for kind, own in by_kind.items():
        retell = known[kind].retell if kind in known else None
        told += retell(own) if retell else own
    return told


def _names(records: Sequence[Entry]) -> dict[str, str]:
    """Names by id, or by code, of everything that these records are about or name; at most a query for each kind."""
    names: dict[str, str] = {}
    for kind in kinds().values():
        if kind.names and (keys := pointed_at(kind.kind, records)):
            names |= kind.names(keys)
    return names
