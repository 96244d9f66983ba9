"""Who acts: the only shape in which the lower floors know a person, an account or a machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference upward or sideways: what kind of thing, and which one. Foreign keys only ever point down."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role, held within one area and for one organisation; `area_path` runs from the root to the area itself.

    `stands_in_for` is the shown name of the colleague whose post is covered (A/B岗), or empty; `absent` is that
    colleague's account, for what outlives names. An `implied` grant follows from another one: whoever holds a role
    that a pack brings holds the platform's role that it is like.
    """

    role: str
    area_id: UUID
    area_path: tuple[UUID, ...] = ()
    organisation_id: UUID | None = None
    stands_in_for: str = ""
    implied: bool = False
    absent: Ref | None = None


@runtime_checkable
class Actor(Protocol):
    """What every floor may ask of whoever acts; whoever is `read_only` looks through another's eyes."""

    @property
    def ref(self) -> Ref: ...
    @property
    def name(self) -> str: ...
    @property
    def grants(self) -> tuple[Grant, ...]: ...
    @property
    def organisation_ids(self) -> frozenset[UUID]: ...
    @property
    def read_only(self) -> bool: ...
    def holds(self, *roles: str) -> bool: ...
    def areas_of(self, *roles: str) -> frozenset[UUID]: ...
    def holds_within(self, area_path: Sequence[UUID], *roles: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class PlainActor:
    """An actor made of plain values: the system itself, the public, an account after sign-in, a member of the cast."""

    ref: Ref
    name: str
    grants: tuple[Grant, ...] = ()
    organisation_ids: frozenset[UUID] = field(default_factory=frozenset)
    person_id: UUID | None = None
    read_only: bool = False

    def holds(self, *roles: str) -> bool:
        """True when any of the roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def areas_of(self, *roles: str) -> frozenset[UUID]:
        """The areas within which any of the roles is held; what lies below them is included by scope, not here."""
        return frozenset(grant.area_id for grant in self.grants if grant.role in roles)

    def holds_within(self, area_path: Sequence[UUID], *roles: str) -> bool:
        """True when one of the roles is held in an area on the path from the root to where something lies."""
        return any(grant.role in roles and grant.area_id in area_path for grant in self.grants)


SYSTEM = PlainActor(Ref("system", "system"), "系统")
PUBLIC = PlainActor(Ref("public", "public"), "公众")


def is_system(actor: Actor) -> bool:
    """True for the machine itself: clocks, imports, deliveries."""
    return actor.ref.kind == "system"


def is_public(actor: Actor) -> bool:
    """True for somebody who has not signed in."""
    return actor.ref.kind == "public"
