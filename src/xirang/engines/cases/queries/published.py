"""What anybody may read of cases through Open311: found without an actor, shown by public fields alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from xirang.areas.models import Area, within_area
from xirang.engines.cases.models import Case, CaseEvent
from xirang.foundation.paging import page

WHY = "published through Open311: only public fields leave the engine"
MOST_ROWS = 1000
_ROW = ("area", "holder_unit", "place")


@dataclass(frozen=True, slots=True)
class PublishedFilter:
    """Cases of some processes in an area, opened from `since` to `until` (inclusive); `closed` None means both."""

    processes: tuple[str, ...]
    since: datetime
    until: datetime
    closed: bool | None = None


def list_published_cases(area: Area, wanted: PublishedFilter, *, limit: int = MOST_ROWS) -> list[Case]:
    """The newest cases that fit, at most `limit`; carried by case_of_process, one branch for each process."""
    if not wanted.processes:
        return []
    condition = within_area(area.path) & Q(opened_at__gte=wanted.since, opened_at__lte=wanted.until)
    if wanted.closed is not None:
        condition &= Q(stage_kind="done") if wanted.closed else ~Q(stage_kind="done")
    rows = Case.objects.all_unscoped(WHY).filter(condition).select_related(*_ROW)
    branches = [Q(process_code=code) for code in wanted.processes]
    return list(page(rows, order=["-opened_at", "-id"], size=min(limit, MOST_ROWS), branches=branches).rows)


def find_published_cases(area: Area, numbers: Sequence[str], processes: Iterable[str]) -> list[Case]:
    """The cases of these numbers that are published in the area, in the order in which they were asked for."""
    rows = Case.objects.all_unscoped(WHY).filter(
        within_area(area.path), number__in=list(numbers)[:MOST_ROWS], process_code__in=list(processes)
    )
    found = {case.number: case for case in rows.select_related(*_ROW)}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def list_published_steps(area: Area, wanted: PublishedFilter) -> tuple[list[CaseEvent], dict[UUID, list[CaseEvent]]]:
    """The steps that requesters may read, by time, taken from `since` to `until`, at most 1,000, oldest first.

    Also every step of those cases, by case, so that the status after each can be told.
    """
    cases = Case.objects.all_unscoped(WHY).filter(within_area(area.path), process_code__in=wanted.processes)
    # A case that was not touched since cannot hold a step since; `updated_at` spares reading its log.
    cases = cases.filter(updated_at__gte=wanted.since, opened_at__lte=wanted.until)
    rows = CaseEvent.objects.filter(case__in=cases.values("pk"), internal=False, kind="acted")
    rows = rows.filter(at__gte=wanted.since, at__lte=wanted.until).select_related("case")
    steps = list(rows.order_by("at", "pk")[:MOST_ROWS])
    logs: dict[UUID, list[CaseEvent]] = {}
    for event in CaseEvent.objects.filter(case_id__in={step.case_id for step in steps}, kind="acted").order_by("seq"):
        logs.setdefault(event.case_id, []).append(event)
    return steps, logs
