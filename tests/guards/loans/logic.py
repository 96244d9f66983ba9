"""What may be lent: pure decisions, the same for a command and for a told story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xirang.foundation.declarations import Document, Finding, Title, build, part, schema_of, validate
from xirang.foundation.declarations.shapes import CODE
from xirang.foundation.packs import (
    Code,
    Difference,
    Given,
    PackContents,
    PackFile,
    Refusal,
    Teller,
    TellingError,
)

SCHEMA_ID = "https://xirang.example/schema/loans.schema.json"
TITLE = "借出"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What `loans.yaml` says: a shelf with a number of things."""

    shelf: str = part("物品架代码", "The code of the shelf", schema={"pattern": CODE})
    title: Title = part("名称", "Title")
    pieces: int = part("有几件", "How many pieces", schema={"minimum": 1, "maximum": 1000})


def why_not_lend(lent: int, shelf: Shelf) -> Refusal | None:
    """Why nothing may be lent from a shelf of which so many pieces are out; None when something may."""
    if lent < shelf.pieces:
        return None
    return Refusal(f"“{shelf.title.zh}”已经全部借出。", f"Everything of “{shelf.title.text('en')}” is out.")


class LoansFile(PackFile[Shelf | None]):
    """The file of this engine."""

    engine = "loans"
    file = "loans.yaml"

    def schema(self) -> dict[str, Any]:
        return schema_of(Shelf, title="loans.yaml", identifier=SCHEMA_ID)

    def read(self, document: Document, contents: PackContents) -> tuple[Shelf | None, list[Finding]]:
        findings = validate(document, self.schema())
        return (None if findings else build(Shelf, document.data)), findings

    def codes(self, document: Document) -> list[Code]:
        return [Code("loans.shelf", document.data["shelf"], "物品架代码", "shelf code", "/shelf")]

    def names(self, declared: Shelf | None) -> dict[str, frozenset[str]]:
        return {"shelf": frozenset({declared.shelf})} if declared else {}

    def teller(self, declared: Shelf | None, given: Given) -> Teller | None:
        return LoansTeller(declared) if declared else None


class LoansTeller(Teller):
    """Tells who lends what by the decision of the command."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.lent = shelf, 0

    def verbs(self) -> frozenset[str]:
        return frozenset({"lend"})

    def do(self, who: str, verb: str, answers: Any, now: Any) -> None:
        refusal = self.why_not(who, verb, now)
        if refusal is not None:
            raise TellingError("does", refusal.zh, refusal.en)
        self.lent += 1

    def why_not(self, who: str, verb: str, now: Any) -> Refusal | None:
        return why_not_lend(self.lent, self.shelf)

    def title(self, verb: str) -> str:
        return TITLE

    def pass_time(self, until: Any) -> None:
        """Things come back when somebody brings them; time alone does nothing."""

    def names(self) -> frozenset[str]:
        return frozenset({"lent"})

    def differs(self, name: str, wanted: Any, now: Any) -> Difference | None:
        return None if wanted == self.lent else Difference("借出件数", str(wanted), str(self.lent))
