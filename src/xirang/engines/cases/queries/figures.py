"""Numbers of cases: the leader's five figures, and counts divided by area, month or outcome."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncMonth

from xirang.engines.cases.models import Case
from xirang.engines.cases.spec import CaseFigures, CountCases, Counts, Figures
from xirang.foundation.actor import Actor

_BY = {
    "process": "process_code",
    "county": "county_id",
    "town": "town_id",
    "village": "village_id",
    "area": "area_id",
    "outcome": "outcome",
    "stage_kind": "stage_kind",
}


def get_figures(question: CaseFigures, *, actor: Actor, now: datetime) -> Figures:
    """The measure `CaseFigures`; one query. Each figure has a list with the same filter."""
    going = ~Q(stage_kind="done")
    closed = Q(stage_kind="done", closed_at__gte=question.since)
    late = going & Q(due_at__lt=now)
    counts = {
        "in_hand": Count("pk", filter=going),
        "late": Count("pk", filter=late),
        "due_today": Count("pk", filter=going & Q(due_at__gte=now, due_at__lt=question.end_of_today)),
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


def count_cases(question: CountCases, *, actor: Actor, now: datetime) -> Counts:
    """The measure `CountCases`, in one statement."""
    rows = Case.objects.within(actor).filter(_wanted(question, now))
    if not question.by:
        total = rows.count()
        return Counts((), total)
    key = TruncMonth("opened_at") if question.by == "month" else F(_BY[question.by])
    found = rows.annotate(key=key).order_by("key").values_list("key").annotate(number=Count("pk"))
    counted = sorted((_key(key), number) for key, number in found)
    return Counts(tuple(counted), sum(number for _key, number in counted))


def _wanted(question: CountCases, now: datetime) -> Q:
    found = Q()
    if question.area_id:
        # By every column that may name it, so that the area itself need not be looked up.
        columns = ("city_id", "county_id", "town_id", "village_id", "area_id")
        within = [Q(**{column: question.area_id}) for column in columns]
        found &= within[0] | within[1] | within[2] | within[3] | within[4]
    if question.processes:
        found &= Q(process_code__in=question.processes)
    if question.stage_kinds:
        found &= Q(stage_kind__in=question.stage_kinds)
    if question.outcomes:
        found &= Q(outcome__in=question.outcomes)
    if question.late:
        found &= ~Q(stage_kind="done") & Q(due_at__lt=now)
    return found


def _key(key: object) -> str:
    return f"{key:%Y-%m}" if isinstance(key, datetime) else "" if key is None else str(key)
