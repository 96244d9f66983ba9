"""Reads the bodies of requests so that nobody who is slow, silent or greedy keeps others from being heard.

What counts is what was received, never what was announced: an announcement costs a client nothing. Each client's
address has limits of its own, so that one address can use up its own share and not everybody's.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import IO, Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Header = tuple[bytes, bytes]

MIB = 1024 * 1024
IN_MEMORY = MIB  # Above this a body lies in a temporary file.
CLOSE: Header = (b"connection", b"close")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker process accepts before it refuses politely."""

    body_bytes: int = 64 * MIB  # One request with files, which is sent as multipart.
    plain_body_bytes: int = 2 * MIB  # Any other request; the site itself reads no more of a form without files.
    bodies_bytes: int = 512 * MIB  # All bodies received and not yet worked off.
    source_bytes: int = 192 * MIB  # Of these, bodies from one address.
    slow_of_source: int = 32  # Bodies from one address that stay incomplete for longer than `prompt_seconds`.
    prompt_seconds: float = 1
    silence_seconds: float = 10  # Between two pieces of a body.
    patience_seconds: float = 10  # On top of the time that the received bytes need at the slowest rate.
    slowest_bytes_per_second: int = 16 * 1024
    waiting: int = 200  # Requests that may stand in line for a thread.
    page_seconds: float = 120


class RefusedError(Exception):
    """The request is not handed to the site; carries the plain answer instead."""

    def __init__(self, status: int, sentence: str, *headers: Header) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers


class Body:
    """A body being received, and its share of the limits until it is closed."""

    def __init__(self, bodies: Bodies, length: int, source: str) -> None:
        self.bodies, self.length, self.source = bodies, length, source
        self.content: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)
        self.received = 0
        self.slow = False

    def add(self, piece: bytes) -> None:
        """Keep a piece; RefusedError when it is more than was announced, or more than there is room for."""
        limits, received = self.bodies.limits, self.bodies.received
        if self.received + len(piece) > self.length:
            raise RefusedError(400, "内容比所注明的长。", CLOSE)
        if received.total() + len(piece) > limits.bodies_bytes:
            raise RefusedError(503, "现在办事的人多，请稍候再试。", (b"retry-after", b"5"), CLOSE)
        if received[self.source] + len(piece) > limits.source_bytes:
            raise RefusedError(503, "从您所在的网络同时提交的内容太多，请稍候再试。", (b"retry-after", b"5"), CLOSE)
        self.received += len(piece)
        received[self.source] += len(piece)
        self.content.write(piece)

    def count_as_slow(self) -> None:
        """The body did not come at once; RefusedError when too many of this address are in the same state."""
        self.slow = True
        self.bodies.slow[self.source] += 1
        if self.bodies.slow[self.source] > self.bodies.limits.slow_of_source:
            raise RefusedError(503, "从您所在的网络同时提交的内容太多，请稍候再试。", (b"retry-after", b"5"), CLOSE)

    def came_whole(self) -> None:
        """Nothing more will come: the body is not slow any longer, but it still takes room."""
        if self.slow:
            self.slow = False
            _take_off(self.bodies.slow, self.source, 1)
        self.content.seek(0)

    def give_back(self) -> None:
        """Return the room that the body took; its content is closed by whoever has it."""
        _take_off(self.bodies.received, self.source, self.received)
        self.received = 0
        if self.slow:
            self.slow = False
            _take_off(self.bodies.slow, self.source, 1)


class Bodies:
    """All bodies that one worker process has in hand."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.received: Counter[str] = Counter()  # Bytes, by the client's address.
        self.slow: Counter[str] = Counter()  # Incomplete bodies, by the client's address.

    def announced(self, headers: dict[bytes, bytes]) -> int:
        """The body's length; RefusedError for what is too long, or of unknown length, before a byte of it is read."""
        if b"transfer-encoding" in headers:
            raise RefusedError(411, "请求须注明长度（Content-Length）。", CLOSE)
        text = headers.get(b"content-length", b"0")
        if not text.isdigit():
            raise RefusedError(400, "Content-Length 不是数字。", CLOSE)
        with_files = headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data")
        most = self.limits.body_bytes if with_files else self.limits.plain_body_bytes
        if int(text) > most:
            raise RefusedError(413, f"内容太大，一次最多 {most // MIB} MB。请分几次提交。", CLOSE)
        return int(text)

    async def read(self, receive: Receive, length: int, source: str) -> Body:
        """The whole body; the caller gives it back.

        RefusedError for a body that is silent, too slow, longer than announced or too much. ConnectionResetError when
        the client left before it had said everything.
        """
        body = Body(self, length, source)
        try:
            await self._receive_all(receive, body)
        except BaseException:
            body.give_back()
            body.content.close()
            raise
        return body

    async def _receive_all(self, receive: Receive, body: Body) -> None:
        began = asyncio.get_running_loop().time()
        more = True
        while more:
            message = await self._next_message(receive, body, began)
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            body.add(message.get("body", b""))
            more = message.get("more_body", False)
        body.came_whole()

    async def _next_message(self, receive: Receive, body: Body, began: float) -> MutableMapping[str, Any]:
        """The next piece, waited for as long as silence and the slowest rate allow."""
        loop, limits = asyncio.get_running_loop(), self.limits
        ends = began + limits.patience_seconds + body.received / limits.slowest_bytes_per_second
        ends = min(ends, loop.time() + limits.silence_seconds)
        task = asyncio.ensure_future(_awaited(receive))
        try:
            if not body.slow:
                await asyncio.wait({task}, timeout=max(0, min(ends, began + limits.prompt_seconds) - loop.time()))
                if not task.done():
                    body.count_as_slow()
            await asyncio.wait({task}, timeout=max(0, ends - loop.time()))
            if not task.done():
                raise RefusedError(408, "网络太慢，没有收完。请重试。", CLOSE)
            return task.result()
        finally:
            task.cancel()


async def _awaited(receive: Receive) -> MutableMapping[str, Any]:
    """A coroutine around `receive`: the server's own awaitable may be of a kind that cannot become a task."""
    return await receive()


def _take_off(counter: Counter[str], source: str, amount: int) -> None:
    """Lower a count, and forget an address without any: addresses are many, and most come once."""
    counter[source] -= amount
    if counter[source] <= 0:
        del counter[source]
