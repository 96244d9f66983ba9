"""Who lends things."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor
from xirang.foundation.permits import Permit

LENDING = Permit(("system", "dispatcher"), _("所辖区域"))
KEEPING = Permit(("system", "system_admin"), _("随应用包"))


def can_lend(actor: Actor, area_path: Sequence[UUID]) -> bool:
    """The desk within its area."""
    return LENDING.allows(actor, area_path)
