"""What somebody is to a case, decided over plain facts: the same answer for a page, a command and a told scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HANDLING_ROLES = ("handler", "unit_leader", "grid_worker")
"""The roles by which a unit's people handle its cases; belonging to it as auditor or leader is not enough."""

FIRM_ROLE = "enterprise"


@dataclass(frozen=True, slots=True)
class Post:
    """A role that somebody holds, for which unit (empty: for none), and whether it is a colleague's (A/B岗)."""

    role: str
    unit: str = ""
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who may take part in a case.

    `id` is the account, empty for whoever has not signed in. `roles` are those held where the case lies, `posts` all
    that are held anywhere. `receipt` says that the receipt of this very case was shown.
    """

    id: str = ""
    roles: frozenset[str] = frozenset()
    posts: tuple[Post, ...] = ()
    system: bool = False
    receipt: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """Who takes part in a case already, by id; empty where nobody does."""

    holder_unit: str = ""
    holder_account: str = ""
    co_holders: frozenset[str] = frozenset()
    responsible_leader: str = ""
    requester_account: str = ""
    requester_organisation: str = ""


def handled_units(posts: Iterable[Post]) -> frozenset[str]:
    """The units for which somebody handles cases."""
    return frozenset(post.unit for post in posts if post.unit and post.role in HANDLING_ROLES)


def spoken_for(posts: Iterable[Post]) -> tuple[str, ...]:
    """The firms for which somebody speaks, in the order in which the posts are held."""
    return tuple(dict.fromkeys(post.unit for post in posts if post.unit and post.role == FIRM_ROLE))


def relations_of(party: Party, sides: Sides) -> frozenset[str]:
    """The roles of a party where the case lies, and what the party is to this case."""
    found = set(party.roles)
    if party.system:
        found.add("system")
    if _is_requester(party, sides):
        found.add("requester")
    for post in party.posts:
        if sides.holder_unit and post.unit == sides.holder_unit and post.role in HANDLING_ROLES:
            found |= _as_unit(party, post, sides)
    if party.id and party.id == sides.holder_account:
        found.add("holder")
    if party.id and party.id == sides.responsible_leader:
        found.add("responsible_leader")
    if handled_units(party.posts) & sides.co_holders:
        found.add("co_holder")
    return frozenset(found)


def unit_acting(party: Party, sides: Sides, relation: str) -> str | None:
    """For which unit a party acts when it acts as `relation`; None for nobody's."""
    if relation in ("holder", "holder.leader") and sides.holder_unit:
        return sides.holder_unit
    for post in party.posts:
        if post.unit and (post.role == relation or relation in ("co_holder", "requester")):
            return post.unit
    return None


def _as_unit(party: Party, post: Post, sides: Sides) -> set[str]:
    found = {"holder.leader"} if post.role == "unit_leader" else set()
    personal = bool(sides.holder_account) and sides.holder_account != party.id
    # A case taken by one person is theirs; the head of the unit and an appointed stand-in may still act.
    if not personal or post.role == "unit_leader" or post.stands_in:
        found.add("holder")
    return found


def _is_requester(party: Party, sides: Sides) -> bool:
    if party.receipt:
        return True
    if not party.id:
        return False
    return party.id == sides.requester_account or (
        bool(sides.requester_organisation) and sides.requester_organisation in spoken_for(party.posts)
    )
