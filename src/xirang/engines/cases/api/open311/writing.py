"""Writes answers as the GeoReport book shows them: XML below a root element, or JSON with the root dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse

XML, JSON = "xml", "json"
CONTENT_TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json"}
# What XML 1.0 cannot hold, not even escaped; one such sign would make the whole answer unreadable.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The element of one item below each list; the book names them one by one.
_ITEMS = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}

Content = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def write(root: str, content: Content, form: str, *, status: int = 200) -> HttpResponse:
    """The answer `content` below `root` (`services`, `service_definition` …) as `form`, xml or json."""
    if form == JSON:
        body = json.dumps(content, ensure_ascii=False, default=_plain).encode("utf-8", "replace")
    else:
        body = b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(
            _element(root, content), encoding="utf-8"
        )
    return HttpResponse(body, status=status, content_type=CONTENT_TYPES[form])


def moment(at: datetime | None) -> str | None:
    """A moment in UTC, ending in Z: an old validator takes nothing else."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _element(name: str, content: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(content, Mapping):
        element.extend(_element(key, value) for key, value in content.items())
    elif isinstance(content, (list, tuple)):
        element.extend(_element(_ITEMS[name], value) for value in content)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = _FORBIDDEN.sub("", str(_plain(content)))
    return element


def _plain(value: Any) -> Any:
    return (
        moment(value) if isinstance(value, datetime) else str(value) if not isinstance(value, (int, float)) else value
    )
