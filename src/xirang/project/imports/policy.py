"""Who imports whole files."""

from xirang.foundation.actor import Actor, is_system


def can_import_files(actor: Actor) -> bool:
    """The system administrator, and the command line of the machine itself; each row's area is checked besides."""
    return is_system(actor) or actor.holds("system_admin")
