"""In which area of the installation a firm lies, from the region and address that its row gives."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

from xirang.areas import queries
from xirang.areas.models import Area
from xirang.areas.spec import Level

_FOREIGN = ("市", "县", "区", "旗", "州", "盟")


class Locator:
    """Finds the street or town, and below it the community, that an address names; otherwise the fallback."""

    def __init__(self, fallback: Area, day: date) -> None:
        self.fallback = fallback
        self.above: dict[UUID, list[str]] = {}
        self.towns: dict[str, list[Area]] = defaultdict(list)
        self.villages: dict[UUID, list[Area]] = defaultdict(list)
        names = {}
        for area in Area.objects.valid_on(day).exclude(level=Level.GRID.value).order_by("code"):
            names[area.pk] = area.name
            if area.level == Level.TOWN.value:
                self.towns[area.name].append(area)
            elif area.level == Level.VILLAGE.value and area.parent_id:
                self.villages[area.parent_id].append(area)
        for towns in self.towns.values():
            for town in towns:
                self.above[town.pk] = [names[up] for up in town.path[:-1] if up in names]

    def locate(self, province: str, region: str, address: str) -> UUID:
        """The area's id. A street of the same name in another county is not taken for ours."""
        text = "".join((address or region).split())
        for name, towns in self.towns.items():
            place = text.find(name)
            if place < 0:
                continue
            fitting = [town for town in towns if self._leads_here(text[:place], town, province, region)]
            if len(fitting) == 1:
                return self._below(fitting[0], text[place + len(name) :]).pk
        return self.fallback.pk

    def _leads_here(self, before: str, town: Area, province: str, region: str) -> bool:
        """Whether everything that the row says about where it is, down to the street, belongs to this street."""
        names = self.above[town.pk]
        if province and names and not _same(province, names[0]):
            return False
        if region and not any(_same(region, name) for name in [*names, town.name]):
            return False
        for name in names:
            for form in (name, _short(name)):
                if form and form in before:
                    before = before.replace(form, "", 1)
                    break
        return not any(sign in before for sign in _FOREIGN)

    def _below(self, town: Area, rest: str) -> Area:
        found = [village for village in self.villages[town.pk] if _village_stem(village.name) in rest]
        return found[0] if len(found) == 1 else town


def _short(name: str) -> str:
    """浙江省 is also written 浙江, 宁波市 also 宁波."""
    return name[:-1] if len(name) > 2 and name[-1] in "省市县区" else name


def _same(given: str, name: str) -> bool:
    return given in (name, _short(name)) or given.endswith(name)


def _village_stem(name: str) -> str:
    return name.removesuffix("居民委员会").removesuffix("村民委员会") or name


def fallback_area(code: str, day: date) -> Area | None:
    """The area of that code, or the district that the installation serves; None where there is none."""
    return queries.find_area_by_code(code, day) if code else queries.root_area(day)
