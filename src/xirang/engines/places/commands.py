"""Writing places."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.areas.queries import get_area
from xirang.engines.places import logic
from xirang.engines.places.models import Place
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import InvalidError
from xirang.foundation.ids import new_id
from xirang.foundation.permits import Permit
from xirang.foundation.sealing import sealed
from xirang.foundation.statements import changed, new_row


@command(_("登记地点"), permit=Permit(("anyone",), _("随办件等命令，不单独开放")))
def note_place(
    *,
    actor: Actor,
    area_id: UUID,
    address_text: str,
    latitude: float | None,
    longitude: float | None,
    system: str,
    now: datetime,
    about: Ref | None = None,
) -> UUID:
    """Keep where something is: words, a point in `system` (wgs84, cgcs2000, gcj02, bd09), or both.

    `about` is the person whose place it may be: the record forgets the words when that person is erased.
    InvalidError (field `place`) when neither is given or the point is not one.
    """
    place = Place(id=new_id(now), address_text=address_text.strip()[:300], created_at=now)
    if latitude is not None and longitude is not None:
        point = _point(latitude, longitude, system)
        place.latitude, place.longitude = point
        place.given_latitude, place.given_longitude, place.given_system = latitude, longitude, system
    elif not place.address_text:
        sentence = "请写明地点，或在地图上点选。"
        raise InvalidError(fields={"place": sentence}, zh=sentence, en="Please say where, or pick a point on the map.")
    place.place_in(get_area(area_id))
    changed(new_row("places_place", {one.attname: getattr(place, one.attname) for one in Place._meta.concrete_fields}))
    record(
        Ref("place", str(place.pk)),
        {"address": sealed(place.address_text, about=about), "point": place.latitude is not None},
        area_id=area_id,
    )
    return place.pk


def _point(latitude: float, longitude: float, system: str) -> tuple[float, float]:
    try:
        return logic.to_wgs84(latitude, longitude, system)
    except ValueError as error:
        zh, en = getattr(error, "zh", "坐标不对，请重新点选。"), getattr(error, "en", "That is not a point on the map.")
        raise InvalidError(fields={"place": zh}, zh=zh, en=en) from error
