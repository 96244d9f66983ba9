"""Lists of cases: filtered, within the actor's scope, paged by key along one index for each reason of seeing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from xirang.areas.models import within_area
from xirang.areas.queries import get_area
from xirang.engines.cases.logic.rules import end_of_day
from xirang.engines.cases.models import Case, scope
from xirang.engines.cases.queries.declared import DeclaredView
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import WorkingCalendar, local_date
from xirang.foundation.ids import CaseNumberError, parse_case_number
from xirang.foundation.paging import PAGE, Page, page

_ROW = ("area", "holder_unit", "holder_account", "requester_organisation")
CAP = 1000


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list shows. Empty values do not filter.

    state: open, done or all · due: late, today, tomorrow, week, later, waiting · mine: only what the actor or the
    actor's unit holds · asked: only what the actor asked for · at: pairs of process and stage, None for all; stages of
    the same code are different ones in two processes · closed_since: struck off on that day or later.
    """

    state: str = "open"
    due: str = ""
    mine: bool = False
    asked: bool = False
    process: str = ""
    stages: tuple[str, ...] = ()
    at: tuple[tuple[str, str], ...] | None = None
    outcome: str = ""
    reopened: bool = False
    unit_id: UUID | None = None
    area_id: UUID | None = None
    text: str = ""
    since: date | None = None
    closed_since: date | None = None


def list_cases(*, actor: Actor, wanted: CaseFilter, now: datetime, key: str = "", size: int = PAGE) -> Page[Case]:
    """One page of cases: open ones by deadline, others by arrival, newest first.

    Carried by case_open_* and case_all_*: one index for each branch of the actor's scope.
    """
    branches = _branches(actor, wanted)
    if not branches:
        return Page([])
    rows = (
        Case.objects.all_unscoped("every branch is a part of the scope")
        .filter(condition(wanted, now))
        .select_related(*_ROW)
    )
    order = ["order_at", "id"] if wanted.state == "open" else ["-opened_at", "-id"]
    return page(rows, order=order, key=key, size=size, branches=branches)


def list_declared(*, actor: Actor, declared: DeclaredView, key: str = "", size: int = PAGE) -> Page[Case]:
    """One page of a list that a process declares, within the actor's scope; carried by case_open_* or case_all_*."""
    branches = _branches(actor, CaseFilter())
    if not branches:
        return Page([])
    rows = Case.objects.all_unscoped("every branch is a part of the scope").filter(declared.condition)
    if declared.open_only:
        rows = rows.filter(~Q(stage_kind="done"))
    return page(rows.select_related(*_ROW), order=declared.order, key=key, size=size, branches=branches)


def _branches(actor: Actor, wanted: CaseFilter) -> list[Q]:
    reasons = {"area", "holder", "helper", "requester"}
    if wanted.mine or wanted.asked:
        reasons = {"holder", "helper"} if wanted.mine else {"requester"}
    return [branch.condition for branch in scope.branches(actor) if branch.reason in reasons]


def condition(wanted: CaseFilter, now: datetime) -> Q:
    """The filter as a condition, without any scope."""
    found = Q()
    if wanted.state == "open":
        found &= ~Q(stage_kind="done")
    elif wanted.state == "done":
        found &= Q(stage_kind="done")
    if wanted.due:
        found &= _due(wanted.due, now)
    if wanted.stages:
        found &= Q(stage__in=wanted.stages)
    if wanted.at is not None:
        found &= _any([Q(process_code=code, stage=stage) for code, stage in wanted.at] or [Q(pk__in=())])
    if wanted.reopened:
        found &= Q(reopened__gt=0)
    if wanted.area_id:
        found &= within_area(get_area(wanted.area_id).path)
    found &= Q(**{column: value for column, value in _columns(wanted).items() if value})
    return found & _matching(wanted.text) if wanted.text else found


def _columns(wanted: CaseFilter) -> dict[str, Any]:
    """The parts of the filter that are one column each; an empty value asks for nothing."""
    return {
        "outcome": wanted.outcome,
        "process_code": wanted.process,
        "holder_unit_id": wanted.unit_id,
        "opened_at__date__gte": wanted.since,
        "closed_at__gte": midnight(wanted.closed_since) if wanted.closed_since else None,
    }


def midnight(day: date) -> datetime:
    """The moment at which a day begins in the district."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _matching(text: str) -> Q:
    """A whole number finds its case; anything else is looked for in the titles of the list."""
    text = text.strip()
    try:
        return Q(number=str(parse_case_number(text)))
    except CaseNumberError:
        return Q(title__icontains=text) | Q(number__istartswith=text)


def due_bounds(now: datetime, calendar: WorkingCalendar) -> dict[str, tuple[datetime | None, datetime | None]]:
    """The spans of the due strip: from (inclusive) to (exclusive), None for open ends."""
    today, tomorrow = end_of_day(now), end_of_day(now) + timedelta(days=1)
    friday = local_date(now) + timedelta(days=(6 - local_date(now).weekday()))
    week = max(tomorrow, end_of_day(now) + timedelta(days=(friday - local_date(now)).days))
    return {
        "late": (None, now),
        "today": (now, today),
        "tomorrow": (today, tomorrow),
        "week": (tomorrow, week),
        "later": (week, None),
    }


def _due(which: str, now: datetime) -> Q:
    if which == "waiting":
        return Q(stage_kind="waiting")
    bounds = due_bounds(now, WorkingCalendar()).get(which)
    if bounds is None:
        return Q()
    begin, end = bounds
    found = Q(due_at__isnull=False)
    if begin is not None:
        found &= Q(order_at__gte=begin)
    return found & Q(order_at__lt=end) if end is not None else found


def count_by_due(*, actor: Actor, wanted: CaseFilter, now: datetime) -> dict[str, int]:
    """How many open cases fall into each span of the due strip, and `all`; one query."""
    branches = _branches(actor, wanted)
    if not branches:
        return {name: 0 for name in ("all", "late", "today", "tomorrow", "week", "later", "waiting")}
    rows = Case.objects.all_unscoped("every branch is a part of the scope").filter(
        _any(branches), ~Q(stage_kind="done")
    )
    spans = {
        name: Count("pk", filter=_due(name, now)) for name in ("late", "today", "tomorrow", "week", "later", "waiting")
    }
    return rows.aggregate(all=Count("pk"), **spans)


def count_open(*, actor: Actor, wanted: CaseFilter, now: datetime) -> int:
    """How many cases a list holds, counted up to `CAP`: beyond it nobody reads the figure."""
    branches = _branches(actor, wanted)
    if not branches:
        return 0
    rows = Case.objects.all_unscoped("every branch is a part of the scope").filter(
        _any(branches), condition(wanted, now)
    )
    return rows.values("pk")[: CAP + 1].count()


def _any(branches: Sequence[Q]) -> Q:
    joined = branches[0]
    for branch in branches[1:]:
        joined |= branch
    return joined
