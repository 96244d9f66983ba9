"""Hands pages from the event loop to the WSGI site in a few persistent threads.

A page thread never waits for a client: the request is read completely before the thread gets it, and the answer is
written out after the thread has left. Otherwise a handful of slow or hostile connections would hold all threads.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

from xirang.foundation.sources import network_of
from xirang.project.running.request_bodies import (
    CLOSE,
    IN_MEMORY,
    Bodies,
    Body,
    Limits,
    Receive,
    RefusedError,
)

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HostTest = Callable[[str], bool]

CHUNK = 256 * 1024


@dataclass(slots=True)
class Answer:
    """What the site answered, complete."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(IN_MEMORY))


class Bridge:
    """An ASGI application around a WSGI site; `is_host` says which names in the Host header are ours."""

    def __init__(
        self,
        site: Callable[..., Iterable[bytes]],
        threads: int,
        limits: Limits | None = None,
        is_host: HostTest = lambda host: True,
    ) -> None:
        self.site = site
        self.limits = limits or Limits()
        self.is_host = is_host
        self.bodies = Bodies(self.limits)
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every refusal is a short text with its reason."""
        body: Body | None = None
        try:
            length = self._admit(scope)
            body = await self.bodies.read(receive, length, network_of((scope.get("client") or ("", 0))[0]))
            answer = await self._work(scope, body.content)
        except RefusedError as refused:
            await send_text(send, refused.status, refused.sentence, *refused.headers)
            return
        except ConnectionResetError:  # The client left before it had said everything.
            return
        finally:
            if body is not None:
                body.give_back()
        with answer.body as content:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            content.seek(0)
            while chunk := content.read(CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    def _admit(self, scope: Scope) -> int:
        """The body's announced length; refuses what no page would take before a byte of it is read."""
        headers = dict(scope["headers"])
        length = self.bodies.announced(headers)
        # A request without a body is left to the site, which refuses a strange name in its own words.
        if length and b"host" in headers and not self.is_host(headers[b"host"].decode("latin1")):
            raise RefusedError(400, "没有这个网站名称，请核对网址。", CLOSE)
        if self._waiting >= self.limits.waiting:
            raise RefusedError(503, "现在办事的人多，请稍候再试。", (b"retry-after", b"5"))
        return length

    async def _work(self, scope: Scope, body: IO[bytes]) -> Answer:
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            future = loop.run_in_executor(self.threads, self._visit, scope, body)
            # A thread cannot be stopped; shielded, it at least ends in order and closes the body itself.
            async with asyncio.timeout(self.limits.page_seconds):
                return await asyncio.shield(future)
        except TimeoutError as error:
            raise RefusedError(503, "处理超时，请稍候再试。", (b"retry-after", b"30")) from error
        finally:
            self._waiting -= 1

    def _visit(self, scope: Scope, body: IO[bytes]) -> Answer:
        """Runs in a page thread: one whole request through the site."""
        answer = Answer()

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., Any]:
            answer.status = int(status.split(" ", 1)[0])
            answer.headers = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
            return answer.body.write

        with body:
            chunks = self.site(environ(scope, body), start_response)
            try:
                for chunk in chunks:
                    answer.body.write(chunk)
            finally:
                if close := getattr(chunks, "close", None):
                    close()
        return answer


def environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """The WSGI environment of a request.

    A header with an underscore is dropped: `X_Forwarded_For` would become the same variable as the real one.
    """
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    found: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        name = raw.decode("latin1").upper()
        if "_" in name:
            continue
        key = name.replace("-", "_")
        key = key if key in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","  # HTTP/2 may send each cookie in a header of its own.
        text = value.decode("latin1")
        found[key] = f"{found[key]}{joint}{text}" if key in found else text
    return found


def without_server_name(send: Send) -> Send:
    """A `send` that puts a plain word where the server would write its own name and invite a search for its faults."""

    async def plainly(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"server", b"web")]}
        await send(message)

    return plainly


async def send_text(send: Send, status: int, sentence: str, *headers: tuple[bytes, bytes]) -> None:
    """Answer with one plain sentence, uncached."""
    body = sentence.encode() + b"\n"
    fixed = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *headers]})
    await send({"type": "http.response.body", "body": body})
