"""What cases answered in fields by which lists filter: one row for each answer, in the orders of the lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class CaseValue(models.Model):
    """One answer of a case to a field that lists filter by, as text (see `logic.kept`).

    Process and the two orders are those of the case, repeated so that one index finds the cases of a value in order.
    Every process and field shares the table: a pack brings rows, never an index.
    """

    pk = models.CompositePrimaryKey("case_id", "field", verbose_name="办件和栏目")
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, related_name="kept_values", verbose_name="办件", db_index=False
    )
    field = models.CharField("栏目", max_length=64)
    value = models.TextField("取值")
    process_code = models.CharField("流程", max_length=64)
    opened_at = models.DateTimeField("收到时间")
    # The sorting time of the case while it is open, empty afterwards.
    order_at = models.DateTimeField("排序时间", null=True)

    class Meta:
        verbose_name = "办件取值"
        indexes = [
            models.Index(
                fields=["process_code", "field", "value", "order_at", "case"],
                name="value_open",
                condition=Q(order_at__isnull=False),
            ),
            models.Index(fields=["process_code", "field", "value", "-opened_at", "-case"], name="value_all"),
        ]
