"""One operation of the open interface."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from xirang.engines.loans.models import Shelf

router = Router()
REASONS = {"list_shelves": "公开接口，只列名称。"}


@router.get("/shelves", url_name="list_shelves")
def list_shelves(request: HttpRequest) -> list[str]:
    """The titles of all shelves."""
    return list(Shelf.objects.order_by("code").values_list("title", flat=True))
