"""Which processes exist and where they are active: read from the tables, kept for a moment, never needing a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.switching import with_switches
from xirang.engines.cases.models import Activation, Case, ProcessVersion
from xirang.engines.cases.spec import revive_process
from xirang.foundation.errors import NotFoundError
from xirang.foundation.short_cache import ShortCache


@dataclass(frozen=True, slots=True)
class ActiveProcess:
    """A process as it is open for use in one area (and below it), without what is switched off there."""

    code: str
    area_id: UUID
    area_path: tuple[UUID, ...]
    version_id: UUID
    process: ProcessType
    switches: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    active: tuple[ActiveProcess, ...]
    former: dict[str, list[tuple[UUID, Mapping[str, bool]]]]
    readers: dict[str, frozenset[str]]
    titles: dict[str, tuple[str, str]]


# A process activated by another worker is seen here after this many seconds at the latest.
kept: ShortCache[_Snapshot] = ShortCache(1.0)


def forget() -> None:
    """Read the tables again at the next question: after an installation, and between tests."""
    kept.forget()


@lru_cache(maxsize=512)
def process_of(version_id: UUID) -> ProcessType:
    """The process type of a stored version; a version never changes, so it is parsed once."""
    row = ProcessVersion.objects.filter(pk=version_id).first()
    if row is None:
        raise NotFoundError(code="no_such_process", zh="没有这个流程。", en="There is no such process.")
    return revive_process(row.document, row.values)


def active_processes() -> tuple[ActiveProcess, ...]:
    """Every activation in force, by code."""
    return _snapshot().active


def readers() -> dict[str, frozenset[str]]:
    """For each process ever installed: the roles that see all its cases in their area, also after it was retired."""
    return _snapshot().readers


def titles() -> dict[str, tuple[str, str]]:
    """For each process ever installed: its title in Chinese and English."""
    return _snapshot().titles


def desk_stages() -> tuple[str, ...]:
    """The stages in which a case waits for the desk: where a person hands it to a unit."""
    found = {
        stage
        for active in active_processes()
        for action in active.process.actions.values()
        if action.holds("hold") and not {"holder", "requester"} & set(action.by)
        for stage in action.from_
    }
    return tuple(sorted(found))


def serving(door: str) -> str:
    """The code of an open process that answers one of the platform's doors, or empty; the first one by code."""
    return next((active.code for active in active_processes() if active.process.serves == door), "")


def handed_stages() -> tuple[tuple[str, str], ...]:
    """Process and stage of cases that were handed to a unit and wait for its first step.

    That is where an action leads that gives a case to its holder, and where the holder has something to do.
    """
    found = {
        (active.code, action.to)
        for active in active_processes()
        for action in active.process.actions.values()
        if action.to and action.holds("hold") and _awaits_holder(active.process, action.to)
    }
    return tuple(sorted(found))


def _awaits_holder(process: ProcessType, stage: str) -> bool:
    return any(stage in action.from_ and "holder" in action.by for action in process.actions.values())


def find_active(code: str, area_path: list[UUID] | tuple[UUID, ...]) -> ActiveProcess | None:
    """The activation of a process that holds in an area: the nearest one on the way up."""
    found = [item for item in active_processes() if item.code == code and item.area_id in area_path]
    return max(found, key=lambda item: list(area_path).index(item.area_id), default=None)


def get_active(code: str, area_path: list[UUID] | tuple[UUID, ...]) -> ActiveProcess:
    """As `find_active`; NotFoundError where the process is not in use."""
    found = find_active(code, area_path)
    if found is None:
        raise NotFoundError(
            code="process_not_active", zh="这项服务在该区域尚未开通。", en="This service is not open in that area."
        )
    return found


def offered_to(case: Case) -> ProcessType:
    """What may be done with a case now: its own version, without what is switched off where it lies.

    The nearest activation decides. A switch that it does not name, and every switch once the process is retired,
    stands as it was last known on the way up; one that was never set there counts as on. Needs `case.area`.
    """
    return offered_at(case.process_id, case.area.path)


def offered_at(version_id: UUID, path: Sequence[UUID]) -> ProcessType:
    """As `offered_to`, for a case of this version in the area with this path."""
    process = process_of(version_id)
    if not process.switches:
        return process
    former = [item for item in _snapshot().former.get(process.code, ()) if item[0] in path]
    holding = [(item.area_id, item.switches) for item in active_processes() if item.code == process.code]
    holding = sorted((item for item in holding if item[0] in path), key=lambda item: path.index(item[0]))
    stand: dict[str, bool] = {}
    for _area_id, switches in (*former, *holding):
        stand |= switches
    return with_switches(process, stand)


def _snapshot() -> _Snapshot:
    return kept.get("", _take)


def _take() -> _Snapshot:
    rows = list(Activation.objects.select_related("area").order_by("code", "area__code", "active_to"))
    active = tuple(
        ActiveProcess(
            row.code,
            row.area_id,
            tuple(row.area.path),
            row.version_id,
            with_switches(process_of(row.version_id), row.switches),
            row.switches,
        )
        for row in rows
        if row.active_to is None
    )
    former: dict[str, list[tuple[UUID, Mapping[str, bool]]]] = {}
    ended = [(row.active_to, row) for row in rows if row.active_to and row.switches]
    for _at, row in sorted(ended, key=lambda pair: pair[0]):
        former.setdefault(row.code, []).append((row.area_id, row.switches))
    newest = (
        ProcessVersion.objects.order_by("code", "-serial")
        .distinct("code")
        .values_list("code", "pk", "title_zh", "title_en")
    )
    known, names = {}, {}
    for code, version_id, zh, en in newest:
        known[code] = frozenset(process_of(version_id).seen_by)
        names[code] = (zh, en)
    return _Snapshot(active, former, known, names)
