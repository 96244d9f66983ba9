"""Which wired lines held where and when: a snapshot of all activations, by kind of event, without readmes and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from xirang.areas.queries import get_area
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
    taken_at: datetime
    active: tuple[_Active, ...]
    kinds: frozenset[str]


kept: ShortCache[_Snapshot] = ShortCache(60.0)


def forget() -> None:
    """Read the activations again at the next event: after each change of them."""
    kept.forget()


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


def _snapshot(delivered: Delivered) -> _Snapshot:
    """A snapshot that is no older than the event: else a pack activated just before would miss it for good."""
    snapshot = kept.get("", lambda: _take(delivered.now))
    if snapshot.taken_at < delivered.occurred_at:
        kept.forget()
        snapshot = kept.get("", lambda: _take(delivered.now))
    return snapshot


def _take(now: datetime) -> _Snapshot:
    # The moment is noted before reading: what is activated while the rows are read counts as not yet seen.
    taken_at = max(now, datetime.now(UTC))
    rows = PackActivation.objects.order_by("pack", "active_from").values_list(
        "pk", "pack", "area_id", "active_from", "active_to", "version_id", "version__wiring"
    )
    active = tuple(
        _Active(pack, area_id, since, until, _by_kind(pk, version_id, wiring))
        for pk, pack, area_id, since, until, version_id, wiring in rows
    )
    return _Snapshot(taken_at, active, frozenset(kind for one in active for kind in one.lines))


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
