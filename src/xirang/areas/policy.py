"""Who shapes the tree of areas."""

from xirang.foundation.actor import Actor, is_system


def can_shape_areas(actor: Actor) -> bool:
    """The system administrator, and the system itself when it loads the division tables."""
    return is_system(actor) or actor.holds("system_admin")
