"""What the public may know without an account: figures of the whole district, and when an answer is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.words import OPEN
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries.replaying import CALENDAR
from xirang.foundation.calendar import Term, term_sentence
from xirang.foundation.language import is_english
from xirang.foundation.short_cache import ShortCache

PUBLIC = "figures of the whole district name nobody"


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """Cases received since `since`, and how they stand at `at`. The five parts add up to `received`."""

    since: datetime
    at: datetime
    received: int
    solved: int
    explained: int
    on_account: int
    other: int
    in_hand: int
    late: int
    reopened: int

    @property
    def parts(self) -> list[tuple[str, int]]:
        """The parts of the bar, by kind."""
        return [
            ("solved", self.solved),
            ("explained", self.explained),
            ("account", self.on_account),
            ("other", self.other),
            ("hand", self.in_hand),
        ]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of the public table, by the month in which cases came in."""

    month: datetime
    received: int
    solved: int
    explained: int
    on_account: int
    reopened: int
    in_hand: int


@dataclass(frozen=True, slots=True)
class Expected:
    """Until when an answer may be expected if asked now, and why."""

    due_at: datetime
    sentence: str


# Everybody may ask for these at any moment, and nobody needs them to the second.
_figures: ShortCache[PublicFigures] = ShortCache(60)
_months: ShortCache[list[MonthFigures]] = ShortCache(60)

_DONE, _ACCOUNT = Q(stage_kind="done"), Q(outcome="on_account")
_COUNTS = {
    "received": Count("pk"),
    "solved": Count("pk", filter=_DONE & Q(outcome="solved")),
    "explained": Count("pk", filter=_DONE & Q(outcome="explained")),
    "on_account": Count("pk", filter=~_DONE & _ACCOUNT),
    "reopened": Count("pk", filter=Q(reopened__gt=0)),
    "in_hand": Count("pk", filter=~_DONE & ~_ACCOUNT),
}


def get_public_figures(*, now: datetime, days: int = 30) -> PublicFigures:
    """The last `days` days in one query, or the figures of at most a minute ago; `at` says of when they are."""
    return _figures.get((days, timezone.localdate(now)), lambda: _public_figures(now, days))


def _public_figures(now: datetime, days: int) -> PublicFigures:
    since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    rows = Case.objects.all_unscoped(PUBLIC).filter(opened_at__gte=since)
    found = rows.aggregate(
        **_COUNTS,
        late=Count("pk", filter=~_DONE & Q(due_at__lt=now)),
        other=Count("pk", filter=_DONE & ~Q(outcome__in=["solved", "explained"])),
    )
    return PublicFigures(since=since, at=now, **found)


def list_public_months(*, now: datetime, months: int = 12) -> list[MonthFigures]:
    """The last months, newest first, in one query, or as they were at most a minute ago."""
    return _months.get((months, timezone.localdate(now)), lambda: _public_months(now, months))


def _public_months(now: datetime, months: int) -> list[MonthFigures]:
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    years, month = divmod(first.month - months, 12)
    rows = Case.objects.all_unscoped(PUBLIC).filter(
        opened_at__gte=first.replace(year=first.year + years, month=month + 1)
    )
    grouped = rows.annotate(month=TruncMonth("opened_at")).values("month").annotate(**_COUNTS).order_by("-month")
    figures: list[dict[str, Any]] = [dict(row) for row in grouped]
    return [MonthFigures(**row) for row in figures]


def expected_due(process: ProcessType, now: datetime, language: str) -> Expected | None:
    """When an answer is due if the case is handed over today; None where the process promises nothing.

    That is the clock which the assignment starts; where no case is assigned, the one that submitting starts.
    """
    assignment = process.assignment
    starts = [assignment.code, OPEN] if assignment else [OPEN]
    clock = next((clock for start in starts for clock in process.clocks.values() if start in clock.starts), None)
    if clock is None:
        return None
    term = Term.parse(clock.term)
    due = term.due(now, CALENDAR)
    colon = ": " if is_english(language) else "："
    return Expected(due, f"{clock.title.text(language)}{colon}{term_sentence(term, now, due, CALENDAR, language)}")
