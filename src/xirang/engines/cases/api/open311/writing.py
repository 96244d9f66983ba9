"""Writes answers as the GeoReport book shows them: XML below a root element, or JSON with the root dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse

from xirang.foundation.errors import InvalidError, XirangError

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


def write_error(path: str, error: XirangError) -> HttpResponse:
    """An error as the book shows it, XML or JSON by the path that was asked for."""
    # The book knows 403 and 404 and calls everything else 400; the rest are those that HTTP itself asks for.
    status = error.status if error.status in (403, 404, 405, 413, 429, 500, 503) else 400
    text = error.sentence()
    if isinstance(error, InvalidError) and error.fields:
        text = "；".join([text, *(f"{name}: {said}" for name, said in error.fields.items())])
    said = {"code": status, "description": _FORBIDDEN.sub("", text)}
    return write("errors", [said], JSON if path.endswith(".json") else XML, status=status)


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
