"""Who shapes the tree of areas."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor
from xirang.foundation.permits import Permit

SHAPING = Permit(("system", "system_admin"), _("所辖区域；最上级由系统设立"))


def can_shape_areas(actor: Actor, path: Sequence[UUID]) -> bool:
    """The system administrator of the area or of one above it; the system itself when it loads the division tables.

    `path` leads from the root to the area that is dissolved, or below which one is founded; a root is the system's.
    """
    return SHAPING.allows(actor, path)
