"""Who sees, installs and activates packs."""

from xirang.foundation.actor import Actor, is_system


def can_read_packs(actor: Actor) -> bool:
    """Those who run, steer or audit the platform."""
    return is_system(actor) or actor.holds(
        "system_admin", "security_admin", "audit_admin", "auditor", "leader", "dispatcher"
    )


def can_install_packs(actor: Actor) -> bool:
    """The system administrator, and the command line of the machine itself."""
    return is_system(actor) or actor.holds("system_admin")
