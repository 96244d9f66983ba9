"""What the area chooser loads while somebody goes down the tree or types a name."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, JsonResponse

from xirang.areas import queries
from xirang.areas.models import Area
from xirang.foundation.errors import InvalidError
from xirang.foundation.pages import anyone, now, page, today


@page(anyone)
def options(request: HttpRequest) -> JsonResponse:
    """`?parent=<id>` lists the areas below it (the roots without), `?q=<text>` searches; a JSON list."""
    day = today(now())
    if text := request.GET.get("q", ""):
        found = queries.search_areas(text[:40], day)
        names = queries.full_names(found)
        rows = [_option(area, leaf=True) | {"path": names[area.pk]} for area in found]
        return JsonResponse(rows, safe=False)
    parent = request.GET.get("parent", "")
    try:
        parent_id = UUID(parent) if parent else None
    except ValueError as error:
        raise InvalidError(code="bad_area", zh="区域编号不对，请重新选择。", en="That is not an area.") from error
    children = queries.list_children(parent_id, day)
    with_children = queries.ids_with_children([area.pk for area in children], day)
    return JsonResponse([_option(area, leaf=area.pk not in with_children) for area in children], safe=False)


def _option(area: Area, *, leaf: bool) -> dict[str, object]:
    return {"id": str(area.pk), "name": area.name, "level": area.level, "code": area.code, "leaf": leaf}
