"""What the area chooser loads while somebody goes down the tree or types a name."""

from __future__ import annotations

from uuid import UUID

from django.http import JsonResponse

from xirang.areas import queries
from xirang.areas.models import Area
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError
from xirang.foundation.ids import is_uuid
from xirang.foundation.pages import Asked, anyone, now, page


@page(anyone)
def options(request: Asked) -> JsonResponse:
    """`?parent=<id>` lists the areas below it (the roots without), `?q=<text>` searches `within=<id>`; a JSON list."""
    day = local_date(now())
    if text := request.GET.get("q", ""):
        found = queries.search_areas(text[:40], day, within=_id_in(request, "within"))
        names = queries.full_names(found)
        rows = [_option(area, leaf=True) | {"path": names[area.pk]} for area in found]
        return JsonResponse(rows, safe=False)
    children = queries.list_children(_id_in(request, "parent"), day)
    with_children = queries.ids_with_children([area.pk for area in children], day)
    return JsonResponse([_option(area, leaf=area.pk not in with_children) for area in children], safe=False)


def _id_in(request: Asked, name: str) -> UUID | None:
    text = request.GET.get(name, "")
    if text and not is_uuid(text):
        raise InvalidError(code="bad_area", zh="区域编号不对，请重新选择。", en="That is not an area.")
    return UUID(text) if text else None


def _option(area: Area, *, leaf: bool) -> dict[str, object]:
    return {"id": str(area.pk), "name": area.shown_name, "level": area.level, "code": area.code, "leaf": leaf}
