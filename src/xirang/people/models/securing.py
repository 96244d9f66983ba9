"""What one administrator asks to be done to the account of another, and a second one confirms or refuses."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xirang.people.models.accounts import Account


class SecuringRequest(models.Model):
    """An act on the account of one of the three administrators; nothing happens until a second one confirms it."""

    id = models.UUIDField("编号", primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="securing_requests", verbose_name="账号")
    act = models.CharField("处置", max_length=40)
    because = models.CharField("理由", max_length=200)
    requested_by = models.CharField("申请人", max_length=60)
    requested_at = models.DateTimeField("申请时间")
    decided_by = models.CharField("审定人", max_length=60, blank=True, default="")
    decided_at = models.DateTimeField("审定时间", null=True)
    confirmed = models.BooleanField("同意", null=True)

    class Meta:
        verbose_name = "三员账号处置申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | ~Q(decided_by=models.F("requested_by")),
                name="securing_by_two",
            ),
            models.UniqueConstraint(
                fields=["account", "act"], condition=Q(decided_at__isnull=True), name="securing_waits_once"
            ),
        ]
