"""Which wired lines held where and when: a snapshot of all activations, by kind of event, without readmes and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from xirang.areas.queries import get_area
from xirang.foundation import outbox
from xirang.foundation.outbox import Delivered
from xirang.foundation.short_cache import ShortCache
from xirang.packs.models import PackActivation
from xirang.packs.wiring.reading import WiringLine


@dataclass(frozen=True, slots=True)
class WiredLine:
    """One line of an activation; `number` counts the lines of its file from 1."""

    activation_id: UUID
    version_id: UUID
    number: int
    line: WiringLine


@dataclass(frozen=True, slots=True)
class _Active:
    """One activation, also one that has ended, with its lines by kind of event."""

    pack: str
    area_id: UUID
    since: datetime
    until: datetime | None
    lines: Mapping[str, tuple[WiredLine, ...]]

    def held(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    active: tuple[_Active, ...]
    kinds: frozenset[str]


# By the stamp of the audience: what was read after the stamp was found holds everything that had committed by then.
kept: ShortCache[_Snapshot] = ShortCache(60.0)


def forget() -> None:
    """Read the activations again at the next event, in this process."""
    kept.forget()


def changed(*, now: datetime) -> None:
    """After each change of the activations, inside its command: no process goes by an older snapshot any more."""
    outbox.audience_changed(now=now)


def lines_for(event: Any, delivered: Delivered) -> list[WiredLine]:
    """The lines that hear this event: of each pack those of its nearest activation on the way up.

    What held when the event occurred decides, so that the answer stays the same however late or often it is delivered.
    """
    area_id = getattr(event, "area_id", None)
    snapshot = _snapshot(delivered)
    if area_id is None or delivered.kind not in snapshot.kinds:
        return []
    path = _path(area_id)
    nearest: dict[str, _Active] = {}
    for active in snapshot.active:
        if active.area_id in path and active.held(delivered.occurred_at):
            former = nearest.get(active.pack)
            if former is None or path.index(active.area_id) > path.index(former.area_id):
                nearest[active.pack] = active
    lines = [wired for active in nearest.values() for wired in active.lines.get(delivered.kind, ())]
    return [wired for wired in lines if wired.line.hears(event)]


def wants(event: Any, delivered: Delivered) -> bool:
    """Whether any line hears this event."""
    return bool(lines_for(event, delivered))


def _snapshot(delivered: Delivered) -> _Snapshot:
    return kept.get(delivered.stamp, _take)


def _take() -> _Snapshot:
    kept.forget()  # Those under older stamps: nobody asks by them for long.
    rows = PackActivation.objects.order_by("pack", "active_from").values_list(
        "pk", "pack", "area_id", "active_from", "active_to", "version_id", "version__wiring"
    )
    active = tuple(
        _Active(pack, area_id, since, until, _by_kind(pk, version_id, wiring))
        for pk, pack, area_id, since, until, version_id, wiring in rows
    )
    return _Snapshot(active, frozenset(kind for one in active for kind in one.lines))


def _by_kind(activation_id: UUID, version_id: UUID, wiring: list[dict[str, Any]]) -> dict[str, tuple[WiredLine, ...]]:
    found: dict[str, tuple[WiredLine, ...]] = {}
    for number, data in enumerate(wiring, start=1):
        wired = WiredLine(activation_id, version_id, number, WiringLine.from_data(data))
        found[data["event"]] = (*found.get(data["event"], ()), wired)
    return found


@lru_cache(maxsize=4096)
def _path(area_id: UUID) -> tuple[UUID, ...]:
    """An area's way up; areas never move, a successor is an area of its own."""
    return tuple(get_area(area_id).path)
