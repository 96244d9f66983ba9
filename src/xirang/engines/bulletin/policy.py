"""Who reads messages."""

from xirang.engines.bulletin.models import Message
from xirang.foundation.actor import Actor


def can_mark_read(actor: Actor, message: Message) -> bool:
    """The recipient, or somebody of the unit it went to; whoever looks into the sandbox leaves it as it is."""
    return str(message.to_account_id) == actor.ref.id or message.to_unit_id in actor.organisation_ids
