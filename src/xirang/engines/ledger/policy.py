"""Who reads records."""

from xirang.engines.ledger.models import READERS
from xirang.foundation.actor import Actor


def can_read_records(actor: Actor) -> bool:
    """Auditors and the audit administrator, each within their areas."""
    return actor.holds(*READERS)
