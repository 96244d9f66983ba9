"""The dated tree of areas, and the columns by which every row below a scope carries its ancestors."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xirang.areas.spec import LEVELS, TITLES, Level
from xirang.foundation.ids import new_id
from xirang.ui.wording import speaks_english


class AreaQuerySet(models.QuerySet["Area"]):
    def valid_on(self, day: date) -> Self:
        """Areas that exist on `day`."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def below(self, area_id: UUID) -> Self:
        """The area itself and everything below it."""
        return self.filter(path__contains=[area_id])


class Area(models.Model):
    """One area during one span of time; codes are issued anew, so the code alone is not unique, code and start are."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    code = models.CharField("区域代码", max_length=16)
    name = models.CharField("名称", max_length=80)
    name_en = models.CharField("英文名称", max_length=120, blank=True, default="")
    level = models.CharField("层级", max_length=8, choices=[(level.value, TITLES[level][0]) for level in LEVELS])
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级")
    path = ArrayField(models.UUIDField(), verbose_name="从省到自身")
    valid_from = models.DateField("起用日期")
    valid_to = models.DateField("停用日期", null=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "区域"
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="area_code_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to__isnull=True), name="area_code_current"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="area_span"
            ),
        ]
        indexes = [models.Index(fields=["parent", "code"], name="area_children")]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """The name in the reader's language; the Chinese one where there is no other."""
        return (self.name_en if speaks_english() else "") or self.name


class Succession(models.Model):
    """What became of an area: merged into, split into or renamed as its successors."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="successions", verbose_name="原区域")
    successor = models.ForeignKey(Area, models.PROTECT, related_name="predecessions", verbose_name="后继区域")
    on = models.DateField("日期")

    class Meta:
        verbose_name = "区域沿革"
        constraints = [models.UniqueConstraint(fields=["area", "successor"], name="succession_once")]


class WithinAreas(models.Model):
    """Mixin for rows that lie in an area: they carry their ancestors, so that each scope has an index of its own.

    A list scoped by several areas of different levels would defeat paging by key; with one column a level, each part
    of the scope is an equality.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区域", db_index=False)
    city_id = models.UUIDField("地级", null=True, editable=False)
    county_id = models.UUIDField("县级", null=True, editable=False)
    town_id = models.UUIDField("乡级", null=True, editable=False)
    village_id = models.UUIDField("村级", null=True, editable=False)

    class Meta:
        abstract = True

    def place_in(self, area: Area) -> None:
        """Set the area and the ancestors it brings along."""
        self.area = area
        for column, value in ancestor_columns(area.path).items():
            setattr(self, column, value)


def ancestor_columns(path: list[UUID]) -> dict[str, UUID | None]:
    """The ancestor columns of a row in an area with this path (province first)."""
    columns = ["city_id", "county_id", "town_id", "village_id"]
    return {column: path[place] if len(path) > place else None for place, column in enumerate(columns, start=1)}


def within_area(area_path: tuple[UUID, ...] | list[UUID]) -> Q:
    """The condition that a row of `WithinAreas` lies in the area with this path or below it."""
    depth, own = len(area_path), area_path[-1]
    column = {2: "city_id", 3: "county_id", 4: "town_id", 5: "village_id", 6: "area_id"}.get(depth)
    # A province holds the whole installation; whoever is granted one sees every area below it through its cities.
    return Q(**{column: own}) if column else Q(area__path__contains=[own])


__all__ = ["Area", "AreaQuerySet", "Level", "Succession", "WithinAreas", "ancestor_columns", "within_area"]
