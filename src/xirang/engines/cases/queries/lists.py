"""Lists of cases: filtered, within the actor's scope, paged by key along one index for each reason of seeing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from xirang.areas.models import within_area
from xirang.areas.queries import get_area
from xirang.engines.cases.logic.rules import end_of_day
from xirang.engines.cases.models import NEVER, Case, scope
from xirang.engines.cases.models.scope import Branch
from xirang.engines.cases.queries.declared import DeclaredView, turned
from xirang.engines.cases.queries.keys import DONE, Sought, carried, first_keys
from xirang.engines.cases.queries.rows import CaseRow, count_all, count_keys, page_of_rows, row_of
from xirang.engines.cases.queries.values import Answered, leading
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import WorkingCalendar, local_date
from xirang.foundation.ids import CaseNumberError, parse_case_number
from xirang.foundation.paging import PAGE, Page, cut_at, page
from xirang.foundation.scope import ScopedQuerySet
from xirang.foundation.statements import NotPlainError, Part, joined, where

_ROW = ("area", "holder_unit", "requester_organisation")
CAP = 1000
SPANS = ("late", "today", "tomorrow", "week", "later")
BY_DEADLINE, BY_ARRIVAL = ("order_at", "id"), ("-opened_at", "-id")
EVER, AFTER_NEVER = datetime(1900, 1, 1, tzinfo=UTC), NEVER + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list shows. Empty values do not filter.

    state: open, done or all · due: late, today, tomorrow, week, later, waiting · mine: only what the actor or the
    actor's unit holds · asked: only what the actor asked for · at: pairs of process and stage, None for all; stages of
    the same code are different ones in two processes · closed_since: struck off on that day or later · answers: pairs
    of field and value of `process` (see `logic.kept`) · declared: a list of a process, which also says whether it holds
    open cases only, and its order · turned: the order the other way round.
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
    answers: tuple[tuple[str, str], ...] = ()
    declared: DeclaredView | None = None
    turned: bool = False

    @property
    def open_only(self) -> bool:
        """Whether the list holds open cases only, and so goes by deadline."""
        return self.declared.open_only if self.declared else self.state == "open"

    @property
    def order(self) -> tuple[str, ...]:
        """The columns by which the list goes."""
        own = self.declared.order if self.declared else BY_DEADLINE if self.open_only else BY_ARRIVAL
        return turned(own) if self.turned else own


def list_cases(*, actor: Actor, wanted: CaseFilter, now: datetime, key: str = "", size: int = PAGE) -> Page[CaseRow]:
    """One page of cases: open ones by deadline, others by arrival, newest first; a declared list in its order.

    One statement, carried by case_open_*, case_stage_* and case_all_*, one index for each branch of the actor's scope,
    or by value_open and value_all where all cases gave the same answer. A search for words, and the scope of a whole
    province, take two statements of Django's compiler.
    """
    branches = _branches(actor, wanted)
    if not branches:
        return Page([])
    cut = cut_at(key, wanted.order)
    try:
        return page_of_rows(branches, _sought(wanted, now), cut, size)
    except NotPlainError:
        return _by_compiler(branches, condition(wanted, now), cut.order, key, size)


def _by_compiler(branches: Sequence[Branch], wanted: Q, order: Sequence[str], key: str, size: int) -> Page[CaseRow]:
    """The same page by Django's compiler, for conditions that are more than comparisons of columns."""
    cases = Case.objects.all_unscoped("every branch is a part of the scope").filter(wanted).select_related(*_ROW)
    found = page(cases, order=order, key=key, size=size, branches=[branch.condition for branch in branches])
    return Page([row_of(case) for case in found.rows], found.previous, found.next)


def _branches(actor: Actor, wanted: CaseFilter) -> list[Branch]:
    reasons = {"area", "holder", "helper", "requester"}
    if wanted.mine or wanted.asked:
        reasons = {"holder", "helper"} if wanted.mine else {"requester"}
    return [branch for branch in scope.branches(actor) if branch.reason in reasons]


def _sought(wanted: CaseFilter, now: datetime) -> Sought:
    """The filter as plain SQL; NotPlainError where it searches for words."""
    details = _details(wanted, now)
    found = where(Case, details, "c")
    if wanted.state == "done":
        found = joined([DONE, found], " AND ")
    return Sought(found, wanted.open_only, wanted.stages or None, wanted.at, leading(details))


