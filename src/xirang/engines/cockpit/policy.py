"""Who sees the overview."""

from xirang.foundation.actor import Actor

ROLES = ("leader", "dispatcher", "auditor", "unit_leader")


def can_see_overview(actor: Actor) -> bool:
    """Leaders, the dispatchers' desk, heads of units and auditors, each within their areas."""
    return actor.holds(*ROLES)
