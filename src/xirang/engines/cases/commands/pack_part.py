"""What installing, opening and closing a pack does with its processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from xirang.engines.cases.commands.processes import (
    activate_process,
    install_process,
    retire_process,
    switch_process,
    versions_of_pack,
)
from xirang.engines.cases.logic.pack_file import documents_of
from xirang.engines.cases.models import Activation
from xirang.engines.cases.spec import PACK_FILE
from xirang.foundation.actor import Actor
from xirang.foundation.packs import PackPart


class CasesPart(PackPart):
    """The processes of packs."""

    file = PACK_FILE

    def keep(
        self,
        *,
        actor: Actor,
        pack: str,
        version_hash: str,
        document: Mapping[str, Any],
        values: Mapping[str, Any],
        now: datetime,
    ) -> None:
        for one in documents_of(document):
            install_process(actor=actor, pack=pack, version_hash=version_hash, document=one, values=values, now=now)

    def open(
        self,
        *,
        actor: Actor,
        pack: str,
        version_hash: str,
        area_id: UUID,
        switches: Mapping[str, bool],
        now: datetime,
    ) -> None:
        versions = versions_of_pack(pack, version_hash)
        # What the new version no longer declares must not stay open under the old one.
        for code in _open_codes(pack, area_id) - set(versions):
            retire_process(actor=actor, code=code, area_id=area_id, now=now)
        for version_id in versions.values():
            activate_process(actor=actor, version_id=version_id, area_id=area_id, switches=switches, now=now)

    def switch(self, *, actor: Actor, pack: str, area_id: UUID, switches: Mapping[str, bool], now: datetime) -> None:
        for code in sorted(_open_codes(pack, area_id)):
            switch_process(actor=actor, code=code, area_id=area_id, switches=switches, now=now)

    def close(self, *, actor: Actor, pack: str, area_id: UUID, now: datetime) -> None:
        for code in sorted(_open_codes(pack, area_id)):
            retire_process(actor=actor, code=code, area_id=area_id, now=now)


def _open_codes(pack: str, area_id: UUID) -> set[str]:
    """The codes of the pack's processes that are open in the area itself."""
    rows = Activation.objects.filter(version__pack=pack, area_id=area_id, active_to__isnull=True)
    return set(rows.values_list("code", flat=True))
