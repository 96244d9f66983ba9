"""What the floor of places says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind, RecordWords

ENGINE = Engine(
    "places",
    _("地点"),
    (
        RecordKind(kind="place", title=_("地点")),
        RecordWords(parts={"address": _("地址"), "point": _("有坐标")}),
    ),
)
