"""Which area a call speaks about: the whole district, or the street or community whose code it names."""

from __future__ import annotations

import re
from datetime import date

from django.conf import settings

from xirang.areas.models import Area
from xirang.areas.queries import find_area_by_code, root_area
from xirang.foundation.errors import NotFoundError, UnavailableError


class NoSuchJurisdictionError(NotFoundError):
    code = "no_such_jurisdiction"
    zh = "没有找到 jurisdiction_id“{given}”。请留空，或填写本区及以下区域的行政区划代码。"
    en = "jurisdiction_id “{given}” was not found. Leave it out, or give the division code of this district or below."


class NoDistrictError(UnavailableError):
    code = "no_district"
    zh = "平台尚未设定所服务的区县，请稍后再试。"
    en = "The district that this installation serves has not been set up yet."


def get_jurisdiction(given: str, day: date) -> Area:
    """The area of a `jurisdiction_id`: empty or the configured name for the district, otherwise a division code.

    A code may be written with its significant digits only (330402 for 330402000000). Areas outside the district are
    NoSuchJurisdictionError, like codes that nobody bears.
    """
    root = root_area(day)
    if root is None:
        raise NoDistrictError()
    given = given.strip()
    if not given or given.lower() == settings.OPEN311_JURISDICTION.lower():
        return root
    area = find_area_by_code(given.ljust(12, "0"), day) if re.fullmatch(r"[0-9]{6,12}", given) else None
    if area is None or root.pk not in area.path:
        raise NoSuchJurisdictionError(given=given[:60])
    return area
