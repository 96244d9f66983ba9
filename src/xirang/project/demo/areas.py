"""The demo district's ground: a prefecture and a district that do not exist, their streets, communities and grids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from xirang.areas.commands import found_area
from xirang.areas.models import Area
from xirang.foundation.actor import SYSTEM

SINCE = date(2021, 1, 1)
PROVINCE, CITY, DISTRICT = "330000000000", "339900000000", "339902000000"


@dataclass(frozen=True, slots=True)
class Town:
    """A street or town: its code, its names, and its communities with how many grids each has."""

    code: str
    name: str
    short: str
    english: str
    villages: tuple[tuple[str, int], ...]


TOWNS = (
    Town(
        "339902001000",
        "听潮街道",
        "听潮",
        "Tingchao Street",
        (("澄湖社区", 3), ("潮兴社区", 2), ("望塔社区", 2), ("石桥头社区", 1), ("东埭村", 2)),
    ),
    Town(
        "339902002000",
        "松塘街道",
        "松塘",
        "Songtang Street",
        (("松月社区", 2), ("工联社区", 3), ("塘北社区", 2), ("槐里社区", 1), ("上松村", 2)),
    ),
    Town(
        "339902003000",
        "南埠街道",
        "南埠",
        "Nanbu Street",
        (("南港社区", 2), ("桂花弄社区", 1), ("新桥社区", 2), ("埠头村", 1), ("芦荡村", 2)),
    ),
    Town(
        "339902100000",
        "鹭洲镇",
        "鹭洲",
        "Luzhou Town",
        (("鹭鸣社区", 2), ("前洲村", 1), ("后洲村", 1), ("稻香村", 1), ("长堤村", 1)),
    ),
)


def found_ground(now: datetime) -> dict[str, UUID]:
    """Found every area that is not there yet; returns the ids by code."""
    known = dict(Area.objects.filter(valid_to__isnull=True).values_list("code", "pk"))
    for code, name, english, parent in _plan():
        if code not in known:
            known[code] = found_area(
                actor=SYSTEM,
                code=code,
                name=name,
                name_en=english,
                valid_from=SINCE,
                now=now,
                parent_id=known[parent] if parent else None,
            )
    return known


def _plan() -> list[tuple[str, str, str, str]]:
    """(code, name, English name, code of the parent), parents first."""
    plan = [
        (PROVINCE, "浙江省", "Zhejiang", ""),
        (CITY, "沧澜市", "Canglan City (demo)", PROVINCE),
        (DISTRICT, "禾澜区", "Helan District (demo)", CITY),
    ]
    for town in TOWNS:
        plan.append((town.code, town.name, town.english, DISTRICT))
        grid = 0
        for place, (village, grids) in enumerate(town.villages, 1):
            serial = place + (200 if village.endswith("村") else 0)
            code = f"{town.code[:9]}{serial:03d}"
            plan.append((code, village, "", town.code))
            for _ in range(grids):
                grid += 1
                plan.append((f"{code}-{grid:02d}", f"{town.short}-{grid:02d}", "", code))
    return plan


def code_of(town_short: str, village: str = "") -> str:
    """The code of a town by its short name, or of one of its communities."""
    town = next(town for town in TOWNS if town.short == town_short)
    return next((code for code, name, _, parent in _plan() if parent == town.code and name == village), town.code)
