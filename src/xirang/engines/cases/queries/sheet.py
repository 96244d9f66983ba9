"""One case as its pages show it, by two plain statements: the case with the names beside it, and its log with files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from xirang.areas.models import Area
from xirang.engines.cases.logic.state import EVENT_KINDS, Event, Participant
from xirang.engines.cases.models import Case
from xirang.engines.cases.policy import RECEIPT
from xirang.engines.cases.queries.caused import Caused, list_caused
from xirang.engines.cases.queries.single import NoSuchCaseError, get_case
from xirang.foundation.actor import Actor
from xirang.foundation.statements import NotPlainError, Part, part, rows, unscoped, within
from xirang.people.models import Account, Organisation

_FIELDS = Case._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_AREA = ("id", "code", "name", "name_en", "level", "path")
_CASE = """
SELECT {columns}, a.code, a.name, a.name_en, a.level, a.path, u.name, h.title_name, r.name, o.name,
       (
         SELECT json_agg(json_build_array(d.id, d.number, d.title) ORDER BY d.opened_at, d.id)
         FROM cases_case d WHERE d.source_kind = 'case' AND d.source_id = {id_text} AND {caused}
       )
FROM cases_case c
JOIN areas_area a ON a.id = c.area_id
LEFT JOIN people_organisation u ON u.id = c.holder_unit_id AND {organisations}
LEFT JOIN people_account h ON h.id = c.holder_account_id AND {accounts}
LEFT JOIN people_organisation r ON r.id = c.requester_organisation_id
LEFT JOIN people_organisation o ON o.id = c.about_organisation_id
WHERE c.id = {id} AND {scope}
"""
# Of an answer that names a unit the log holds the id; anything else that somebody wrote is no id of one.
_LOG = """
SELECT e.seq, e.at, e.kind, e.action, e.actor_kind, e.actor_id, e.actor_name, e.stands_in_for, e.relation, e.unit_id,
       coalesce(u.name, ''), e.internal, e.body,
       (
         SELECT json_agg(json_build_array(t.id, t.field, t.name, t.size, t.internal) ORDER BY t.id)
         FROM cases_attachment t WHERE t.case_id = e.case_id AND t.seq = e.seq
       ),
       (
         SELECT json_object_agg(n.id, n.name)
         FROM jsonb_each_text(CASE WHEN e.kind = 'acted' THEN e.body -> 'answers' END) AS said
         JOIN people_organisation n
           ON n.id = CASE WHEN pg_input_is_valid(said.value, 'uuid') THEN said.value::uuid END AND {organisations}
       )
FROM cases_caseevent e
LEFT JOIN people_organisation u ON u.id = e.unit_id
WHERE e.case_id = {id} ORDER BY e.seq
"""
_ORGANISATIONS = unscoped(Organisation, "names beside a case that was scoped already")
_ACCOUNTS = unscoped(Account, "the name of whoever holds a case that was scoped already")


class File(NamedTuple):
    """A file that came with a step of a case."""

    pk: UUID
    field: str
    name: str
    size: int
    internal: bool


class Entered(NamedTuple):
    """One entry of a case's log, with the unit's name, its files, and the names of the units that its answers name."""

    seq: int
    at: datetime
    kind: str
    action: str
    actor_kind: str
    actor_id: str
    actor_name: str
    stands_in_for: str
    relation: str
    unit_id: UUID | None
    unit: str
    internal: bool
    body: dict[str, Any]
    files: tuple[File, ...]
    names: Mapping[str, str]

    @property
    def event(self) -> Event:
        """The entry as logic reads it."""
        by = Participant(self.actor_kind, self.actor_id, self.relation, str(self.unit_id) if self.unit_id else None)
        return Event(self.seq, self.at, EVENT_KINDS[self.kind], self.action, by, self.body)


def read_case(*, actor: Actor, case_id: UUID) -> tuple[Case, tuple[Caused, ...]]:
    """A case with area, units, holder and firms by name, and what it caused within the actor's scope; one statement.

    NoSuchCaseError outside the scope. Of what lies beside the case only the names are read; anything further that is
    asked of an area or a unit costs a query of its own.
    """
    holder = actor.ref.kind == RECEIPT and actor.ref.id == str(case_id)
    try:
        scope = unscoped(Case, "the receipt of this case was shown") if holder else within(Case, actor, "c")
        caused = within(Case, actor, "d")
    except NotPlainError:
        case = get_case(actor=actor, case_id=case_id)
        return case, tuple(list_caused(actor=actor, case=case))
    columns = Part(", ".join(f"c.{field.column}" for field in _FIELDS))
    found = rows(
        part(
            _CASE,
            columns=columns,
            id=case_id,
            id_text=str(case_id),
            scope=scope,
            caused=caused,
            organisations=_ORGANISATIONS,
            accounts=_ACCOUNTS,
        )
    )
    if not found:
        raise NoSuchCaseError()
    [row] = found
    case = _case(row[: len(_NAMES)], row[len(_NAMES) :])
    return case, tuple(Caused(UUID(pk), number, title) for pk, number, title in row[-1] or ())


def _case(values: tuple[Any, ...], beside: tuple[Any, ...]) -> Case:
    given = dict(zip(_NAMES, values, strict=True))
    case = Case.from_db("default", _NAMES, [*(given | {"fields": json.loads(given["fields"])}).values()])
    case.area = Area.from_db("default", _AREA, [case.area_id, *beside[:5]])
    unit, account, requester, about = beside[5:9]
    if case.holder_unit_id:
        case.holder_unit = _organisation(case.holder_unit_id, unit)
    if case.holder_account_id:
        case.holder_account = Account.from_db("default", ["id", "title_name"], [case.holder_account_id, account])
    if case.requester_organisation_id:
        case.requester_organisation = _organisation(case.requester_organisation_id, requester)
    if case.about_organisation_id:
        case.about_organisation = _organisation(case.about_organisation_id, about)
    return case


def _organisation(pk: UUID, name: str) -> Organisation:
    return Organisation.from_db("default", ["id", "name"], [pk, name])


def read_log(case: Case) -> list[Entered]:
    """The log of a case that was fetched within the scope, oldest first, with everything that stands beside it."""
    found = rows(part(_LOG, id=case.pk, organisations=_ORGANISATIONS))
    return [Entered._make((*row[:12], json.loads(row[12]), _files(row[13]), row[14] or {})) for row in found]


def _files(stored: list[list[Any]] | None) -> tuple[File, ...]:
    return tuple(File(UUID(pk), *about) for pk, *about in stored or ())
