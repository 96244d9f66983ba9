"""For which cases a clock has something to do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from xirang.engines.cases.models import Case


def list_cases_with_marks(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Ids of cases for which a clock has something to do by `now`, longest overdue first; carried by case_marks."""
    rows = Case.objects.all_unscoped("clocks belong to no actor").filter(next_mark_at__lte=now)
    return list(rows.order_by("next_mark_at").values_list("pk", flat=True)[:limit])
