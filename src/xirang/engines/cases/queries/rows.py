"""The rows of a list of cases as plain values: one statement finds the page and the names beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from xirang.areas.models import Area
from xirang.engines.cases.models import Case
from xirang.engines.cases.models.scope import Branch
from xirang.engines.cases.queries import keys
from xirang.engines.cases.queries.keys import Order, Sought, first_keys
from xirang.foundation.paging import Cut, Page
from xirang.foundation.statements import Part, part, rows, unscoped, where
from xirang.people.models import Organisation


class CaseRow(NamedTuple):
    """What a line of a list shows of a case; names are empty where there is nobody."""

    pk: UUID
    number: str
    title: str
    process_id: UUID
    process_code: str
    stage: str
    stage_kind: str
    outcome: str
    due_at: datetime | None
    order_at: datetime
    opened_at: datetime
    area_path: list[UUID]
    area_name: str
    area_name_en: str
    holder: str
    requester: str


# Beside rows within the scope stand the names of those who take part, whoever may see their registers.
NAMES = unscoped(Organisation, "names beside rows that were scoped already")
ROWS = """
SELECT c.id, c.number, c.title, c.process_id, c.process_code, c.stage, c.stage_kind, c.outcome,
       c.due_at, c.order_at, c.opened_at, a.path, a.name, a.name_en, coalesce(u.name, ''), coalesce(r.name, '')
FROM {found} AS found
JOIN cases_case c ON c.id = found.id
JOIN areas_area a ON a.id = c.area_id
LEFT JOIN people_organisation u ON u.id = c.holder_unit_id AND {names}
LEFT JOIN people_organisation r ON r.id = c.requester_organisation_id
ORDER BY c.{column}{way}, c.id{way}
"""
_ORDERS = {("order_at", "id"): (keys.BY_DEADLINE, keys.BY_DEADLINE_BACKWARDS)}
_ORDERS["-opened_at", "-id"] = (keys.BY_ARRIVAL, keys.BY_ARRIVAL_BACKWARDS)


def page_of_rows(branches: Sequence[Branch], sought: Sought, cut: Cut, size: int) -> Page[CaseRow]:
    """One page of the cases that are sought within the branches of a scope.

    InvalidError for a spoilt key, NotPlainError where only Django's compiler can ask the question.
    """
    order: Order = _ORDERS[cut.order[0], cut.order[1]][cut.backwards]
    with cut.checked():
        beyond = where(Case, cut.condition, "c")
        further = part("{sought} AND {beyond}", sought=sought.condition, beyond=beyond)
        sought = Sought(further, sought.open_only, sought.stages, sought.at)
        found = first_keys(branches, sought, order, size + 1)
        statement = part(ROWS, found=found, names=NAMES, column=order[0], way=order[1])
        made = [CaseRow._make(row) for row in rows(statement)]
    return cut.page(made, size, _cell)


def count_keys(branches: Sequence[Branch], sought: Sought, most: int) -> int:
    """How many cases are sought within the branches of a scope, at most `most`; no more of them are looked at."""
    found = first_keys(branches, sought, keys.BY_DEADLINE, most)
    [(count,)] = rows(part("SELECT count(*) FROM {found} AS found", found=found))
    return int(count)


SPANS = """
SELECT s.name, (SELECT count(*) FROM {found} AS found)
FROM unnest({names}::text[], {begins}::timestamptz[], {ends}::timestamptz[]) AS s(name, begins, ends)
UNION ALL
SELECT 'waiting', (SELECT count(*) FROM {waiting} AS found)
UNION ALL
SELECT 'beside', (SELECT count(*) FROM {beside} AS found)
"""
NOTHING = Part("(SELECT 1 WHERE FALSE)")
WITHIN_SPAN = Part("c.order_at >= s.begins AND c.order_at < s.ends")
WAITING = Part("c.stage_kind = 'waiting'")


def count_spans(
    branches: Sequence[Branch], spans: Mapping[str, tuple[datetime, datetime]], most: int, beside: Part = NOTHING
) -> dict[str, int]:
    """How many open cases sort within each span, how many wait (`waiting`), and how many keys are given `beside`, each
    at most `most`; one statement.
    """
    statement = part(
        SPANS,
        found=first_keys(branches, Sought(WITHIN_SPAN, open_only=True), keys.BY_DEADLINE, most),
        waiting=first_keys(branches, Sought(WAITING, open_only=True), keys.BY_DEADLINE, most),
        beside=beside,
        names=list(spans),
        begins=[begin for begin, _end in spans.values()],
        ends=[end for _begin, end in spans.values()],
    )
    return {name: int(count) for name, count in rows(statement)}


def row_of(case: Case) -> CaseRow:
    """The same row from a case that Django's compiler fetched, with its area, holder and requester."""
    area: Area = case.area
    return CaseRow(
        case.pk,
        case.number,
        case.title,
        case.process_id,
        case.process_code,
        case.stage,
        case.stage_kind,
        case.outcome,
        case.due_at,
        case.order_at,
        case.opened_at,
        area.path,
        area.name,
        area.name_en,
        case.holder_unit.name if case.holder_unit else "",
        case.requester_organisation.name if case.requester_organisation else "",
    )


def _cell(row: CaseRow, name: str) -> Any:
    return row.pk if name == "id" else getattr(row, name)
