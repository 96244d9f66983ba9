"""The one port: /healthz and /live/… are answered on the event loop, every page by the site in its threads."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import suppress

import psycopg
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.module_loading import import_string

from xirang.project.keeping.database import conninfo
from xirang.project.running.asgi_to_wsgi import Bridge, Scope, Send, send_text, without_server_name
from xirang.project.running.proxies import settle_origin, trusted_networks
from xirang.project.running.request_bodies import Receive
from xirang.project.running.server_sent_events import Hub, is_signed_in
from xirang.project.running.warming import FIRST_PAGES, visit
from xirang.project.running.wsgi import application as site

HEALTH_SECONDS = 3
HEALTH_KEPT_SECONDS = 1


class Health:
    """Whether the database answers; asked at most once a second, however often somebody knocks."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.lock = asyncio.Lock()
        self.asked = -HEALTH_KEPT_SECONDS - 1.0
        self.well = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 or 503, public, without any detail."""
        async with self.lock:
            if time.monotonic() - self.asked > HEALTH_KEPT_SECONDS:
                self.well = await self._ping()
                self.asked = time.monotonic()
        if self.well:
            await send_text(send, 200, "ok")
        else:
            await send_text(send, 503, "数据库没有应答。", (b"retry-after", b"5"))

    async def _ping(self) -> bool:
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                async with await psycopg.AsyncConnection.connect(self.address, autocommit=True) as connection:
                    await connection.execute("select 1")
                return True
        except (psycopg.Error, TimeoutError):
            return False


def is_our_host(host: str) -> bool:
    """Whether a Host header names this site, by the same list that the site itself uses."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


class Front:
    """The ASGI application that granian runs in each worker process."""

    def __init__(self) -> None:
        address = conninfo(settings.DATABASES["default"])
        self.trusted = trusted_networks()
        self.threads = int(os.environ.get("XIRANG_THREADS", "2"))
        self.pages = Bridge(site, threads=self.threads, is_host=is_our_host)
        self.live = Hub(address, self._admit)
        self.health = Health(address)
        # Whoever wants other rules at the door names a function from the request's scope to bool.
        named = getattr(settings, "LIVE_ADMIT", "")
        self.is_admitted = import_string(named) if named else is_signed_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in the server's start and stop."""
        if scope["type"] == "http":
            send = without_server_name(send)
        if scope["type"] == "lifespan":
            await self._live_and_end(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"] == "/healthz":
            await self.health(scope, receive, send)
        else:
            scope = settle_origin(scope, self.trusted)
            await (self.live if scope["path"].startswith("/live/") else self.pages)(scope, receive, send)

    async def _admit(self, scope: Scope) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self.pages.threads, self.is_admitted, scope)

    async def _open_connections(self) -> None:
        """Let each page thread show the first page to nobody, so that no visitor waits for its connection."""
        together = threading.Barrier(self.threads)  # Otherwise a quick thread would take the turn of another.

        def show() -> None:
            with suppress(threading.BrokenBarrierError):
                together.wait(HEALTH_SECONDS)
            visit(site, FIRST_PAGES[0])

        loop = asyncio.get_running_loop()
        shown = [loop.run_in_executor(self.pages.threads, show) for _ in range(self.threads)]
        await asyncio.gather(*shown, return_exceptions=True)  # A fault of the page is the visitor's to see, not ours.

    async def _live_and_end(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "lifespan.shutdown":
            await self._open_connections()
            await send({"type": "lifespan.startup.complete"})
        await self.live.close()
        self.pages.threads.shutdown(wait=True, cancel_futures=True)
        await send({"type": "lifespan.shutdown.complete"})


app = Front()
