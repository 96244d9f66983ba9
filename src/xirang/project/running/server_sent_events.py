"""Server-sent events: tells open pages that something has changed, never what; they ask again with their own rights."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module

import psycopg

from xirang.project.running.asgi_to_wsgi import Scope, Send, send_text
from xirang.project.running.request_bodies import Receive

CHANNEL = "xirang_live"
SEATS = 1000  # Open pages per worker process.
HEARTBEAT_SECONDS = 15
STAY_SECONDS = 600  # Then the page connects anew, and the session is checked anew.
RECONNECT_SECONDS = 1

Seat = asyncio.Queue[str]
Admit = Callable[[Scope], Awaitable[bool]]


class Hub:
    """One LISTEN connection per process, fanned out to every open page; a slow page drops beats and blocks nobody."""

    def __init__(self, conninfo: str, admit: Admit) -> None:
        self.conninfo = conninfo
        self.admit = admit
        self.seats: set[Seat] = set()
        self._pump: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one page until it leaves; the session is checked once, at the door."""
        if scope["method"] != "GET":
            await send_text(send, 405, "只接受 GET。", (b"allow", b"GET"))
        elif not await self.admit(scope):
            await send_text(send, 403, "请先登录。")
        elif len(self.seats) >= SEATS:
            await send_text(send, 503, "现在打开的页面太多，请稍候再试。", (b"retry-after", b"30"))
        else:
            await self._seat(receive, send)

    async def close(self) -> None:
        """Stop listening."""
        if self._pump:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)

    async def _seat(self, receive: Receive, send: Send) -> None:
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._listen())
        seat: Seat = asyncio.Queue(1)  # One waiting beat says all: look again.
        self.seats.add(seat)
        gone = asyncio.create_task(_departure(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
            await _write(send, "retry: 3000\n\n")
            async with asyncio.timeout(STAY_SECONDS):
                while not gone.done():
                    await _write(send, await _next_words(seat, gone))
        except TimeoutError:
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self.seats.discard(seat)

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.conninfo, autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._tell("reconnected")  # Something may have happened while nobody listened.
                    async for notice in connection.notifies():
                        self._tell(notice.payload)
            except psycopg.Error:
                await asyncio.sleep(RECONNECT_SECONDS)  # The database restarts; the pages stay open meanwhile.

    def _tell(self, payload: str) -> None:
        word = payload if payload.isidentifier() else "changed"
        for seat in self.seats:
            if not seat.full():
                seat.put_nowait(word)


STREAM_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # A proxy in between must pass each beat on at once.
    (b"x-content-type-options", b"nosniff"),
]


async def _next_words(seat: Seat, gone: asyncio.Task[None]) -> str:
    beat = asyncio.create_task(seat.get())
    try:
        await asyncio.wait({beat, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return f"event: beat\ndata: {beat.result()}\n\n" if beat.done() else ": still here\n\n"
    finally:
        beat.cancel()


async def _write(send: Send, words: str) -> None:
    await send({"type": "http.response.body", "body": words.encode(), "more_body": True})


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def is_signed_in(scope: Scope) -> bool:
    """Whether the request's session belongs to an account that may be signed in; runs in a page thread."""
    from django.conf import settings
    from django.contrib.auth import get_user
    from django.db import close_old_connections
    from django.http import HttpRequest, parse_cookie

    cookies = "; ".join(value.decode("latin1") for name, value in scope["headers"] if name == b"cookie")
    request = HttpRequest()
    request.COOKIES = parse_cookie(cookies)
    close_old_connections()
    try:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        account = get_user(request)
        return bool(account.is_authenticated and account.may_sign_in)
    finally:
        close_old_connections()
