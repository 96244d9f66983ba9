"""What the house as a whole says of itself: the demo district stands in the record too."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind

ENGINE = Engine("project", _("总装"), (RecordKind(kind="demo", title=_("演示辖区")),))
