"""Pages and JSON travel compressed, unless their length could tell another site what stands in them.

Whoever can make a signed-in browser ask for a page again and again, put guesses into it, and see how long the answers
are, can read a secret out of compressed answers letter by letter (BREACH). So an answer to a request that carries a
session is compressed only where our own page began the request; docs/decisions/0017-compression.md says the rest.
"""

from __future__ import annotations

import gzip
import io
import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

# What fits into one packet arrives no sooner for being smaller.
SMALLEST = 1_200
# Level 4 takes three quarters of the time of level 6, and a page is 2 % larger; the decision has the figures.
LEVEL = 4
# The length of an answer tells less when it changes from one time to the next; see "heal the breach".
MOST_PADDING = 100
# What is not text is compressed already: photographs, workbooks, archives.
TEXTS = re.compile(r"text/(?!event-stream)|application/(?:json|xml|javascript)|[\w./-]+\+(?:json|xml)")
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.I)


class CompressionMiddleware:
    """Sits outside of all that writes pages and inside of WhiteNoise, whose files were compressed when built."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not is_worthwhile(response):
            return response
        # Whatever stands between must keep the two forms apart, also where this reader gets the plain one.
        patch_vary_headers(response, ["Accept-Encoding"])
        if _GZIP.search(request.headers.get("Accept-Encoding", "")) and not may_be_measured(request):
            response.content = packed(response.content)
            response["Content-Length"] = str(len(response.content))
            response["Content-Encoding"] = "gzip"
        return response


def is_worthwhile(response: HttpResponse) -> bool:
    """Whether this answer is a text that gets smaller; files and events are streams and never come here."""
    if response.has_header("Content-Encoding") or len(response.content) < SMALLEST:
        return False
    return TEXTS.match(response.get("Content-Type", "")) is not None


def may_be_measured(request: HttpRequest) -> bool:
    """Whether another site may have made a browser with a session ask this, to learn from the length of the answer.

    A browser says by Sec-Fetch-Site who began a request; without TLS, and where it is old, only by the Referer, which
    no other site can set to ours.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False  # Whoever has no session is shown what anybody is shown.
    began = request.headers.get("Sec-Fetch-Site")
    if began is not None:
        return began not in ("same-origin", "none")
    return urlsplit(request.headers.get("Referer", "")).netloc != request.get_host()


def packed(content: bytes) -> bytes:
    """The gzip form; up to 100 bytes of a name that nobody reads make its length different each time."""
    name = secrets.token_hex(MOST_PADDING // 2)[: secrets.randbelow(MOST_PADDING + 1)]
    whole = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=whole, mtime=0) as file:
        file.write(content)
    return whole.getvalue()
