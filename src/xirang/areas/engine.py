"""What the floor of areas says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.areas.queries import names_of_areas
from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine
from xirang.foundation.ids import is_uuid
from xirang.foundation.records import RecordKind, RecordWords


def _names(keys: Iterable[str]) -> dict[str, str]:
    """Names of areas by id or, where a record holds one, by code."""
    keys = set(keys)
    return names_of_areas({UUID(one) for one in keys if is_uuid(one)}, {one for one in keys if one.isdigit()})


ENGINE = Engine(
    "areas",
    _("区域"),
    (
        Urls("xirang.areas.urls"),
        RecordKind(kind="area", title=_("区域"), names=_names),
        RecordWords(
            parts={"area": _("区域"), "successors": _("后继区域")},
            points_to={"area": "area", "successors": "area"},
        ),
    ),
)
