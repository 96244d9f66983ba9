"""The bridge between event loop and page threads under slow, oversized, lying and vanishing clients."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from xirang.foundation.terminal import StartupError
from xirang.project.running.asgi_to_wsgi import Bridge, send_text, without_server_name
from xirang.project.running.proxies import settle_origin, trusted_networks
from xirang.project.running.request_bodies import MIB, Limits

Messages = list[dict[str, Any]]
FILES = (b"content-type", b"multipart/form-data; boundary=b")


def scope(method: str = "POST", headers: Iterable[tuple[bytes, bytes]] = (), **more: Any) -> dict[str, Any]:
    fixed = {
        "type": "http",
        "method": method,
        "path": "/办件/",
        "query_string": b"q=\xe4\xb8\xad",
        "http_version": "1.1",
    }
    return fixed | {"headers": list(headers), "client": ("203.0.113.9", 5), "server": ("127.0.0.1", 8000)} | more


def visit(bridge: Bridge, request: dict[str, Any], *parts: bytes, pause: float = 0, leaves: bool = False) -> Messages:
    """Send one request in parts, with a pause before each, and collect the answer."""
    sent: Messages = []

    async def run() -> None:
        waiting = list(parts) or [b""]

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(pause)
            if leaves and len(waiting) == 1:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        await bridge(request, receive, send)

    asyncio.run(run())
    return sent


def body(messages: Messages) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("201 Created", [("X-Path", environ["PATH_INFO"]), ("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(), environ["QUERY_STRING"].encode("latin1")]


def length(size: int) -> tuple[bytes, bytes]:
    return (b"content-length", str(size).encode())


def test_a_request_reaches_the_site_whole_and_its_answer_comes_back_whole() -> None:
    big = b"ab" * MIB
    bridge = Bridge(echo, 1)
    sent = visit(bridge, scope(headers=[length(2 * MIB)]), big[:10], big[10:])
    assert sent[0]["status"] == 201
    assert not bridge.bodies.received
    assert (b"x-path", "/办件/".encode()) in sent[0]["headers"]
    assert body(sent) == big + "q=中".encode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([length(11)], 413),
        ([length(10**30)], 413),
        ([length(21), FILES], 413),
        ([(b"transfer-encoding", b"chunked")], 411),
        ([(b"content-length", b"-1")], 400),
        ([(b"content-length", b"1e3")], 400),
    ],
)
def test_a_body_too_long_or_of_unknown_length_is_refused_before_it_is_read(
    headers: list[tuple[bytes, bytes]], status: int
) -> None:
    def never(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise AssertionError("the site must not be asked")

    limits = Limits(body_bytes=20, plain_body_bytes=10)
    sent = visit(Bridge(never, 1, limits), scope(headers=headers), b"x" * 11)
    assert sent[0]["status"] == status
    assert body(sent).decode().strip().endswith("。")


def test_a_client_that_sends_more_than_it_announced_is_refused() -> None:
    assert visit(Bridge(echo, 1), scope(headers=[length(3)]), b"abc", b"d")[0]["status"] == 400


def test_a_client_that_leaves_halfway_gets_no_answer_and_no_page_is_run() -> None:
    bridge = Bridge(echo, 1)
    assert visit(bridge, scope(headers=[length(6)]), b"abc", b"def", leaves=True) == []
    assert not bridge.bodies.received


@pytest.mark.parametrize("limits", [Limits(patience_seconds=0.1), Limits(silence_seconds=0.05)])
def test_a_body_slower_than_the_slowest_rate_or_silent_is_given_up_without_holding_a_thread(limits: Limits) -> None:
    bridge = Bridge(echo, 1, limits)
    sent = visit(bridge, scope(headers=[length(3)]), b"a", b"b", b"c", pause=0.06)
    assert sent[0]["status"] == 408
    assert not bridge.bodies.received
    assert not bridge.bodies.slow
    assert visit(bridge, scope(headers=[length(1)]), b"a")[0]["status"] == 201


def test_a_long_body_on_a_slow_line_arrives_as_long_as_it_keeps_to_the_slowest_rate() -> None:
    limits = Limits(patience_seconds=0.1, slowest_bytes_per_second=100, prompt_seconds=0.01)
    bridge = Bridge(echo, 1, limits)
    sent = visit(bridge, scope(headers=[length(100)]), *[b"x" * 20] * 5, pause=0.05)
    assert sent[0]["status"] == 201
    assert not bridge.bodies.received
    assert not bridge.bodies.slow


def test_only_what_carries_files_may_be_large() -> None:
    bridge = Bridge(echo, 1, Limits(body_bytes=20, plain_body_bytes=10))
    assert visit(bridge, scope(headers=[length(20), FILES]), b"x" * 20)[0]["status"] == 201
    assert visit(bridge, scope(headers=[length(10)]), b"x" * 10)[0]["status"] == 201


def test_the_room_of_one_address_and_that_of_all_is_counted_in_bytes_that_came() -> None:
    bridge = Bridge(echo, 1, Limits(bodies_bytes=20, source_bytes=10))
    bridge.bodies.received["198.51.100.1"] = 9
    assert visit(bridge, scope(headers=[length(10)]), b"x" * 10)[0]["status"] == 201
    assert visit(bridge, scope(headers=[length(11)]), b"x" * 11)[0]["status"] == 503, "beyond the room of one"
    bridge.bodies.received["198.51.100.2"] = 9
    assert visit(bridge, scope(headers=[length(3)]), b"x" * 3)[0]["status"] == 503, "beyond the room of all"
    assert visit(bridge, scope(headers=[length(2)]), b"x" * 2)[0]["status"] == 201


def test_a_body_for_another_site_is_refused_before_it_is_read() -> None:
    bridge = Bridge(echo, 1, is_host=lambda host: host == "xirang.test")
    request = scope(headers=[length(9), (b"host", b"a")])
    sent = visit(bridge, request, b"never sent", pause=60)
    assert sent[0]["status"] == 400
    assert visit(bridge, scope(headers=[length(1), (b"host", b"xirang.test")]), b"a")[0]["status"] == 201


def test_a_page_that_takes_too_long_is_answered_for_and_the_next_one_still_works() -> None:
    go_on = threading.Event()

    def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        go_on.wait(5)
        return echo(environ, start_response)

    bridge = Bridge(slow, 2, Limits(page_seconds=0.1))
    assert visit(bridge, scope(headers=[length(1)]), b"a")[0]["status"] == 503
    go_on.set()
    assert visit(bridge, scope(headers=[length(1)]), b"a")[0]["status"] == 201


def test_too_many_in_line_are_asked_to_come_back() -> None:
    sent = visit(Bridge(echo, 1, Limits(waiting=0)), scope(headers=[length(1)]), b"a")
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"5") in sent[0]["headers"]


def test_two_cookie_headers_become_one_and_underscores_cannot_pose_as_another_header() -> None:
    seen: dict[str, Any] = {}

    def look(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.update(environ)
        return echo(environ, start_response)

    headers = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x_forwarded_proto", b"https"), (b"x-real", b"1")]
    visit(Bridge(look, 1), scope("GET", headers))
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["HTTP_X_REAL"] == "1"
    assert "HTTP_X_FORWARDED_PROTO" not in seen


def test_forwarding_headers_of_a_stranger_do_not_count() -> None:
    forged = [(b"x-forwarded-for", b"10.0.0.1"), (b"x-forwarded-proto", b"https"), (b"forwarded", b"for=1.1.1.1")]
    settled = settle_origin(scope(headers=[*forged, (b"host", b"x")]), trusted_networks({}))
    assert settled["client"][0] == "203.0.113.9"
    assert settled["headers"] == [(b"host", b"x")]


@pytest.mark.parametrize(
    ("told", "client"),
    [
        (b"198.51.100.7", "198.51.100.7"),
        (b"6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (b"198.51.100.7, 10.1.2.3", "198.51.100.7"),
        (b"nonsense", "10.0.0.5"),
        (b"", "10.0.0.5"),
    ],
)
def test_a_named_proxy_tells_the_client_and_what_the_client_claims_before_does_not_count(
    told: bytes, client: str
) -> None:
    trusted = trusted_networks({"XIRANG_PROXIES": "10.0.0.0/8"})
    request = scope(headers=[(b"x-forwarded-for", told)], client=("10.0.0.5", 5))
    assert settle_origin(request, trusted)["client"][0] == client


def test_the_server_s_own_name_is_not_told() -> None:
    sent: Messages = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def run() -> None:
        await send_text(without_server_name(send), 200, "ok")

    asyncio.run(run())
    assert [value for name, value in sent[0]["headers"] if name == b"server"] == [b"web"]
    assert body(sent) == b"ok\n"


def test_proxies_that_are_no_addresses_are_refused() -> None:
    with pytest.raises(StartupError, match="XIRANG_PROXIES"):
        trusted_networks({"XIRANG_PROXIES": "nginx"})
