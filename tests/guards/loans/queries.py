"""Reading what is out."""

from __future__ import annotations

from datetime import datetime

from xirang.engines.loans.models import Loan
from xirang.engines.loans.policy import LENDING
from xirang.engines.loans.spec import CountLoans

from xirang.foundation.actor import Actor


def count_loans(question: CountLoans, *, actor: Actor, now: datetime) -> int:
    """The measure `CountLoans`."""
    LENDING.require(actor)
    return Loan.objects.filter(shelf=question.shelf).count()
