"""What the floor of areas says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xirang.areas.queries import names_of_areas, nearest_names
from xirang.foundation.actor import Actor
from xirang.foundation.addresses import Urls
from xirang.foundation.calendar import local_date
from xirang.foundation.engines import Engine
from xirang.foundation.ids import is_uuid
from xirang.foundation.records import RecordKind, RecordWords
from xirang.foundation.search import Question, Searcher, Way


def _names(keys: Iterable[str]) -> dict[str, str]:
    """Names of areas by id or, where a record holds one, by code."""
    keys = set(keys)
    return names_of_areas({UUID(one) for one in keys if is_uuid(one)}, {one for one in keys if one.isdigit()})


def _nearest(actor: Actor, question: Question, now: datetime) -> tuple[Way, ...]:
    """The same question with the name of an area in place of a word that nearly is one."""
    ways = []
    for word in question.words:
        for name in nearest_names(word.text, local_date(now)):
            text = question.text.replace(word.text, name)
            ways.append(
                Way(gettext("改搜“%(text)s”") % {"text": text}, f"{reverse('ui:search')}?{urlencode({'q': text})}")
            )
    return tuple(ways)


ENGINE = Engine(
    "areas",
    _("区域"),
    (
        Urls("xirang.areas.urls"),
        Searcher(code="areas", order=90, instead=_nearest),
        RecordKind(kind="area", title=_("区域"), names=_names),
        RecordWords(
            parts={"area": _("区域"), "successors": _("后继区域")},
            points_to={"area": "area", "successors": "area"},
        ),
    ),
)
