"""Writing records: never called by a page, always by the command that commits them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from xirang.areas.models import Area
from xirang.engines.ledger.logic import SALT_BYTES, commit, entry, leaf_hash
from xirang.foundation.actor import Ref
from xirang.foundation.commands import Act, Record

# One statement writes a record and what is sealed beside it: no number of a record has to come back first.
_WRITE = """
with written as (
    insert into ledger_record (at, action, subject_kind, subject_id, actor_kind, actor_id, stands_in_for, area_id,
        area_path, body, leaf)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s, %s)
    returning id
)
insert into ledger_sealedvalue (record_id, path, salt, value, about_kind, about_id)
select written.id, side.* from written,
    unnest(%s::text[], %s::bytea[], %s::text[], %s::text[], %s::text[]) as side
"""


@lru_cache(maxsize=4096)
def _path(area_id: UUID) -> tuple[UUID, ...]:
    """An area's path never changes: a moved area is a new area."""
    return tuple(Area.objects.values_list("path", flat=True).get(pk=area_id))


def write_records(records: Sequence[Record]) -> None:
    """Write all records of a transaction in one statement, inside it (the ledger's answer to `record`)."""
    rows = [_row(item.act, item) for item in records]
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE, rows)


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


def _row(act: Act, item: Record) -> tuple[Any, ...]:
    covered = str(item.stands_in_for or _stands_in_for(act, item.area_id) or "")
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
    about = [side.value.about or item.subject for side in sides]
    return (
        act.now,
        act.name,
        item.subject.kind,
        item.subject.id,
        act.actor.ref.kind,
        act.actor.ref.id,
        covered,
        item.area_id,
        list(_path(item.area_id)) if item.area_id else [],
        json.dumps(body, ensure_ascii=False),
        leaf_hash(data),
        [side.path for side in sides],
        [side.salt for side in sides],
        [side.value.text for side in sides],
        [one.kind for one in about],
        [one.id for one in about],
    )


def _stands_in_for(act: Act, area_id: UUID | None) -> Ref | None:
    """Whom the actor covers, when every post held there is a covered one."""
    path = _path(area_id) if area_id else ()
    held = [grant for grant in act.actor.grants if not path or grant.area_id in path]
    return held[0].absent if held and all(grant.absent for grant in held) else None
