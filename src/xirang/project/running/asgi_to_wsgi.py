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

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MIB = 1024 * 1024
IN_MEMORY = MIB  # Above this a body lies in a temporary file.
CHUNK = 256 * 1024
SLOWEST_BYTES_PER_SECOND = 16 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker process accepts before it refuses politely."""

    body_bytes: int = 64 * MIB  # One request.
    bodies_bytes: int = 512 * MIB  # All requests being read or worked on together.
    waiting: int = 200  # Requests that may stand in line for a thread.
    patience_seconds: float = 20  # For a body, on top of the time its length needs on a slow line.
    page_seconds: float = 120


@dataclass(slots=True)
class Answer:
    """What the site answered, complete."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(IN_MEMORY))


class RefusedError(Exception):
    """The request is not handed to the site; carries the plain answer instead."""

    def __init__(self, status: int, sentence: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers


class Bridge:
    """An ASGI application around a WSGI site."""

    def __init__(self, site: Callable[..., Iterable[bytes]], threads: int, limits: Limits | None = None) -> None:
        self.site = site
        self.limits = limits or Limits()
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._bytes = 0
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every refusal is a short text with its reason."""
        length = 0
        try:
            length = self._announced(scope)
            self._bytes += length
            answer = await self._work(scope, await self._read(receive, length))
        except RefusedError as refused:
            await send_text(send, refused.status, refused.sentence, *refused.headers)
            return
        except ConnectionResetError:  # The client left before it had said everything.
            return
        finally:
            self._bytes -= length
        with answer.body as content:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            content.seek(0)
            while chunk := content.read(CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    def _announced(self, scope: Scope) -> int:
        """The body's length; refuses what is too long, or of unknown length, before a byte of it is read."""
        headers = dict(scope["headers"])
        if b"transfer-encoding" in headers:
            raise RefusedError(411, "请求须注明长度（Content-Length）。", (b"connection", b"close"))
        text = headers.get(b"content-length", b"0")
        if not text.isdigit():
            raise RefusedError(400, "Content-Length 不是数字。", (b"connection", b"close"))
        length = int(text)
        if length > self.limits.body_bytes:
            megabytes = self.limits.body_bytes // MIB
            raise RefusedError(413, f"内容太大，一次最多 {megabytes} MB。请分几次提交。", (b"connection", b"close"))
        if self._bytes + length > self.limits.bodies_bytes or self._waiting >= self.limits.waiting:
            raise RefusedError(503, "现在办事的人多，请稍候再试。", (b"retry-after", b"5"))
        return length

    async def _read(self, receive: Receive, length: int) -> IO[bytes]:
        body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)
        patience = self.limits.patience_seconds + length / SLOWEST_BYTES_PER_SECOND
        try:
            async with asyncio.timeout(patience):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ConnectionResetError
                    body.write(message.get("body", b""))
                    if body.tell() > length:
                        raise RefusedError(400, "内容比所注明的长。", (b"connection", b"close"))
                    if not message.get("more_body", False):
                        break
        except TimeoutError as error:
            body.close()
            raise RefusedError(408, "网络太慢，没有收完。请重试。", (b"connection", b"close")) from error
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body

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
