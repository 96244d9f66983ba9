"""What other engines and packs may ask of the bulletin: the effect `Notify`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell one account, person or unit something.

    subject: at most 200 characters; body: plain text, at most 2,000. Exactly one of the three recipients is named.
    `about` is the (kind, id) of what it is about, `url` the page to open.
    """

    KIND: ClassVar[str] = "bulletin.notify"
    subject: str
    body: str
    to_account_id: UUID | None = None
    to_person_id: UUID | None = None
    to_unit_id: UUID | None = None
    about: tuple[str, str] = ("", "")
    url: str = ""
    area_id: UUID | None = None
