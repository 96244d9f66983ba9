"""What the floor of pages says of itself: its addresses, and the lists that people take away as files."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine
from xirang.foundation.records import RecordKind, RecordWords
from xirang.ui.listing.pages import listing_titles


def _list_names(keys: Iterable[str]) -> dict[str, str]:
    titles = listing_titles()
    return {key: titles[key] for key in keys if key in titles}


KIND = RecordKind(kind="list", title=_("列表"), names=_list_names, coded=True)
WORDS = RecordWords(
    parts={"filters": _("筛选条件"), "form": _("文件格式"), "purpose": _("用途"), "rows": _("行数")},
    values={("form", "csv"): "CSV", ("form", "xlsx"): "Excel"},
)
ENGINE = Engine("ui", _("页面"), (KIND, WORDS, Urls("xirang.ui.urls")))
