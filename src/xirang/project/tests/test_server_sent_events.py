"""Live events: told at once, to everybody who was admitted, without content, and again after the database restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from xirang.project.keeping.postgres import EmbeddedPostgres
from xirang.project.running.server_sent_events import CHANNEL, Hub, is_signed_in


class Visitor:
    """A page that listens, as the server sees it."""

    def __init__(self, hub: Hub, method: str = "GET") -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.leaving = asyncio.Event()
        scope = {"type": "http", "method": method, "path": "/live/changes", "headers": []}
        self.task = asyncio.create_task(hub(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.sent.put(dict(message))

    async def status(self) -> int:
        return (await asyncio.wait_for(self.sent.get(), 10))["status"]

    async def hears(self, words: str) -> None:
        """Wait until these words arrive; whatever else comes before is passed over."""
        async with asyncio.timeout(10):
            while words not in (await self.sent.get())["body"].decode():
                pass

    async def leave(self) -> None:
        self.leaving.set()
        await asyncio.wait_for(self.task, 10)


async def admit(scope: Any) -> bool:
    return True


async def refuse(scope: Any) -> bool:
    return False


def notify(url: str, payload: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_notify(%s, %s)", [CHANNEL, payload])


def with_hub(url: str, story: Callable[[Hub], Awaitable[None]], door: Any = admit) -> None:
    async def run() -> None:
        hub = Hub(url, door)
        try:
            await story(hub)
        finally:
            await hub.close()

    asyncio.run(run())


def test_every_open_page_is_told_and_a_page_that_leaves_frees_its_seat(postgres: EmbeddedPostgres) -> None:
    url = postgres.url("postgres")

    async def story(hub: Hub) -> None:
        first, second = Visitor(hub), Visitor(hub)
        for visitor in (first, second):
            assert await visitor.status() == 200
            await visitor.hears("data: reconnected")
        await asyncio.to_thread(notify, url, "cases")
        for visitor in (first, second):
            await visitor.hears("event: beat\ndata: cases\n\n")
        await first.leave()
        assert len(hub.seats) == 1
        await second.leave()
        assert hub.seats == set()

    with_hub(url, story)


def test_what_is_not_one_plain_word_is_not_passed_on(postgres: EmbeddedPostgres) -> None:
    url = postgres.url("postgres")

    async def story(hub: Hub) -> None:
        visitor = Visitor(hub)
        assert await visitor.status() == 200
        await visitor.hears("reconnected")
        await asyncio.to_thread(notify, url, "x\n\nevent: forged\ndata: 张三")
        await visitor.hears("event: beat\ndata: changed\n\n")
        await visitor.leave()

    with_hub(url, story)


def test_pages_stay_open_while_the_database_restarts_and_are_told_to_look_again(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", throwaway=True) as server:

        async def story(hub: Hub) -> None:
            visitor = Visitor(hub)
            assert await visitor.status() == 200
            await visitor.hears("reconnected")
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.revive)
            await visitor.hears("reconnected")
            await asyncio.to_thread(notify, server.url(), "cases")
            await visitor.hears("data: cases")
            await visitor.leave()

        with_hub(server.url(), story)


@pytest.mark.parametrize(("method", "door", "status"), [("GET", refuse, 403), ("POST", admit, 405)])
def test_strangers_and_other_methods_get_no_seat(method: str, door: Any, status: int) -> None:
    async def story(hub: Hub) -> None:
        visitor = Visitor(hub, method)
        assert await visitor.status() == status
        assert hub.seats == set()

    with_hub("postgresql://nobody@/nothing?host=/nonexistent", story, door)


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", [b"", b"xirang_session=", b"xirang_session=forged", b"\xff;=;;", b"a" * 5000])
def test_no_session_and_a_forged_one_are_not_signed_in(cookie: bytes) -> None:
    assert is_signed_in({"headers": [(b"cookie", cookie)] if cookie else []}) is False
