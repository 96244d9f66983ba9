"""Places: a point, an address in words, or both."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xirang.areas.models import WithinAreas
from xirang.foundation.ids import new_id


class Place(WithinAreas):
    """Where something is. Coordinates are WGS-84; what was given, and in which system, is kept beside them."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    address_text = models.CharField("地址", max_length=300, blank=True, default="")
    latitude = models.FloatField("纬度（WGS-84）", null=True)
    longitude = models.FloatField("经度（WGS-84）", null=True)
    given_latitude = models.FloatField("原纬度", null=True)
    given_longitude = models.FloatField("原经度", null=True)
    given_system = models.CharField("原坐标系", max_length=8, blank=True, default="")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "地点"
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_point",
            ),
            models.CheckConstraint(condition=~Q(address_text="") | Q(latitude__isnull=False), name="place_says_where"),
        ]

    def __str__(self) -> str:
        return self.address_text or f"{self.latitude:.5f}, {self.longitude:.5f}"
