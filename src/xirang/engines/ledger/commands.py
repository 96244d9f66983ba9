"""Writing records: never called by a page, always by the command that commits them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from xirang.areas.queries import get_area
from xirang.engines.ledger.logic import SALT_BYTES, Side, commit, entry, leaf_hash
from xirang.foundation.actor import Ref
from xirang.foundation.commands import Act, Record
from xirang.foundation.statements import Part, changed, part

# One statement writes all records of a transaction in their order. Where something is sealed, every record takes its
# number first, so that none has to come back before what stands beside it is written.
_GIVEN = """FROM (
    SELECT at, action, subject_kind, subject_id, actor_kind, actor_id, stands_in_for, area_id, body,
        decode(leaf, 'hex') AS leaf, place
    FROM jsonb_to_recordset({rows}::jsonb) AS given(place int, at timestamptz, action text, subject_kind text,
        subject_id text, actor_kind text, actor_id text, stands_in_for text, area_id uuid, body jsonb, leaf text)
) AS one"""
_COLUMNS = "at, action, subject_kind, subject_id, actor_kind, actor_id, stands_in_for, area_id, body, leaf"
_WRITE = "INSERT INTO {records} ({columns}) SELECT {columns} {given} ORDER BY place"
_WRITE_SEALED = """
WITH given AS (
    SELECT nextval(pg_get_serial_sequence('ledger_record', 'id')) AS id, one.* {given}
), written AS (
    INSERT INTO {records} (id, {columns}) SELECT id, {columns} FROM given
)
INSERT INTO ledger_sealedvalue (record_id, path, salt, value, about_kind, about_id)
SELECT given.id, side.path, side.salt, side.value, side.about_kind, side.about_id
FROM unnest({of}::bigint[], {path}::text[], {salt}::bytea[], {value}::text[], {about_kind}::text[],
    {about_id}::text[]) AS side(of, path, salt, value, about_kind, about_id)
JOIN given ON given.place = side.of
"""
_RECORDS = Part("ledger_record", (), frozenset({"ledger_record"}))


def write_records(records: Sequence[Record]) -> None:
    """Write all records of a transaction in one statement, inside it (the ledger's answer to `record`)."""
    rows: list[dict[str, Any]] = []
    sides: list[dict[str, Any]] = []
    for place, item in enumerate(records, start=1):
        row, sealed = _row(item)
        rows.append(row | {"place": place})
        sides += [_side(place, side, item.subject) for side in sealed]
    given = part(_GIVEN, rows=json.dumps(rows, ensure_ascii=False))
    parts = {"records": _RECORDS, "columns": Part(_COLUMNS), "given": given}
    beside = {name: [side[name] for side in sides] for name in _BESIDE}
    changed(part(_WRITE_SEALED, **parts, **beside) if sides else part(_WRITE, **parts))


def erase_sealed(about: Collection[Ref]) -> int:
    """Erase what is sealed about these, inside the running command; returns how many values (carried by sealed_about).

    The records stay as they are: each leaf covers the commitment alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from ledger_sealedvalue where (about_kind, about_id) in"
            " (select * from unnest(%s::text[], %s::text[]))",
            [[one.kind for one in about], [one.id for one in about]],
        )
        erased: int = cursor.rowcount
    return erased


def _row(item: Record) -> tuple[dict[str, Any], list[Side]]:
    """The columns of a record as JSON can say them, and what is sealed in it."""
    act, path = item.act, get_area(item.area_id).path if item.area_id else ()
    covered = str(item.stands_in_for or _stands_in_for(act, path) or "")
    body, sides = commit(item.body, lambda: secrets.token_bytes(SALT_BYTES))
    data = entry(
        action=act.name,
        subject=str(item.subject),
        actor=str(act.actor.ref),
        at=act.now,
        area=str(item.area_id or ""),
        stands_in_for=covered,
        body=body,
    )
    row = {
        "at": act.now.isoformat(),
        "action": act.name,
        "subject_kind": item.subject.kind,
        "subject_id": item.subject.id,
        "actor_kind": act.actor.ref.kind,
        "actor_id": act.actor.ref.id,
        "stands_in_for": covered,
        "area_id": str(item.area_id) if item.area_id else None,
        "body": body,
        "leaf": leaf_hash(data).hex(),
    }
    return row, sides


_BESIDE = ("of", "path", "salt", "value", "about_kind", "about_id")


def _side(place: int, side: Side, subject: Ref) -> dict[str, Any]:
    """One sealed value beside the record at this place."""
    about = side.value.about or subject
    values = (place, side.path, side.salt, side.value.text, about.kind, about.id)
    return dict(zip(_BESIDE, values, strict=True))


def _stands_in_for(act: Act, path: Sequence[UUID]) -> Ref | None:
    """Whom the actor covers, when every post held there is a covered one."""
    held = [grant for grant in act.actor.grants if not path or grant.area_id in path]
    return held[0].absent if held and all(grant.absent for grant in held) else None
