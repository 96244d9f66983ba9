"""Who sees, installs and activates packs."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor, is_system
from xirang.foundation.permits import Permit

INSTALLING = Permit(("system", "system_admin"), _("全部区域"))
OPENING = INSTALLING.but(_("所选区域"))


def can_read_packs(actor: Actor) -> bool:
    """Those who run, steer or audit the platform."""
    return is_system(actor) or actor.holds(
        "system_admin", "security_admin", "audit_admin", "auditor", "leader", "dispatcher"
    )


def can_install_packs(actor: Actor) -> bool:
    """Any system administrator, and the command line of the machine itself; nothing is active by it."""
    return INSTALLING.allows(actor)


def can_open_packs(actor: Actor, area_path: Sequence[UUID]) -> bool:
    """Whoever administers the system in an area, or above it, decides which packs are open there, and how."""
    return OPENING.allows(actor, area_path)
