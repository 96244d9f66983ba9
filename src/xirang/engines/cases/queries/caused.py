"""What caused a case, and which cases it caused in turn."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from xirang.engines.cases.models import Case
from xirang.foundation.actor import Actor
from xirang.foundation.engines import every
from xirang.foundation.errors import NotFoundError
from xirang.foundation.records import RecordKind, Subject


def find_source(*, actor: Actor, case: Case, now: datetime) -> Subject | None:
    """What caused a case, with its address; None when nothing did, or for whom it lies outside the scope."""
    kind = next((one for one in every(RecordKind) if one.kind == case.source_kind), None)
    if kind is None or kind.describe is None:
        return None
    try:
        return kind.describe(actor, case.source_id, now)
    except NotFoundError:
        return None


class Caused(NamedTuple):
    """A case that another one caused."""

    pk: UUID
    number: str
    title: str


def list_caused(*, actor: Actor, case: Case) -> list[Caused]:
    """The cases within the actor's scope that this one caused, oldest first; carried by case_once_per_source."""
    rows = Case.objects.within(actor).filter(source_kind="case", source_id=str(case.pk))
    return [Caused(*row) for row in rows.order_by("opened_at", "id").values_list("pk", "number", "title")]
