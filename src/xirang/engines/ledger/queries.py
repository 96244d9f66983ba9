"""Reading records: an auditor's list, the records of one object for whoever may see the object, and their proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from xirang.engines.ledger.logic import Verdict, commitments_in, entry, judge, leaf_hash, opened
from xirang.engines.ledger.models import READERS, Record, SealedValue
from xirang.engines.ledger.wording import (
    actor_text,
    erased_word,
    facts_in,
    kind_title,
    kinds,
    pointed_at,
    subject_text,
)
from xirang.foundation.actor import SYSTEM, Actor, Ref
from xirang.foundation.commands import command_title
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.paging import PAGE, Page, page
from xirang.foundation.records import Entry, Retold, Said, Subject


def list_records(
    *,
    actor: Actor,
    action: str = "",
    actor_id: str = "",
    subject_kind: str = "",
    since: date | None = None,
    until: date | None = None,
    key: str = "",
    size: int = PAGE,
) -> Page[Record]:
    """All records within the actor's areas, newest first; carried by the primary key or record_of_actor/_action.

    `since` and `until` are days of the district, both included; with them the list goes by time, carried by
    record_by_time, because by number it would read everything that came after those days.
    """
    if not actor.holds(*READERS):
        raise NotAllowedError()
    rows = Record.objects.within(actor)
    if action:
        rows = rows.filter(action=action)
    if actor_id:
        rows = rows.filter(actor_id=actor_id)
        # Said beside it, so that record_of_actor answers: it does not hold what the system did.
        rows = rows if actor_id == SYSTEM.ref.id else rows.exclude(actor_kind=SYSTEM.ref.kind)
    if subject_kind:
        rows = rows.filter(subject_kind=subject_kind)
    if since:
        rows = rows.filter(at__gte=_begin(since))
    if until:
        rows = rows.filter(at__lt=_begin(until + timedelta(days=1)))
    return page(rows, order=["-at", "-id"] if since or until else ["-id"], key=key, size=size)


def _begin(day: date) -> datetime:
    """The first moment of a day in the district."""
    return timezone.make_aware(datetime.combine(day, time.min))


def find_record(*, actor: Actor, number: int) -> Record | None:
    """The record of this number within the actor's areas."""
    return Record.objects.within(actor).filter(pk=number).first()


def list_records_of(
    *, actor: Actor, subject: Ref, now: datetime, key: str = "", size: int = PAGE
) -> tuple[Subject, Page[Record]]:
    """The records of one object, newest first, for whoever may see the object; NotFoundError for everyone else."""
    described = describe_subject(actor=actor, subject=subject, now=now)
    rows = Record.objects.all_unscoped("guarded by whoever owns the object").filter(
        subject_kind=subject.kind, subject_id=subject.id
    )
    if described.hidden:
        rows = rows.exclude(action__in=described.hidden)
    return described, page(rows, order=["-id"], key=key, size=size)


def describe_subject(*, actor: Actor, subject: Ref, now: datetime) -> Subject:
    """The object's title and address, if the actor may see it or is an auditor of its area.

    An auditor who may not open the object reads what its newest record calls it.
    """
    kind = kinds().get(subject.kind)
    if kind is not None and kind.describe is not None:
        try:
            return kind.describe(actor, subject.id, now)
        except NotFoundError:
            pass
    within = Record.objects.within(actor).filter(subject_kind=subject.kind, subject_id=subject.id)
    newest = within.order_by("-id").first()
    if newest is None:
        raise NotFoundError()
    return Subject(speak([newest])[newest.pk].subject or kind_title(subject.kind))


def speak(records: Sequence[Record]) -> dict[int, Said]:
    """Records of a page in the reader's words, by number; how many queries depends on the kinds, not on the records.

    What is sealed reads as its value where that still stands, and otherwise as erased.
    """
    said: dict[int, Said] = {}
    entries = _unsealed(records)
    for kind in kinds().values():
        if kind.speak and (own := [record for record in entries if record.subject_kind == kind.kind]):
            said |= kind.speak(own)
    rest = _retold([record for record in entries if record.pk not in said])
    names = _names(rest, records)
    for record in rest:
        subject = subject_text(record.subject_kind, record.subject_id, names)
        said[record.pk] = Said(command_title(record.action), facts_in(record.body, names), subject)
    return {record.pk: _with_actor(said[record.pk], record, names) for record in records}


def _with_actor(said: Said, record: Record, names: Mapping[str, str]) -> Said:
    kind, _colon, covered = record.stands_in_for.partition(":")
    return replace(
        said,
        actor=actor_text(record.actor_kind, record.actor_id, names),
        stands_in_for=actor_text(kind, covered, names) if covered else "",
    )


def verify_record(record: Record) -> Verdict:
    """Recompute the leaf of a record from its row, and each commitment from the value beside it; one query.

    An erased value is no fault: the leaf covers the commitment, and that stands in the record.
    """
    data = entry(
        action=record.action,
        subject=f"{record.subject_kind}:{record.subject_id}",
        actor=f"{record.actor_kind}:{record.actor_id}",
        at=record.at,
        area=str(record.area_id or ""),
        stands_in_for=record.stands_in_for,
        body=record.body,
    )
    beside = SealedValue.objects.filter(record_id=record.pk).values_list("path", "salt", "value")
    sides = {path: (bytes(salt), value) for path, salt, value in beside}
    return judge(leaf=leaf_hash(data) == bytes(record.leaf), body=record.body, sides=sides)


def _unsealed(records: Sequence[Entry]) -> list[Entry]:
    sealing = {record.pk for record in records if next(commitments_in(record.body), None)}
    if not sealing:
        return list(records)
    values = _values_of(sealing)
    return [
        Retold(
            one.pk,
            one.action,
            one.subject_kind,
            one.subject_id,
            opened(one.body, values.get(one.pk, {}), erased_word()),
        )
        if one.pk in sealing
        else one
        for one in records
    ]


def _values_of(record_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """What still stands beside these records, by record and path; carried by the table's own key."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for pk, path, value in SealedValue.objects.filter(record_id__in=record_ids).values_list(
        "record_id", "path", "value"
    ):
        found[pk][path] = value
    return found


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


def _names(entries: Sequence[Entry], acted: Sequence[Record]) -> dict[str, str]:
    """Names by id, or by code, of everything that these records are about or name; at most a query for each kind.

    `acted` adds whoever acted and whose post was covered.
    """
    names: dict[str, str] = {}
    for kind in kinds().values():
        if kind.names and (keys := pointed_at(kind.kind, entries) | _acting(kind.kind, acted)):
            names |= kind.names(keys)
    return names


def _acting(kind: str, records: Sequence[Record]) -> set[str]:
    """The ids of this kind among those who acted and those for whom they stood in."""
    refs = [(one.actor_kind, one.actor_id) for one in records]
    refs += [(one.stands_in_for.partition(":")[0], one.stands_in_for.partition(":")[2]) for one in records]
    return {each for acting, each in refs if acting == kind}
