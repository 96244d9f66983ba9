"""The cast of a scenario: who is who, and what somebody is to a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xirang.engines.cases.logic import CaseState, Participant
from xirang.engines.cases.logic.words import ANYONE, RELATIONS

UNIT_ROLES = frozenset({"handler", "unit_leader", "grid_worker"})
NOT_PEOPLE = frozenset({"at", "about", "requester", "switches"})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the cast: a role, and the unit they work for where the story says so."""

    name: str
    role: str
    unit: str = ""

    def participant(self, relation: str, unit: str | None = None) -> Participant:
        """The member as events name them."""
        return Participant("account", self.name, relation, unit or self.unit or None)


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


def relations_of(member: Member, state: CaseState) -> frozenset[str]:
    """What a member is to a case: the role, and the relations that follow from the state."""
    if member.role in RELATIONS:
        return frozenset({member.role, "holder"} if member.role == "holder.leader" else {member.role})
    found = {member.role}
    if state.requester.id == member.name:
        found.add("requester")
    if member.role in UNIT_ROLES:
        # A handler of whom the story does not say where they work is one of the unit that holds the case.
        if state.holder_unit and (member.unit or state.holder_unit) == state.holder_unit:
            found |= {"holder", "holder.leader"} if member.role == "unit_leader" else {"holder"}
        if member.unit in state.co_holders:
            found.add("co_holder")
    if state.responsible_leader == member.name:
        found.add("responsible_leader")
    return frozenset(found)
