"""Lets an answer to htmx say a short notice."""

import json
from typing import Literal

from django.http import HttpResponse


def with_toast(
    response: HttpResponse,
    text: str,
    kind: Literal["good", "warn", "bad"] = "good",
    *,
    url: str = "",
    action: str = "",
) -> HttpResponse:
    """Add a toast; ``action`` and ``url`` make a link such as 撤回. Other HX-Trigger events are kept."""
    known = response.headers.get("HX-Trigger", "")
    events = (
        json.loads(known)
        if known.startswith("{")
        else {name.strip(): None for name in known.split(",") if name.strip()}
    )
    events["x-toast"] = {"text": str(text), "kind": kind} | (
        {"action": {"title": str(action), "url": url}} if url else {}
    )
    # Headers carry ASCII only, which is what json writes by default.
    response["HX-Trigger"] = json.dumps(events)
    return response
