"""The leader's five figures, each with the filter of the list that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from xirang.areas.models import within_area
from xirang.areas.queries import get_area
from xirang.engines.cases.models import Case
from xirang.engines.cases.spec import CountCases
from xirang.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class Figures:
    """What the overview says: numbers of cases, and since when the oldest late one is late.

    `closed` counts cases struck off since `since`; of those `solved` were confirmed as solved by the requester.
    """

    in_hand: int
    late: int
    due_today: int
    on_account: int
    reopened: int
    reopened_twice: int
    closed: int
    solved: int
    explained: int
    oldest_due: datetime | None


def get_figures(*, actor: Actor, now: datetime, since: datetime, end_of_today: datetime) -> Figures:
    """The five figures within the actor's scope; one query."""
    going = ~Q(stage_kind="done")
    closed = Q(stage_kind="done", closed_at__gte=since)
    late = going & Q(due_at__lt=now)
    counts = {
        "in_hand": Count("pk", filter=going),
        "late": Count("pk", filter=late),
        "due_today": Count("pk", filter=going & Q(due_at__gte=now, due_at__lt=end_of_today)),
        "on_account": Count("pk", filter=going & Q(outcome="on_account")),
        "reopened": Count("pk", filter=going & Q(reopened__gt=0)),
        "reopened_twice": Count("pk", filter=going & Q(reopened__gt=1)),
        "closed": Count("pk", filter=closed),
        "solved": Count("pk", filter=closed & Q(outcome="solved")),
        "explained": Count("pk", filter=closed & Q(outcome="explained")),
        "oldest_due": Min("due_at", filter=late),
    }
    # An alias must not hide the column of the same name from the filters after it.
    rows = Case.objects.within(actor).filter(going | closed)
    found = rows.aggregate(**{f"of_{name}": count for name, count in counts.items()})
    return Figures(**{name.removeprefix("of_"): value for name, value in found.items()})


def count_cases(question: CountCases, *, actor: Actor, now: datetime) -> int:
    """The measure `CountCases`: how many cases within the actor's scope fit the question."""
    rows = Case.objects.within(actor)
    if question.area_id:
        rows = rows.filter(within_area(get_area(question.area_id).path))
    if question.process:
        rows = rows.filter(process_code=question.process)
    if question.stage_kinds:
        rows = rows.filter(stage_kind__in=question.stage_kinds)
    if question.outcomes:
        rows = rows.filter(outcome__in=question.outcomes)
    if question.late:
        rows = rows.filter(~Q(stage_kind="done"), due_at__lt=now)
    return rows.count()
