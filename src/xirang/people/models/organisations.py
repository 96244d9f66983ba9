"""Organisations: units of the administration by their own code, firms by their credit code."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from xirang.areas.models import WithinAreas, within_area
from xirang.foundation.actor import Actor, is_public, is_system
from xirang.foundation.ids import new_id
from xirang.foundation.scope import NOTHING, ScopedQuerySet
from xirang.foundation.text import tokens
from xirang.people.spec import KIND_TITLES, UNIT_KINDS, Floor, Kind, codes_of_floor


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    def units(self) -> Self:
        """Units of the administration that are at work."""
        return self.filter(kind__in=UNIT_KINDS, active=True)

    def matching(self, text: str) -> Self:
        """Those whose name or credit code contains every token of `text`."""
        return self.filter(search__contains=tokens(text))

    def governed_by(self, actor: Actor) -> Self:
        """Those in the areas that the actor answers for: narrower than the scope, so that an index carries lists."""
        rows = self.filter(Organisation.governed(actor))
        rows._scope_stated = True
        return rows


class Organisation(WithinAreas):
    """A firm, a unit of the administration, an association: whoever is not a natural person."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    kind = models.CharField("类别", max_length=12, choices=[(kind.value, KIND_TITLES[kind][0]) for kind in Kind])
    code = models.CharField("单位代码", max_length=40, null=True, unique=True)
    name = models.CharField("名称", max_length=200)
    credit_code = models.CharField("统一社会信用代码", max_length=18, null=True, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级单位")
    address_text = models.CharField("地址", max_length=300, blank=True, default="")
    industry = models.CharField("行业", max_length=80, blank=True, default="")
    company_type = models.CharField("企业类型", max_length=60, blank=True, default="")
    business_scope = models.TextField("经营范围", blank=True, default="")
    capital_text = models.CharField("注册资本", max_length=300, blank=True, default="")
    staff_count = models.PositiveIntegerField("职工人数", null=True)
    registered_on = models.DateField("成立日期", null=True)
    source = models.CharField("数据来源", max_length=80, blank=True, default="")
    source_checked_at = models.DateTimeField("来源核对时间", null=True)
    is_demo = models.BooleanField("演示数据", default=False)
    active = models.BooleanField("在用", default=True)
    search = ArrayField(models.TextField(), verbose_name="检索词", default=list, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_code__isnull=True) | Q(credit_code=Upper("credit_code")),
                name="organisation_credit_code_upper",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_named"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="organisation_search"),
            models.Index(fields=["name"], opclasses=["text_pattern_ops"], name="organisation_name_prefix"),
            models.Index(fields=["city_id", "name", "id"], name="organisation_by_city"),
            models.Index(fields=["county_id", "name", "id"], name="organisation_by_county"),
            models.Index(fields=["town_id", "name", "id"], name="organisation_by_town"),
            models.Index(fields=["village_id", "name", "id"], name="organisation_by_village"),
            models.Index(fields=["kind", "name", "id"], name="organisation_by_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def search_tokens(name: str, credit_code: str | None) -> list[str]:
        """What the index knows an organisation by."""
        return tokens(f"{name} {credit_code or ''}")

    @classmethod
    def governed(cls, actor: Actor) -> Q:
        """Rows in the areas where the actor holds an office role."""
        if is_system(actor):
            return Q()
        office = codes_of_floor(Floor.OFFICE)
        paths = {grant.area_path for grant in actor.grants if grant.role in office and grant.area_path}
        condition = NOTHING
        for path in sorted(paths):
            # A grant inside another one's area adds nothing and would only cost the index.
            if not any(other != path and path[: len(other)] == other for other in paths):
                condition |= within_area(path)
        return condition

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Units are known to everybody; firms to those who answer for their area and to their own people."""
        if is_system(actor):
            return Q()
        units = Q(kind__in=[kind.value for kind in UNIT_KINDS], active=True)
        if is_public(actor):
            return units
        return units | Q(pk__in=actor.organisation_ids) | cls.governed(actor)
