"""Who may give a command: the roles that decide, and what else is asked. The table of permissions is made of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from xirang.foundation.actor import Actor, is_system
from xirang.foundation.errors import NotAllowedError

ANYONE, SIGNED_IN, SYSTEM = "anyone", "signed_in", "system"
WORDS = (ANYONE, SIGNED_IN, SYSTEM)


@dataclass(frozen=True, slots=True)
class Permit:
    """Who may give a command.

    `roles` are codes of roles, or `anyone`, `signed_in` (whoever has an account) and `system` (the machine itself:
    clocks, deliveries, the command line). `scope` is a sentence of the catalogue that says what else is asked.
    `of_unit` are roles that may only where their own unit is concerned.
    """

    roles: tuple[str, ...]
    scope: Any
    of_unit: tuple[str, ...] = ()

    def allows(self, actor: Actor, path: Sequence[UUID] | None = None, unit_id: UUID | None = None) -> bool:
        """Whether the actor may, where `path` leads from the root to the area concerned; without it, anywhere.

        `unit_id` is the unit concerned. What the scope asks besides is for the policy to decide.
        """
        if ANYONE in self.roles:
            return True
        if is_system(actor):
            return SYSTEM in self.roles
        if SIGNED_IN in self.roles and actor.ref.kind == "account":
            return True
        if unit_id is not None and any(
            grant.role in self.of_unit and grant.organisation_id == unit_id for grant in actor.grants
        ):
            return True
        return actor.holds(*self.roles) if path is None else actor.holds_within(path, *self.roles)

    def require(self, actor: Actor, path: Sequence[UUID] | None = None) -> None:
        """NotAllowedError unless the actor may; for commands whose roles alone decide."""
        if not self.allows(actor, path):
            raise NotAllowedError()

    def but(self, scope: Any) -> Permit:
        """The same roles for another command, with a sentence of its own."""
        return replace(self, scope=scope)
