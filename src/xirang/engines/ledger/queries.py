"""Reading records: an auditor's list, and the records of one object for whoever may see the object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from xirang.engines.ledger.models import READERS, Record
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.paging import Page, page


@dataclass(frozen=True, slots=True)
class Subject:
    """How a page names an object: its title and, where it has one, its address.

    `hidden` names the actions whose records its owner keeps from this reader.
    """

    title: str
    url: str = ""
    hidden: tuple[str, ...] = ()


Describe = Callable[[Actor, str, datetime], Subject]
_subjects: dict[str, Describe] = {}


def plug_subject(kind: str, describe: Describe) -> None:
    """Let the owner of `kind` say what an object is called, or raise NotFoundError when the actor may not see it."""
    _subjects[kind] = describe


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
