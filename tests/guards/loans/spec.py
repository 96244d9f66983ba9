"""What strangers may say to this engine: its file, the effect `LendThing`, the measure `CountLoans`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from xirang.engines.loans.logic import LoansFile

from xirang.foundation.packs import Complain, PackContents, WiredEffect

PACK_FILE = LoansFile()


@dataclass(frozen=True, slots=True, kw_only=True)
class LendThing:
    """Effect: lend one thing from a shelf."""

    KIND: ClassVar[str] = "loans.lend_thing"
    shelf: str
    area_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLoans:
    """Measure: how many things of a shelf are out."""

    KIND: ClassVar[str] = "loans.count_loans"
    shelf: str


def _check(event_type: type, args: Mapping[str, Any], contents: PackContents, complain: Complain) -> None:
    """Which shelves there are is known where the pack is installed."""


def _build(event: Any, args: Mapping[str, Any], contents: PackContents) -> LendThing:
    return LendThing(shelf=args["shelf"], area_id=event.area_id)


WIRED = (WiredEffect(question=LendThing, arguments={"shelf": True}, check=_check, build=_build),)