def condition(wanted: CaseFilter, now: datetime) -> Q:
    """The filter as a condition, without any scope."""
    found = Q()
    if wanted.open_only:
        found &= ~Q(stage_kind="done")
    elif wanted.state == "done":
        found &= Q(stage_kind="done")
    if wanted.stages:
        found &= Q(stage__in=wanted.stages)
    if wanted.at is not None:
        found &= _any([Q(process_code=code, stage=stage) for code, stage in wanted.at] or [Q(pk__in=())])
    return found & _details(wanted, now)


def _details(wanted: CaseFilter, now: datetime) -> Q:
    """The filter but for state and stages."""
    found = wanted.declared.condition if wanted.declared else Q()
    for field, value in wanted.answers:
        found &= Q(Answered(wanted.process, field, [value]))
    if wanted.due:
        found &= _due(wanted.due, now)
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
        "opened_at__gte": midnight(wanted.since) if wanted.since else None,
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
    # A case without a deadline sorts at NEVER, behind the last span.
    found = Q(order_at__lt=end or NEVER)
    return found & Q(order_at__gte=begin) if begin is not None else found


@dataclass(frozen=True, slots=True)
class Figures:
    """How many cases each list holds, by the names given to them, and each span of the due strip; up to `CAP` + 1."""

    lists: dict[str, int]
    spans: dict[str, int]


def count_lists(
    *, actor: Actor, lists: Mapping[str, CaseFilter], now: datetime, strip: CaseFilter | None = None
) -> Figures:
    """How many cases several lists hold, and how those of `strip` divide by deadline, all by one statement.

    Spans are those of the due strip, with `waiting` and `all`. Every list is counted along the index that carries it
    and every span from where it begins: never more than is shown, however many are open. Lists whose cases only a walk
    through all of them would find are not to be given.
    """
    spans = dict.fromkeys(("all", *SPANS, "waiting"), 0) if strip else {}
    counts = dict.fromkeys(lists, 0)
    parts = {name: (branches, one) for name, one in lists.items() if (branches := _branches(actor, one))}
    own = _branches(actor, strip) if strip else []
    try:
        keys = {name: _first(found, _sought(one, now)) for name, (found, one) in parts.items()}
        counted = count_all(keys, own, spans_of(now), CAP + 1)
    except NotPlainError:
        return Figures(
            {name: count_open(actor=actor, wanted=one, now=now) for name, one in lists.items()},
            spans | (_spans_by_compiler(own, now) if own else {}),
        )
    return Figures(counts | counted[0], spans | counted[1])


def _first(branches: Sequence[Branch], sought: Sought) -> Part:
    return first_keys(branches, sought, carried(sought), CAP + 1)


def _spans_by_compiler(branches: Sequence[Branch], now: datetime) -> dict[str, int]:
    spans = {name: Count("pk", filter=_due(name, now)) for name in (*SPANS, "waiting")}
    return _open_cases(branches).aggregate(all=Count("pk"), **spans)


def count_open(*, actor: Actor, wanted: CaseFilter, now: datetime) -> int:
    """How many cases a list holds, counted up to `CAP` + 1: beyond it nobody reads the figure."""
    branches = _branches(actor, wanted)
    if not branches:
        return 0
    try:
        return count_keys(branches, _sought(wanted, now), CAP + 1)
    except NotPlainError:
        found = Case.objects.all_unscoped("every branch is a part of the scope").filter(
            _any([branch.condition for branch in branches]), condition(wanted, now)
        )
        return found.values("pk")[: CAP + 1].count()


def _open_cases(branches: Sequence[Branch]) -> ScopedQuerySet[Case]:
    cases = Case.objects.all_unscoped("every branch is a part of the scope")
    return cases.filter(_any([branch.condition for branch in branches]), ~Q(stage_kind="done"))


def spans_of(now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """The spans of the due strip and `all`, as sorting times from (inclusive) to (exclusive)."""
    spans: dict[str, tuple[datetime, datetime]] = {"all": (EVER, AFTER_NEVER)}
    for name, (begin, end) in due_bounds(now, WorkingCalendar()).items():
        spans[name] = (begin or EVER, end or NEVER)
    return spans


def _any(branches: Sequence[Q]) -> Q:
    either = branches[0]
    for branch in branches[1:]:
        either |= branch
    return either
