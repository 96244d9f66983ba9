"""Who sees, installs and activates packs."""

from collections.abc import Sequence
from uuid import UUID

from xirang.foundation.actor import Actor, is_system


def can_read_packs(actor: Actor) -> bool:
    """Those who run, steer or audit the platform."""
    return is_system(actor) or actor.holds(
        "system_admin", "security_admin", "audit_admin", "auditor", "leader", "dispatcher"
    )


def can_install_packs(actor: Actor) -> bool:
    """Any system administrator, and the command line of the machine itself; nothing is active by it."""
    return is_system(actor) or actor.holds("system_admin")


def can_open_packs(actor: Actor, area_path: Sequence[UUID]) -> bool:
    """Whoever administers the system in an area, or above it, decides which packs are open there, and how."""
    return is_system(actor) or actor.holds_within(area_path, "system_admin")
