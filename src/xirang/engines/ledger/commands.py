"""Writing records: never called by a page, always by the command that commits them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from xirang.areas.models import Area
from xirang.engines.ledger.logic import entry, leaf_hash
from xirang.foundation.commands import Act, Record


@lru_cache(maxsize=4096)
def _path(area_id: UUID) -> tuple[UUID, ...]:
    """An area's path never changes: a moved area is a new area."""
    return tuple(Area.objects.values_list("path", flat=True).get(pk=area_id))


def write_records(records: Sequence[Record]) -> None:
    """Write all records of a transaction in one statement, inside it (the ledger's answer to `record`)."""
    rows = [_row(item.act, item) for item in records]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ledger_record (at, action, subject_kind, subject_id, actor_kind, actor_id, actor_name,"
            " stands_in_for, area_id, area_path, body, leaf) values (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::uuid[],%s,%s)",
            rows,
        )


def _row(act: Act, item: Record) -> tuple[Any, ...]:
    stand_in = item.stands_in_for or _stands_in_for(act, item.area_id)
    data = entry(
        action=act.name,
        subject=str(item.subject),
        actor=str(act.actor.ref),
        at=act.now,
        area=str(item.area_id or ""),
        stands_in_for=stand_in,
        body=item.body,
    )
    path = list(_path(item.area_id)) if item.area_id else []
    return (
        act.now,
        act.name,
        item.subject.kind,
        item.subject.id,
        act.actor.ref.kind,
        act.actor.ref.id,
        act.actor.name,
        stand_in,
        item.area_id,
        path,
        json.dumps(item.body, ensure_ascii=False),
        leaf_hash(data),
    )


def _stands_in_for(act: Act, area_id: UUID | None) -> str:
    """Whom the actor covers, when every post held there is a covered one."""
    path = _path(area_id) if area_id else ()
    held = [grant for grant in act.actor.grants if not path or grant.area_id in path]
    if held and all(grant.stands_in_for for grant in held):
        return held[0].stands_in_for
    return ""
