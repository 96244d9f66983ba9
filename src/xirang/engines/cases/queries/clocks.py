"""For which cases a clock has something to do, and whose clocks failed before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xirang.engines.cases.models import Case
from xirang.foundation.statements import part, rows, unscoped


@dataclass(frozen=True, slots=True)
class Due:
    """A case for which a clock has something to do; `tries` counts how often it failed since it last went well."""

    case_id: UUID
    tries: int


def list_cases_with_marks(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Ids of cases for which a clock has something to do by `now`, longest overdue first; carried by case_marks.

    Those that were set back are not among them before their time.
    """
    return [one.case_id for one in _due(now, limit, "")]


def lock_due(*, now: datetime, limit: int) -> list[Due]:
    """As `list_cases_with_marks`, locked until the end of the transaction; cases that somebody else holds are left out.

    So two workers never take the same case, and no case on which a person is working keeps the others waiting.
    """
    return _due(now, limit, "FOR UPDATE OF c SKIP LOCKED")


def _due(now: datetime, limit: int, locking: str) -> list[Due]:
    scope = unscoped(Case, "clocks belong to no actor")
    return [Due(case_id, tries) for case_id, tries in rows(part(_DUE + locking, now=now, limit=limit, scope=scope))]


_DUE = """
    SELECT c.id, coalesce(f.tries, 0)
    FROM cases_case c LEFT JOIN cases_clockfailure f ON f.case_id = c.id
    WHERE {scope} AND c.next_mark_at <= {now} AND (f.next_try_at IS NULL OR f.next_try_at <= {now})
    ORDER BY c.next_mark_at LIMIT {limit}
"""
