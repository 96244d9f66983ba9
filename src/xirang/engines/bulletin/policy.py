"""Who reads messages."""

from xirang.foundation.actor import Actor, is_public


def can_read_messages(actor: Actor) -> bool:
    """Everybody signed in reads their own; the model's scope decides which those are."""
    return not is_public(actor)
