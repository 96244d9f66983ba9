"""Reads before the first visitor comes what each process reads once: addresses, sentences, pages, a connection."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from xirang.project.running.asgi_to_wsgi import environ

Site = Callable[..., Iterable[bytes]]
FIRST_PAGES = ("/", "/sign-in/")


def warm_site() -> None:
    """In the process that the page processes are forked from: they begin with all of it and share its memory.

    Needs no database: where none answers, the pages are left to the first visitors. Ends without a connection, for a
    fork must not share one.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.urls import get_resolver

    from xirang.project.running.wsgi import application

    import_module("xirang.project.running.asgi")  # The pages' neighbours on the same port.
    _ = get_resolver().reverse_dict
    import_module("xirang.ui.jinja").warm()  # By name: whoever only starts processes imports no floor of the house.
    for language, _title in settings.LANGUAGES:
        for path in FIRST_PAGES:
            visit(application, path, language)
    connections.close_all()
    gc.freeze()


def visit(site: Site, path: str, language: str = "zh-CN") -> int:
    """Ask the site for a page as a stranger would; its status, or 0 where no database answers. Nothing is kept."""
    from django.conf import settings
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError:
        return 0
    answered: list[int] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., Any]:
        answered.append(int(status.split(" ", 1)[0]))
        return lambda part: None

    chunks = site(environ(_request(path, language, settings.ALLOWED_HOSTS), io.BytesIO()), start_response)
    try:
        for _chunk in chunks:
            pass
    finally:
        if close := getattr(chunks, "close", None):
            close()
    return answered[0] if answered else 0


def _request(path: str, language: str, hosts: list[str]) -> dict[str, Any]:
    """An ASGI scope by which the site takes the request for one of its own."""
    named = [host.removeprefix(".") for host in hosts if host != "*"]
    headers = [(b"host", (named or ["localhost"])[0].encode("latin1")), (b"accept-language", language.encode("latin1"))]
    return {
        "method": "GET",
        "path": path,
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "headers": headers,
    }
