"""Shelves as packs declare them, and what is out."""

from __future__ import annotations

from django.db import models


class Shelf(models.Model):
    """A shelf, open in the areas that it names."""

    code = models.CharField("物品架", max_length=64, primary_key=True)
    pack = models.CharField("应用包", max_length=64)
    title = models.CharField("名称", max_length=80)
    pieces = models.PositiveIntegerField("件数")
    open_in = models.JSONField("启用于", default=list)


class Loan(models.Model):
    """One thing that is out."""

    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="loans", verbose_name="物品架")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区域")
    lent_at = models.DateTimeField("借出时间")
