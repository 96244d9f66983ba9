"""Reading organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length
from django.urls import reverse

from xirang.areas.models import Area, within_area
from xirang.areas.queries import get_area
from xirang.foundation import statements
from xirang.foundation.actor import Actor, is_public
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.ids import parse_uuid
from xirang.foundation.paging import Page, page
from xirang.foundation.text import plain, tokens
from xirang.people.models import Organisation
from xirang.people.policy import can_list_organisations
from xirang.people.spec import UNIT_KINDS


class NoSuchOrganisationError(NotFoundError):
    code = "no_such_organisation"
    zh = "没有找到这个单位，或它不在您可以查看的范围内。"
    en = "There is no such organisation, or it lies outside what you may see."


def get_organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    """One organisation with its area and parent; NotFoundError also when it lies outside the actor's scope."""
    found = Organisation.objects.within(actor).select_related("area", "parent").filter(pk=organisation_id).first()
    if found is None:
        raise NoSuchOrganisationError()
    return found


def find_organisation_by_credit_code(actor: Actor, credit_code: str) -> Organisation | None:
    """The organisation with that credit code (blanks and case do not matter) within the actor's scope, or None."""
    code = "".join(plain(credit_code).upper().split())
    return Organisation.objects.within(actor).select_related("area").filter(credit_code=code).first() if code else None


def find_unit(code: str) -> Organisation | None:
    """The unit of the administration with that unit code (`power_supply`, also `unit/power_supply`), or None."""
    rows = Organisation.objects.all_unscoped("units are known to everybody by name")
    return rows.select_related("area").filter(code=code.removeprefix("unit/"), active=True).first()


_UNIT = "SELECT o.id FROM people_organisation o WHERE {named} AND {units} AND {scope}"


def find_unit_id(given: str) -> UUID | None:
    """The id of a unit of the administration that is at work, by its id or its code (also `unit/power_supply`)."""
    text = given.removeprefix("unit/")
    unit_id = parse_uuid(text)
    named = statements.where(Organisation, Q(pk=unit_id) if unit_id else Q(code=text), "o")
    units = statements.where(Organisation, Q(kind__in=UNIT_KINDS, active=True), "o")
    scope = statements.unscoped(Organisation, "units are known to everybody by name")
    found = statements.rows(statements.part(_UNIT, named=named, units=units, scope=scope))
    return found[0][0] if found else None


def list_units(area: Area) -> list[Organisation]:
    """Units of the administration in the area or below it, by name."""
    rows = Organisation.objects.all_unscoped("units are known to everybody by name").units()
    return list(rows.filter(within_area(area.path)).select_related("area").order_by("name", "id"))


def list_governed_units(actor: Actor) -> list[Organisation]:
    """Units of the administration in the areas the actor answers for, by name; for choosing one in a form."""
    rows = Organisation.objects.governed_by(actor).units().select_related("area").defer("search")
    return list(rows.order_by("name", "id")[:500])


def list_organisations(
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    area: Area | None = None,
    active: bool = True,
    key: str = "",
    size: int = 25,
) -> Page[Organisation]:
    """Organisations in the areas the actor answers for, by name.

    Carried by organisation_by_county and its sisters; with `text` by organisation_search. NotAllowedError for those
    outside the office.
    """
    if not can_list_organisations(actor):
        raise NotAllowedError()
    rows = Organisation.objects.governed_by(actor).filter(active=active)
    if area is not None:
        rows = rows.filter(within_area(area.path))
    if kind:
        rows = rows.filter(kind=kind)
    if text := plain(text):
        rows = rows.filter(_names(text))
    return page(rows.select_related("area", "parent").defer("search"), order=["name", "id"], key=key, size=size)


def search_organisations(actor: Actor, text: str, limit: int = 10) -> list[Organisation]:
    """Organisations within the actor's scope whose name or credit code contains `text`: exact ones first, then those
    that begin with it, then short names. Nothing for an empty text or for the public beyond units.
    """
    text = plain(text)
    if not text:
        return []
    rank = Case(
        When(name__iexact=text, then=Value(0)),
        When(credit_code=text.upper(), then=Value(0)),
        When(name__istartswith=text, then=Value(1)),
        When(name__icontains=text, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows = Organisation.objects.within(actor).filter(_names(text), active=True)
    if is_public(actor):
        rows = rows.filter(kind__in=UNIT_KINDS)
    rows = rows.annotate(rank=rank, length=Length("name")).order_by("rank", "length", "name", "id")
    return list(rows.select_related("area").defer("search")[: max(1, min(limit, 50))])


def _names(text: str) -> Q:
    """Rows that a search for `text` means: by the token index, or by the beginning where there is one sign only."""
    wanted = tokens(text)
    if not wanted:
        return Q(name__startswith=text)
    if len(text) == 1:
        return Q(name__startswith=text) | Q(name__startswith=text.upper())
    if text.isascii() and text.isalnum() and len(text) >= 4:
        return Q(search__contains=wanted) | Q(credit_code__startswith=text.upper())
    return Q(search__contains=wanted)


# What the ground knows of an organisation, by the names of facts, and the column of each.
_FACTS = {
    "name": "name",
    "kind": "kind",
    "credit_code": "credit_code",
    "address": "address_text",
    "industry": "industry",
    "company_type": "company_type",
    "business_scope": "business_scope",
    "capital": "capital_text",
    "staff": "staff_count",
    "registered_on": "registered_on",
    "area_id": "area_id",
    "source": "source",
    "checked_at": "source_checked_at",
}
_FACT_COLUMNS = statements.Part(", ".join(f"o.{column}" for column in _FACTS.values()))
_ASKED = "SELECT {columns} FROM people_organisation o WHERE o.id = {organisation} AND {scope}"


def facts_of_organisation(organisation_id: UUID) -> dict[str, Any]:
    """What the ground knows about an organisation, for forms that fill themselves; {} when there is none.

    Keys: name, kind, area (division code), area_id, credit_code, address, industry, company_type, business_scope,
    capital, staff (int or None), registered_on (date or None), source, checked_at (aware datetime or None). The caller
    has checked that the actor may see the organisation.
    """
    scope = statements.unscoped(Organisation, "the caller has fetched the organisation within its scope")
    asked = statements.part(_ASKED, columns=_FACT_COLUMNS, organisation=organisation_id, scope=scope)
    found = statements.rows(asked)
    if not found:
        return {}
    facts = dict(zip(_FACTS, found[0], strict=True))
    return facts | {"credit_code": facts["credit_code"] or "", "area": get_area(facts["area_id"]).code}


def names_of_organisations(organisation_ids: set[UUID] | frozenset[UUID]) -> dict[UUID, str]:
    """The names of organisations in one query, for lists that were scoped by their own rows."""
    rows = Organisation.objects.all_unscoped("names beside rows that were scoped already")
    return dict(rows.filter(pk__in=organisation_ids).values_list("pk", "name"))


def describe_organisation(actor: Actor, organisation_id: str, now: datetime) -> tuple[str, str]:
    """An organisation's title and address for the page of its records; NotFoundError outside the actor's scope."""
    try:
        found = get_organisation(actor, UUID(organisation_id))
    except ValueError as error:
        raise NoSuchOrganisationError() from error
    return found.name, reverse("people:organisation", args=[found.pk])
