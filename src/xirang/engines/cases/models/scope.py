"""Which cases an actor may see, as branches that each keep the order of one index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from xirang.areas.models import within_area
from xirang.engines.cases.logic.relations import Post, handled_units, spoken_for
from xirang.foundation.actor import Actor
from xirang.foundation.scope import NOTHING

# Each column leads two indexes of the table (open cases by deadline, all cases by arrival).
BRANCH_COLUMNS = {
    "county_id": "county",
    "town_id": "town",
    "village_id": "village",
    "area": "area",
    "holder_unit": "unit",
    "holder_account": "holder",
    "requester_account": "asker",
    "requester_organisation": "firm",
}
# Those by which somebody asks for the cases of some stages only (the desk; what is yet to be signed for).
STAGE_COLUMNS = {column: name for column, name in BRANCH_COLUMNS.items() if name not in ("asker", "firm")}
# Those by which somebody asks for the cases that wait for others.
WAITING_COLUMNS = {column: name for column, name in BRANCH_COLUMNS.items() if name in ("unit", "holder")}
ALWAYS_KNOWN = ("county_id", "area")
# Said beside every question for helpers: the few cases that have one have an index of their own.
HELPED = ~Q(co_holders=[])


@dataclass(frozen=True, slots=True)
class Branch:
    """One reason for seeing cases: its condition, and what it makes of the actor (area, holder, helper, requester)."""

    reason: str
    condition: Q


Readers = Callable[[], dict[str, frozenset[str]]]
_readers: list[Readers] = []


def plug_readers(readers: Readers) -> None:
    """Say who knows, for each process, the roles that see all its cases in their area (the registry)."""
    _readers[:] = [readers]


def branches(actor: Actor) -> list[Branch]:
    """The actor's reasons for seeing cases; none for the public."""
    return [*_by_area(actor), *_as_holder(actor), *_as_requester(actor)]


def posts_of(actor: Actor) -> tuple[Post, ...]:
    """The roles of an actor as plain facts: what, for which unit, and whether as somebody's stand-in."""
    return tuple(
        Post(grant.role, str(grant.organisation_id or ""), bool(grant.stands_in_for)) for grant in actor.grants
    )


def units_of(actor: Actor) -> frozenset[UUID]:
    """The units for which an actor handles cases; belonging to a unit as its auditor or its leader is not enough."""
    return frozenset(UUID(unit) for unit in handled_units(posts_of(actor)))


def firms_of(actor: Actor) -> tuple[UUID, ...]:
    """The firms for which an actor speaks, in the order of the grants."""
    return tuple(UUID(firm) for firm in spoken_for(posts_of(actor)))


def condition(actor: Actor) -> Q:
    """All branches joined: the fail-closed scope of single fetches and counts."""
    if actor.ref.kind == "system":
        return Q()
    joined = NOTHING
    for branch in branches(actor):
        joined |= branch.condition
    return joined


def _by_area(actor: Actor) -> list[Branch]:
    if not actor.grants:
        return []
    readers = _readers[0]()
    by_area: dict[UUID, tuple[tuple[UUID, ...], set[str]]] = {}
    for grant in actor.grants:
        codes = {code for code, roles in readers.items() if grant.role in roles}
        if codes and grant.area_path:
            by_area.setdefault(grant.area_id, (grant.area_path, set()))[1].update(codes)
    everything = set(readers)
    found = []
    for area_id, (path, codes) in by_area.items():
        # A grant on an area above already covers the same processes: leave out what it holds.
        above = set().union(*[by_area[up][1] for up in path if up in by_area and up != area_id])
        if codes <= above:
            continue
        limit = Q() if codes == everything else Q(process_code__in=sorted(codes))
        found.append(Branch("area", within_area(path) & limit))
    return found


def _as_holder(actor: Actor) -> list[Branch]:
    units = sorted(units_of(actor), key=str)
    found = []
    if units:
        # A branch for each unit: an index keeps its order for one value, not for a list of them.
        found += [Branch("holder", Q(holder_unit=unit)) for unit in units]
        found += [Branch("helper", Q(co_holders__overlap=units) & HELPED)]
    if actor.ref.kind == "account":
        found.append(Branch("holder", Q(holder_account=actor.ref.id)))
    return found


def _as_requester(actor: Actor) -> list[Branch]:
    if actor.ref.kind != "account":
        return []
    found = [Branch("requester", Q(requester_account=actor.ref.id))]
    return found + [Branch("requester", Q(requester_organisation=firm)) for firm in sorted(firms_of(actor), key=str)]
