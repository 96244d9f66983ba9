"""Cases that something else caused: one for each source and process, and no endless chain of them."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from xirang.engines.cases.models import Case
from xirang.foundation.errors import ConflictError
from xirang.foundation.ids import is_uuid

MOST_DEPTH = 5
"""How many cases may cause each other in a row, the first one not counted."""


class TooDeepError(ConflictError):
    """A case would be caused by a case that was caused by a case, and so on beyond `MOST_DEPTH`."""

    code = "too_deep"
    zh = "办件已经接连引发了 {most} 次，不再继续引发。请检查应用包的接线。"
    en = "Cases have caused each other {most} times in a row; no more are opened. Check the wiring of the packs."


def first_of_source(process: str, source: tuple[str, str]) -> UUID | None:
    """The case of this process that the source has opened already; whoever else asks at the same time waits here."""
    if not source[0]:
        return None
    # Two who ask at once would both find nothing. The second waits for the first to commit and then finds its case;
    # the constraint `case_once_per_source` stands behind.
    with connection.cursor() as cursor:
        key = "/".join((process, *source))
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cases.open_case/{key}"])
    rows = Case.objects.all_unscoped("whoever asks twice may lie outside the scope of whoever asked first")
    found = rows.filter(source_kind=source[0], source_id=source[1], process_code=process)
    return found.values_list("pk", flat=True).first()


def depth_after(source: tuple[str, str]) -> int:
    """How deep in the chain a case lies that this source opens; TooDeepError beyond `MOST_DEPTH`."""
    kind, source_id = source
    if kind != "case" or not is_uuid(source_id):
        return 0
    rows = Case.objects.all_unscoped("only the depth of the chain is read").filter(pk=source_id)
    depth = (rows.values_list("source_depth", flat=True).first() or 0) + 1
    if depth > MOST_DEPTH:
        raise TooDeepError(most=MOST_DEPTH)
    return depth
