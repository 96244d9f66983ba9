"""Asking for cases by what they answered: a condition that both Django's compiler and plain statements understand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef, Q

from xirang.engines.cases.models import CaseValue
from xirang.foundation.statements import Part, part

# OFFSET 0 has each case looked up by itself, in the order of the walk: else the server may read all answers first.
_PLAIN = """
EXISTS (
  SELECT 1 FROM cases_casevalue v
  WHERE v.case_id = {case} AND v.field = {field} AND v.process_code = {process} AND v.value {compared}({values}::text[])
  OFFSET 0
)
"""


class Answered(Exists):
    """Cases of a process that answered a field with one of these values; `unlike`: with another value than these.

    A case that did not answer the field is not among them either way.
    """

    def __init__(self, process: str, field: str, values: Sequence[str], *, unlike: bool = False) -> None:
        self.process, self.code, self.values, self.unlike = process, field, list(values), unlike
        same = Q(value__in=self.values)
        given = CaseValue.objects.filter(case_id=OuterRef("pk"), field=field, process_code=process)
        super().__init__(given.filter(~same if unlike else same))

    def plain(self, alias: str) -> Part:
        """The same in a plain statement, for cases named `alias`."""
        return part(
            _PLAIN,
            case=Part(f"{alias}.id"),
            field=self.code,
            process=self.process,
            compared=Part("<> ALL" if self.unlike else "= ANY"),
            values=self.values,
        )

    @property
    def leads(self) -> bool:
        """Whether one stretch of the index holds all that fit, in order."""
        return len(self.values) == 1 and not self.unlike


def leading(condition: Q) -> Answered | None:
    """The answer by which the cases of a condition are found, where all of them have given it."""
    return next((one for one in _demanded(condition) if one.leads), None)


def _demanded(condition: Q) -> Iterator[Answered]:
    """What every case of a condition has answered."""
    if condition.negated or (condition.connector != Q.AND and len(condition.children) > 1):
        return
    for child in condition.children:
        if isinstance(child, Answered):
            yield child
        elif isinstance(child, Q):
            yield from _demanded(child)
