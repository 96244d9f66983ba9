"""Reading the tree of areas; areas themselves are public, what lies in them is not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from uuid import UUID

from django.db.models import Q

from xirang.areas.models import Area
from xirang.areas.spec import LEVELS, Level
from xirang.foundation.errors import NotFoundError
from xirang.foundation.short_cache import ShortCache

# Signs of a place name that an address holds besides the names of our own tree: then it lies elsewhere.
_PLACE_ENDS = re.compile("(街道|镇|乡|社区|村|居民委员会|村民委员会)$")
OTHER_PLACES = ("市", "县", "区", "旗", "州", "盟")


# Of an area only its end ever changes, and whoever decides by that fetches it anew (`areas.commands`).
_areas: ShortCache[Area] = ShortCache(60.0)
# A district founded or ended by another process is seen here after this many seconds at the latest. As long as there is
# none, nothing is kept.
_roots: ShortCache[Area | None] = ShortCache(1.0)
_children: ShortCache[tuple[Area, ...]] = ShortCache(60.0)


def forget() -> None:
    """Read the areas again at the next question: after the tree was changed."""
    _areas.forget()
    _roots.forget()
    _children.forget()


def find_area(area_id: UUID) -> Area | None:
    """One area by id, also one that no longer exists, if there ever was one."""
    return Area.objects.filter(pk=area_id).first()


def get_area(area_id: UUID) -> Area:
    """As `find_area`, kept for a moment; NotFoundError when there never was one. Nobody changes what it returns."""
    return _areas.get(area_id, lambda: fetch_area(area_id))


def fetch_area(area_id: UUID) -> Area:
    """As `get_area`, read anew: for whoever decides by the day on which the area ends."""
    area = find_area(area_id)
    if area is None:
        raise NotFoundError(code="no_such_area", zh="没有这个区域。", en="There is no such area.")
    return area


def find_area_by_code(code: str, day: date) -> Area | None:
    """The area that bore `code` on `day`."""
    return Area.objects.valid_on(day).filter(code=code.strip()).first()


def list_children(parent_id: UUID | None, day: date) -> list[Area]:
    """Areas directly below `parent_id` on `day` (the roots for None), by code; carried by area_children."""
    return list(Area.objects.valid_on(day).filter(parent_id=parent_id).order_by("code"))


def known_children(parent_id: UUID, day: date) -> tuple[Area, ...]:
    """As `list_children`, kept for a minute: for a list of suggestions, where what is chosen is looked up anew.

    A change by another process is seen here when the minute is over. Nobody changes what this returns.
    """
    return _children.get((parent_id, day), lambda: tuple(list_children(parent_id, day)))


def ids_with_children(area_ids: list[UUID], day: date) -> set[UUID]:
    """Which of these areas have areas below them on `day`; one query."""
    return set(Area.objects.valid_on(day).filter(parent_id__in=area_ids).values_list("parent_id", flat=True))


def list_ancestors(area: Area) -> list[Area]:
    """From the root to the area itself."""
    found = Area.objects.in_bulk(area.path)
    return [found[area_id] for area_id in area.path]


def search_areas(text: str, day: date, limit: int = 20, within: UUID | None = None) -> list[Area]:
    """Areas whose name in either language contains `text`, or whose code begins with it; shallow ones first.

    With `within` only those below it.
    """
    text = text.strip()
    if not text:
        return []
    rows = Area.objects.valid_on(day)
    rows = rows.below(within) if within else rows
    named = Q(name__contains=text) | Q(name_en__icontains=text)
    rows = rows.filter(Q(code__startswith=text) if text[0].isdigit() else named)
    order = {level.value: place for place, level in enumerate(LEVELS)}
    return sorted(rows[: limit * 5], key=lambda area: (order[area.level], area.code))[:limit]


def nearest_names(word: str, day: date, limit: int = 2) -> list[str]:
    """Names of areas that differ from `word` by one sign or two, the nearest first: for whoever mistyped one.

    Streets and communities are also known without the last part of their names (听潮 for 听潮街道).
    """
    names = _short_names(day)
    return [] if word in names else get_close_matches(word, names, n=limit, cutoff=0.6)


_names: ShortCache[frozenset[str]] = ShortCache(60.0)


def _short_names(day: date) -> frozenset[str]:
    def read() -> frozenset[str]:
        rows = Area.objects.valid_on(day).exclude(level=Level.GRID.value).values_list("name", flat=True)[:2000]
        return frozenset(short for name in rows for short in (name, _PLACE_ENDS.sub("", name)) if len(short) > 1)

    return _names.get(day, read)


def full_name(area: Area, *, since: Level = Level.COUNTY) -> str:
    """The names from `since` down to the area, joined as one writes them (听潮街道澄湖社区)."""
    return full_names([area], since=since)[area.pk]


def full_names(areas: Sequence[Area], *, since: Level = Level.COUNTY) -> dict[UUID, str]:
    """The full names of several areas by id, in one query."""
    names = Area.objects.in_bulk({area_id for area in areas for area_id in area.path})
    wanted = LEVELS[LEVELS.index(since) :]
    found = {}
    for area in areas:
        chain = [names[area_id] for area_id in area.path if Level(names[area_id].level) in wanted]
        found[area.pk] = "".join(one.name for one in chain) or area.name
    return found


def names_of_areas(area_ids: Iterable[UUID], codes: Iterable[str] = ()) -> dict[str, str]:
    """Names by id (as text) and by code, in one query; of a code that several areas bore, the latest one's name."""
    codes = set(codes)
    rows = Area.objects.filter(Q(pk__in=set(area_ids)) | Q(code__in=codes)).order_by("valid_from")
    found = {}
    for area in rows.only("code", "name", "name_en"):
        found[str(area.pk)] = area.shown_name
        if area.code in codes:
            found[area.code] = area.shown_name
    return found


def root_area(day: date) -> Area | None:
    """The county or district that this installation serves: the only county, or the first one; kept for a moment."""
    found = _roots.get(
        day, lambda: Area.objects.valid_on(day).filter(level=Level.COUNTY.value).order_by("code").first()
    )
    if found is None:
        _roots.forget()
    return found


class AreaLocator:
    """Finds the street or town, and below it the community, that an address names; otherwise the fallback.

    It holds the tree as of one day, so that many thousand addresses cost no query.
    """

    def __init__(self, fallback: Area, day: date) -> None:
        self.fallback = fallback
        self.above: dict[UUID, list[str]] = {}
        self.towns: dict[str, list[Area]] = defaultdict(list)
        self.villages: dict[UUID, list[Area]] = defaultdict(list)
        names: dict[UUID, str] = {}
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
        return not any(sign in before for sign in OTHER_PLACES)

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
