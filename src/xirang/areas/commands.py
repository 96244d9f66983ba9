"""Writing the tree: found an area, dissolve it into successors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xirang.areas import queries
from xirang.areas.logic import AreaCodeError, level_of
from xirang.areas.models import Area, Succession
from xirang.areas.policy import SHAPING, can_shape_areas
from xirang.areas.spec import LEVELS
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError
from xirang.foundation.ids import new_id
from xirang.foundation.sealing import sealed


@command(_("设立区域"), permit=SHAPING)
def found_area(
    *, actor: Actor, code: str, name: str, parent_id: UUID | None, valid_from: date, now: datetime, name_en: str = ""
) -> UUID:
    """Found an area below `parent_id`; the code says its level. InvalidError for a code that does not fit."""
    parent = queries.fetch_area(parent_id) if parent_id else None
    _may(actor, parent.path if parent else ())
    try:
        level = level_of(code)
    except AreaCodeError as error:
        raise InvalidError(fields={"code": error.zh}, zh=error.zh, en=error.en) from error
    if parent and LEVELS.index(level) <= LEVELS.index(parent.level):
        raise InvalidError(
            code="level",
            fields={"code": f"“{parent.name}”之下不能设这一层级的区域。"},
            zh=f"“{parent.name}”之下不能设这一层级的区域。",
            en="That level cannot lie below this parent.",
        )
    if parent and parent.valid_to is not None and parent.valid_to <= valid_from:
        sentence = f"“{parent.name}”已于 {parent.valid_to} 停用，请选择现行的上级区域。"
        raise InvalidError(code="parent_ended", fields={"parent": sentence}, zh=sentence, en="The parent has ended.")
    # A code issued anew must not name two areas on the same day.
    if Area.objects.filter(code=code).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)).exists():
        raise ConflictError(code="area_code_taken", zh=f"代码 {code} 已在使用。", en=f"Code {code} is in use.")
    area_id = new_id(now)
    area = Area.objects.create(
        id=area_id,
        code=code,
        name=name,
        name_en=name_en,
        level=level.value,
        parent=parent,
        path=[*(parent.path if parent else []), area_id],
        valid_from=valid_from,
    )
    record(Ref("area", str(area.pk)), {"code": code, "name": sealed(name), "from": valid_from}, area_id=area.pk)
    _forget()
    return area.pk


@command(_("停用区域"), permit=SHAPING.but(_("所辖区域；原有数据留在原区域")))
def dissolve_area(*, actor: Actor, area_id: UUID, successor_ids: list[UUID], on: date, now: datetime) -> UUID:
    """End an area on a day and name what it became; rows that lie in it keep it, history is not rewritten."""
    _may(actor, queries.get_area(area_id).path)
    area = Area.objects.select_for_update().get(pk=area_id)
    if area.valid_to is not None:
        raise ConflictError(
            code="area_ended", zh=f"“{area.name}”已于 {area.valid_to} 停用。", en="This area has ended already."
        )
    if on <= area.valid_from or area_id in successor_ids:
        raise InvalidError(
            code="span",
            zh="停用日期应晚于起用日期，后继区域不能是它自己。",
            en="An area ends after it began, and cannot succeed itself.",
        )
    below = Area.objects.valid_on(on).filter(parent=area).count()
    if below:
        raise ConflictError(
            code="areas_below",
            zh=f"“{area.name}”之下还有 {below} 个区域在用，请先停用它们。",
            en=f"{below} areas below this one are still in use; end them first.",
        )
    area.valid_to = on
    area.save(update_fields=["valid_to"])
    for successor_id in dict.fromkeys(successor_ids):
        Succession.objects.create(area=area, successor=queries.get_area(successor_id), on=on)
    record(Ref("area", str(area.pk)), {"to": on, "successors": successor_ids}, area_id=area.pk)
    _forget()
    return area.pk


def _forget() -> None:
    """Whoever asks from now on reads the tree anew, and so does whoever asked between this change and its commit."""
    queries.forget()
    transaction.on_commit(queries.forget)


def _may(actor: Actor, path: Sequence[UUID]) -> None:
    if not can_shape_areas(actor, path):
        raise NotAllowedError()
