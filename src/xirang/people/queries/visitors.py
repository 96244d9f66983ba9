"""Who a session belongs to: the account, its unit and its grants in force by one plain statement, and the session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.models import Session

from xirang.foundation.actor import Grant, PlainActor
from xirang.foundation.calendar import local_date
from xirang.foundation.statements import Part, part, rows, unscoped
from xirang.people.models import Account, Held, Organisation
from xirang.people.queries.accounts import actor_of, actor_with, grants_of

_COLUMNS = [field.column for field in Account._meta.concrete_fields]
_NAMES = [field.attname for field in Account._meta.concrete_fields]
_OWN = unscoped(Account, "nobody is known yet: the session itself says whose account it is")
_UNIT = unscoped(Organisation, "the account's own unit, by name")
_ACCOUNT = """
SELECT o.name,
       EXISTS (
         SELECT 1 FROM people_standin s
         WHERE s.substitute_id = a.id AND s.ended_at IS NULL AND s.valid_from <= {day} AND s.valid_to >= {day}
       ),
       (
         SELECT coalesce(
           json_agg(json_build_array(g.role, g.area_id, r.path, g.organisation_id) ORDER BY g.role, g.id), '[]'
         )
         FROM people_rolegrant g JOIN areas_area r ON r.id = g.area_id
         WHERE g.account_id = a.id AND g.ended_at IS NULL AND g.valid_from <= {day}
               AND (g.valid_to IS NULL OR g.valid_to >= {day})
       ),
       {columns}
FROM people_account a LEFT JOIN people_organisation o ON o.id = a.organisation_id AND {unit}
WHERE a.id = {account} AND {own}
"""


def find_visitor(account_id: UUID, *, now: datetime) -> Account | None:
    """The account of a session with its unit's name and the grants that it holds on the day of `now`; one statement.

    Whoever covers a colleague that day gets no grants here: `visitor_of` asks for them with those of the colleague.
    """
    day = local_date(now)
    columns = Part(", ".join(f"a.{column}" for column in _COLUMNS))
    found = rows(part(_ACCOUNT, day=day, columns=columns, account=account_id, own=_OWN, unit=_UNIT))
    if not found:
        return None
    unit, covers, held, *values = found[0]
    account = Account.from_db("default", _NAMES, values)
    if account.organisation_id:
        account.organisation = Organisation.from_db("default", ["id", "name"], [account.organisation_id, unit])
    if not covers:
        account.held = Held(day, tuple(_read(*one) for one in held))
    return account


def visitor_of(account: Account, *, now: datetime) -> PlainActor:
    """As `actor_of`, without a further statement for an account that `find_visitor` found on the same day."""
    held = account.held
    if held is None or held.day != local_date(now):
        return actor_of(account, now=now)
    return actor_with(account, list(_grants(held, account)))


def _grants(held: Held, account: Account) -> Iterator[Grant]:
    for role, area_id, path, organisation_id in held.grants:
        yield from grants_of(role, area_id, path, organisation_id or account.organisation_id)


def _read(
    role: str, area: str, path: list[str], organisation: str | None
) -> tuple[str, UUID, tuple[UUID, ...], UUID | None]:
    return role, UUID(area), tuple(UUID(one) for one in path), UUID(organisation) if organisation else None


def find_session(key: str, *, now: datetime) -> Session | None:
    """The session of this key unless it has expired; every page of whoever is signed in begins with it."""
    statement = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = {key}"
    found = rows(part(f"{statement} AND expire_date > {{now}}", key=key, now=now))
    if not found:
        return None
    [(session_key, data, expires)] = found
    return Session(session_key=session_key, session_data=data, expire_date=expires)
