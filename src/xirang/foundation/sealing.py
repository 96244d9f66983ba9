"""Values that a record must not hold in plain: they stand beside it, under a salted commitment, until erased."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from xirang.foundation.actor import Ref
from xirang.foundation.engines import every


@dataclass(frozen=True, slots=True)
class Eraser:
    """Who erases sealed values, inside the running command, and says how many there were (the ledger)."""

    erase: Callable[[Collection[Ref]], int]


class Sealed:
    """A text for the table beside a record. It shows itself nowhere: neither in a traceback nor in a log.

    Not a dataclass on purpose: `asdict` would turn one inside another dataclass into plain text.
    """

    __slots__ = ("about", "text")

    def __init__(self, text: str, about: Ref | None = None) -> None:
        self.text, self.about = text, about

    def __repr__(self) -> str:
        return "Sealed(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self.text, self.about) == (other.text, other.about)

    def __hash__(self) -> int:
        return hash((self.text, self.about))


def sealed(text: str, *, about: Ref | None = None) -> Sealed | None:
    """`text` for the body of a record: a name, an address, a reason in somebody's words. Nothing for an empty text.

    `about` is whom the text concerns: it is erased with that person or account; the record's own subject if not given.
    """
    return Sealed(text, about) if text else None


def erase_sealed(*about: Ref) -> int:
    """Erase what was sealed about these persons and accounts, within the running command; returns how many values.

    The records stay and their leaves still verify: a leaf covers the commitment, never the value.
    """
    found = every(Eraser)
    if not found:
        raise RuntimeError("no ledger is installed: sealed values cannot be erased")
    return sum(one.erase(about) for one in found)
