"""Grants of roles with their dates, and stand-ins for colleagues who are away."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xirang.areas.models import Area
from xirang.foundation.ids import new_id
from xirang.people.models.accounts import Account
from xirang.people.models.organisations import Organisation

Dated = TypeVar("Dated", bound=models.Model)


class DatedQuerySet(models.QuerySet[Dated]):
    def valid_on(self, day: date) -> Self:
        """Those in force on `day`: both dates count, an ended one is out at once."""
        return self.filter(ended_at__isnull=True, valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )


class RoleGrant(models.Model):
    """One role of one account within one area; a trigger keeps equal grants and the three administrators apart."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.PROTECT, related_name="grants", verbose_name="账号", db_index=False)
    role = models.CharField("角色", max_length=40)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区域")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="代表单位")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（含当日）", null=True)
    granted_by = models.CharField("授予人", max_length=60)
    granted_at = models.DateTimeField("授予时间")
    ended_at = models.DateTimeField("收回时间", null=True)
    ended_by = models.CharField("收回人", max_length=60, blank=True, default="")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "角色授予"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="role_grant_span"
            )
        ]
        indexes = [
            models.Index(fields=["account", "role"], name="role_grant_by_account"),
            models.Index(fields=["role", "area"], name="role_grant_by_role", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["organisation", "role"], name="role_grant_by_organisation", condition=Q(ended_at__isnull=True)
            ),
        ]


class RoleRequest(models.Model):
    """A role that the system administrator asks for; it takes effect only when the security administrator grants it."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.PROTECT, related_name="role_requests", verbose_name="账号")
    role = models.CharField("角色", max_length=40)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区域")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="代表单位")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（含当日）", null=True)
    requested_by = models.CharField("申请人", max_length=60)
    requested_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("审定时间", null=True)
    granted = models.BooleanField("同意", null=True)

    class Meta:
        verbose_name = "角色申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="role_request_span"
            )
        ]
        indexes = [models.Index(fields=["id"], name="role_request_waiting", condition=Q(decided_at__isnull=True))]


class StandIn(models.Model):
    """A colleague acts for one who is away (A/B岗), openly and for a time."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    absent = models.ForeignKey(Account, models.PROTECT, related_name="absences", verbose_name="被代岗人")
    substitute = models.ForeignKey(Account, models.PROTECT, related_name="substitutions", verbose_name="代岗人")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（含当日）")
    roles = ArrayField(models.CharField(max_length=40), verbose_name="代理的角色（空为全部）", default=list)
    because = models.CharField("事由", max_length=120)
    set_by = models.CharField("设定人", max_length=60)
    set_at = models.DateTimeField("设定时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "代岗"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="stand_in_span"),
            models.CheckConstraint(condition=~Q(absent=F("substitute")), name="stand_in_of_another"),
        ]
