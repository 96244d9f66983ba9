"""The cast of a scenario: who is who, and which plain facts about them decide what they are to a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xirang.engines.cases.logic.relations import HANDLING_ROLES, Party, Post, Sides
from xirang.engines.cases.logic.state import CaseState, Participant
from xirang.engines.cases.logic.words import ANYONE, RELATIONS

NOT_PEOPLE = frozenset({"at", "about", "requester", "switches"})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the cast: a role or a relation, and the unit they work for where the story says so."""

    name: str
    role: str
    unit: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether the member has an account; `anyone` has none."""
        return self.role != ANYONE


def cast_of(given: Mapping[str, Any]) -> dict[str, Member]:
    """The people named under `given`: `enterprise: 甬江电器`, or `clerk: {role: handler, unit: unit/economy}`."""
    members = {}
    for name, value in given.items():
        if name in NOT_PEOPLE:
            continue
        if isinstance(value, Mapping):
            members[name] = Member(name, str(value.get("role", name)), str(value.get("unit", "")))
        else:
            members[name] = Member(name, name)
    return members


def find_member(who: str, cast: Mapping[str, Member], roles: frozenset[str]) -> Member | None:
    """Who is meant: one of the cast, any holder of a role, a relation, or anyone at all."""
    if who in cast:
        return cast[who]
    if who in roles or who in RELATIONS or who == ANYONE:
        return Member(who, who)
    return None


def sides_of(state: CaseState, opener: Member) -> Sides:
    """Who takes part in the told case already."""
    firm = opener.unit if opener.role == "enterprise" else ""
    return Sides(
        holder_unit=state.holder_unit or "",
        holder_account=state.holder_account or "",
        co_holders=frozenset(state.co_holders),
        responsible_leader=state.responsible_leader or "",
        requester_account=opener.name if opener.signed_in else "",
        requester_organisation=firm,
    )


def party_of(member: Member, sides: Sides, opener: Member, roles: tuple[str, ...]) -> Party:
    """The plain facts about a member who holds these roles; whoever opened without an account holds the receipt.

    A relation as `who` means whoever is that to the case now. A handler of whom the story does not say where they work
    is one of the unit that holds the case.
    """
    if member.role in RELATIONS:
        return _related(member.role, sides, opener)
    if not member.signed_in:
        return Party(receipt=not opener.signed_in)
    here = member.unit or (sides.holder_unit if set(roles) & set(HANDLING_ROLES) else "")
    return Party(member.name, frozenset(roles), tuple(Post(role, here) for role in roles))


def participant(member: Member, party: Party, relation: str, unit: str | None) -> Participant:
    """A member as the log names who acts."""
    return Participant("account" if member.signed_in else "public", party.id or member.name, relation, unit)


def _related(relation: str, sides: Sides, opener: Member) -> Party:
    if relation == "requester":
        return Party(sides.requester_account, receipt=not opener.signed_in)
    if relation == "system":
        return Party(system=True)
    if relation == "responsible_leader":
        return Party(sides.responsible_leader)
    if relation == "co_holder":
        return Party(relation, posts=tuple(Post("handler", unit) for unit in sorted(sides.co_holders)))
    post = Post("unit_leader" if relation == "holder.leader" else "handler", sides.holder_unit)
    return Party(sides.holder_account or relation, posts=(post,))
