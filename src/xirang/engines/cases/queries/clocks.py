"""For which cases a clock has something to do, and whose clocks failed before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xirang.engines.cases.logic.state import Event
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries.replaying import logs_of
from xirang.engines.cases.queries.single import case_from, columns_of_case
from xirang.foundation.statements import Part, part, rows, unscoped


@dataclass(frozen=True, slots=True)
class Due:
    """A case for which a clock has something to do, with its log, both held until the end of the transaction.

    `tries` counts how often its clocks failed since they last went well.
    """

    case: Case
    log: list[Event]
    tries: int


def list_cases_with_marks(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Ids of cases for which a clock has something to do by `now`, longest overdue first; carried by case_marks.

    Those that were set back are not among them before their time.
    """
    return [case_id for (case_id,) in rows(_due(Part("c.id"), now, limit, Part("")))]


def lock_due(*, now: datetime, limit: int) -> list[Due]:
    """As `list_cases_with_marks`, locked until the end of the transaction; cases that somebody else holds are left out.

    So two workers never take the same case, and no case on which a person is working keeps the others waiting. Two
    statements, however many cases there are: the logs are read when the locks are held.
    """
    columns = part("{case}, coalesce(f.tries, 0)", case=columns_of_case())
    found = [(case_from(row[:-1]), row[-1]) for row in rows(_due(columns, now, limit, _LOCKED))]
    logs = logs_of([case.pk for case, _tries in found]) if found else {}
    return [Due(case, logs[case.pk], tries) for case, tries in found]


def _due(columns: Part, now: datetime, limit: int, locked: Part) -> Part:
    scope = unscoped(Case, "clocks belong to no actor")
    return part(_DUE, columns=columns, now=now, limit=limit, scope=scope, locked=locked)


_LOCKED = Part("FOR UPDATE OF c SKIP LOCKED")
_DUE = """
    SELECT {columns}
    FROM cases_case c LEFT JOIN cases_clockfailure f ON f.case_id = c.id
    WHERE {scope} AND c.next_mark_at <= {now} AND (f.next_try_at IS NULL OR f.next_try_at <= {now})
    ORDER BY c.next_mark_at LIMIT {limit} {locked}
"""
