"""A site of one line behind the real bridge, which test_idle_clients lets granian serve on a real port."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from xirang.project.running.asgi_to_wsgi import Bridge, Receive, Scope, Send
from xirang.project.running.proxies import settle_origin, trusted_networks
from xirang.project.running.request_bodies import MIB, Limits


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with what was sent."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


# Room for one body of the usual size: whoever counted announcements would be full at the first idle client.
LIMITS = Limits(bodies_bytes=64 * MIB, slow_of_source=20, prompt_seconds=0.2, silence_seconds=1.5)
bridge = Bridge(echo, 2, LIMITS, is_host=lambda host: host.startswith("127.0.0.1"))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application; a client's address is told by X-Forwarded-For, as a proxy on this machine would."""
    if scope["type"] == "http":
        await bridge(settle_origin(scope, trusted_networks({})), receive, send)
