"""Who imports whole files."""

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor
from xirang.foundation.permits import Permit

IMPORTING = Permit(("system", "system_admin"), _("所辖区域"))


def can_import_files(actor: Actor) -> bool:
    """The system administrator, and the command line of the machine itself; each row's area is checked besides."""
    return IMPORTING.allows(actor)
