"""What the house as a whole says of itself: what the law asks of every district, and its demo in the record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind
from xirang.project.pages import entries
from xirang.ui.shell import Menu

ENGINE = Engine("project", _("总装"), (RecordKind(kind="demo", title=_("演示辖区")), Menu(entries)))
