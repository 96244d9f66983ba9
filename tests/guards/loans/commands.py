"""Lending, and what packs do with shelves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from xirang.engines.loans import logic, policy
from xirang.engines.loans.events import ThingLent
from xirang.engines.loans.models import Loan, Shelf
from xirang.engines.loans.spec import PACK_FILE, LendThing

from xirang.areas.queries import get_area
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, publish, record
from xirang.foundation.declarations import build
from xirang.foundation.errors import ConflictError, NotAllowedError
from xirang.foundation.packs import PackPart


@command(_("借出"), permit=policy.LENDING)
def lend_thing(*, actor: Actor, shelf: str, area_id: UUID, now: datetime) -> int:
    """Lend one thing; returns how many are out then. ConflictError when everything is."""
    area = get_area(area_id)
    if not policy.can_lend(actor, area.path):
        raise NotAllowedError()
    row = Shelf.objects.select_for_update().get(pk=shelf)
    lent = row.loans.count()
    refusal = logic.why_not_lend(lent, build(logic.Shelf, {"shelf": shelf, "title": row.title, "pieces": row.pieces}))
    if refusal is not None:
        raise ConflictError(zh=refusal.zh, en=refusal.en)
    Loan.objects.create(shelf=row, area=area, lent_at=now)
    record(Ref("shelf", shelf), {"lent": lent + 1}, area_id=area_id)
    borrower = UUID(actor.ref.id) if actor.ref.kind == "account" else None
    publish(ThingLent(shelf=shelf, area_id=area_id, number=lent + 1, borrower_account_id=borrower))
    return lent + 1


@command(_("登记物品架"), permit=policy.KEEPING)
def keep_shelf(*, actor: Actor, pack: str, document: Mapping[str, Any], now: datetime) -> str:
    """Keep a shelf as a pack declares it."""
    policy.KEEPING.require(actor)
    shelf = build(logic.Shelf, document)
    Shelf.objects.update_or_create(
        pk=shelf.shelf, defaults={"pack": pack, "title": shelf.title.zh, "pieces": shelf.pieces}
    )
    record(Ref("shelf", shelf.shelf), {"pack": pack})
    return shelf.shelf


class LoansPart(PackPart):
    """The shelves of packs. They know no switches, and are open wherever their pack is active."""

    file = PACK_FILE

    def keep(self, *, actor: Actor, pack: str, version_hash: str, document: Any, values: Any, now: datetime) -> None:
        keep_shelf(actor=actor, pack=pack, document=document, now=now)

    def open(self, *, actor: Actor, pack: str, version_hash: str, area_id: UUID, switches: Any, now: datetime) -> None:
        for shelf in Shelf.objects.filter(pack=pack):
            shelf.open_in = [*shelf.open_in, str(area_id)]
            shelf.save(update_fields=["open_in"])

    def switch(self, *, actor: Actor, pack: str, area_id: UUID, switches: Any, now: datetime) -> None:
        """A shelf has nothing to switch."""

    def close(self, *, actor: Actor, pack: str, area_id: UUID, now: datetime) -> None:
        for shelf in Shelf.objects.filter(pack=pack):
            shelf.open_in = [one for one in shelf.open_in if one != str(area_id)]
            shelf.save(update_fields=["open_in"])


def answer_lend_thing(effect: LendThing, *, actor: Actor, now: datetime) -> int:
    """The effect `LendThing`."""
    return lend_thing(actor=actor, shelf=effect.shelf, area_id=effect.area_id, now=now)
