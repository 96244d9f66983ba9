"""The rows of a list of cases as plain values: one statement finds the page and the names beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from xirang.areas.models import Area
from xirang.engines.cases.models import Case
from xirang.engines.cases.models.scope import Branch
from xirang.engines.cases.queries import keys
from xirang.engines.cases.queries.keys import Order, Sought, first_keys
from xirang.foundation.paging import Cut, Page
from xirang.foundation.statements import Part, joined, part, rows, unscoped, where
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
    about: str
    due_clock: str
    closed_at: datetime | None
    reopened: int
    requester_person_id: UUID | None
    about_person_id: UUID | None
    answers: str

    @property
    def fields(self) -> dict[str, Any]:
        """The answers of the form, as the log keeps them."""
        found: dict[str, Any] = json.loads(self.answers)
        return found


# Beside rows within the scope stand the names of those who take part, whoever may see their registers.
NAMES = unscoped(Organisation, "names beside rows that were scoped already")
ROWS = """
SELECT c.id, c.number, c.title, c.process_id, c.process_code, c.stage, c.stage_kind, c.outcome,
       c.due_at, c.order_at, c.opened_at, a.path, a.name, a.name_en, coalesce(u.name, ''), coalesce(r.name, ''),
       coalesce(o.name, ''), c.due_clock, c.closed_at, c.reopened, c.requester_person_id, c.about_person_id, c.fields
FROM {found} AS found
JOIN cases_case c ON c.id = found.id
JOIN areas_area a ON a.id = c.area_id
LEFT JOIN people_organisation u ON u.id = c.holder_unit_id AND {names}
LEFT JOIN people_organisation r ON r.id = c.requester_organisation_id
LEFT JOIN people_organisation o ON o.id = c.about_organisation_id
ORDER BY c.{column}{way}, c.id{way}
"""
_ORDERS = {("order_at", "id"): (keys.BY_DEADLINE, keys.BY_DEADLINE_BACKWARDS)}
_ORDERS["-order_at", "-id"] = (keys.BY_DEADLINE_BACKWARDS, keys.BY_DEADLINE)
_ORDERS["-opened_at", "-id"] = (keys.BY_ARRIVAL, keys.BY_ARRIVAL_BACKWARDS)
_ORDERS["opened_at", "id"] = (keys.BY_ARRIVAL_BACKWARDS, keys.BY_ARRIVAL)


def page_of_rows(branches: Sequence[Branch], sought: Sought, cut: Cut, size: int) -> Page[CaseRow]:
    """One page of the cases that are sought within the branches of a scope.

    InvalidError for a spoilt key, NotPlainError where only Django's compiler can ask the question.
    """
    order: Order = _ORDERS[cut.order[0], cut.order[1]][cut.backwards]
    with cut.checked():
        beyond = where(Case, cut.condition, "c")
        further = part("{sought} AND {beyond}", sought=sought.condition, beyond=beyond)
        sought = replace(sought, condition=further, begins=cut.values[0] if cut.values else None)
        found = first_keys(branches, sought, order, size + 1)
        statement = part(ROWS, found=found, names=NAMES, column=order[0], way=order[1])
        made = [CaseRow._make(row) for row in rows(statement)]
    return cut.page(made, size, _cell)


def count_keys(branches: Sequence[Branch], sought: Sought, most: int) -> int:
    """How many cases are sought within the branches of a scope, at most `most`; no more of them are looked at."""
    found = first_keys(branches, sought, keys.carried(sought), most)
    [(count,)] = rows(part("SELECT count(*) FROM {found} AS found", found=found))
    return int(count)


LIST = "SELECT 'list', {name}::text, (SELECT count(*) FROM {keys} AS found)"
SPANS = """
SELECT 'span', s.name, (SELECT count(*) FROM {found} AS found)
FROM unnest({names}::text[], {begins}::timestamptz[], {ends}::timestamptz[]) AS s(name, begins, ends)
UNION ALL
SELECT 'span', 'waiting', (SELECT count(*) FROM {waiting} AS found)
"""
WITHIN_SPAN = Part("c.order_at >= s.begins AND c.order_at < s.ends")
WAITING = Part("c.stage_kind = 'waiting'")


def count_all(
    lists: Mapping[str, Part], branches: Sequence[Branch], spans: Mapping[str, tuple[datetime, datetime]], most: int
) -> tuple[dict[str, int], dict[str, int]]:
    """How many keys each list has; and of the branches how many open cases sort within each span, and how many wait
    (`waiting`), each at most `most`. One statement; none where there is nothing to count.
    """
    parts = [part(LIST, name=name, keys=keys) for name, keys in lists.items()]
    if branches:
        parts.append(_spans(branches, spans, most))
    counted: dict[str, dict[str, int]] = {"list": {}, "span": {}}
    for kind, name, count in rows(joined(parts, " UNION ALL ")) if parts else ():
        counted[kind][name] = int(count)
    return counted["list"], counted["span"]


def _spans(branches: Sequence[Branch], spans: Mapping[str, tuple[datetime, datetime]], most: int) -> Part:
    return part(
        SPANS,
        found=first_keys(branches, Sought(WITHIN_SPAN, open_only=True), keys.BY_DEADLINE, most),
        waiting=first_keys(branches, Sought(WAITING, open_only=True), keys.BY_DEADLINE, most),
        names=list(spans),
        begins=[begin for begin, _end in spans.values()],
        ends=[end for _begin, end in spans.values()],
    )


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
        case.about_organisation.name if case.about_organisation else "",
        case.due_clock,
        case.closed_at,
        case.reopened,
        case.requester_person_id,
        case.about_person_id,
        json.dumps(case.fields, ensure_ascii=False),
    )


def _cell(row: CaseRow, name: str) -> Any:
    return row.pk if name == "id" else getattr(row, name)
