"""Who shapes the tree of areas."""

from collections.abc import Sequence
from uuid import UUID

from xirang.foundation.actor import Actor, is_system


def can_shape_areas(actor: Actor, path: Sequence[UUID]) -> bool:
    """The system administrator of the area or of one above it; the system itself when it loads the division tables.

    `path` leads from the root to the area that is dissolved, or below which one is founded; a root is the system's.
    """
    return is_system(actor) or actor.holds_within(path, "system_admin")
