"""What happened to lent things, told to strangers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingLent:
    """Somebody has taken a thing from a shelf; `borrower_account_id` may be told."""

    KIND: ClassVar[str] = "loans.thing_lent"
    OWNED_BY: ClassVar[str] = "shelf"
    shelf: str
    area_id: UUID
    number: int
    borrower_account_id: UUID | None = None


EVENTS = (ThingLent,)
