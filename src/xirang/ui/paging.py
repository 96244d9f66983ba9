"""From a page of a query to the pager under its list."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from xirang.ui.components import Pager


def pager_of(page: Any, request: HttpRequest, *, unit: str = "", per_page: int = 20) -> Pager:
    """Previous and next of a page by key (`foundation.paging.Page`), keeping the filters of the address."""

    def address(key: str) -> str:
        if not key:
            return ""
        query = request.GET.copy()
        query["key"] = key
        return f"?{query.urlencode()}"

    return Pager(None, unit or _("条"), per_page, previous_url=address(page.previous), next_url=address(page.next))
