"""Clients that announce a body and send nothing keep nobody else from being heard: real sockets, the real server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from xirang.project.keeping.folders import SOURCE
from xirang.project.tests.test_doctor import free_port

IDLE = 40
ANNOUNCED = (
    "POST /x HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    "Content-Length: 67108864\r\nX-Forwarded-For: {source}\r\n\r\n"
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A port at which one worker of granian serves the site of one line."""
    number = free_port()
    argv = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", number]
    argv += ["--log-level", "error", "xirang.project.tests.echo_site:app"]
    env = os.environ | {"PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 20
            while not answers(int(number)):
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield int(number)
        finally:
            server.terminate()


def answers(port: int) -> bool:
    try:
        return post(port, "192.0.2.1") == 200
    except OSError:
        return False


def post(port: int, source: str) -> int:
    """Send a small body from an address; the status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/x", b"word", {"X-Forwarded-For": source})
        answer = connection.getresponse()
        assert answer.status != 200 or answer.read() == b"word"
        return answer.status
    finally:
        connection.close()


def announce(port: int, source: str, host: str = "127.0.0.1") -> socket.socket:
    """Announce 64 MiB and say nothing more."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(ANNOUNCED.format(host=host, source=source).encode())
    return client


def status_of(client: socket.socket) -> int:
    """The status that an idle client gets in the end."""
    with client:
        return int(client.recv(200).split()[1])


def test_posts_are_answered_beside_idle_clients_who_are_sent_away_soon(port: int) -> None:
    idle = [announce(port, "203.0.113.7") for _ in range(IDLE)]
    began = time.monotonic()
    assert [post(port, f"198.51.100.{number}") for number in range(20)] == [200] * 20
    assert post(port, "203.0.113.7") == 200, "the neighbours of an idle client are heard too"
    time.sleep(max(0.0, began + 0.5 - time.monotonic()))
    assert [post(port, f"198.51.100.{number}") for number in range(20)] == [200] * 20
    found = [status_of(client) for client in idle]
    assert time.monotonic() - began < 5
    assert sorted(found) == [408] * 20 + [503] * 20, "twenty may be slow at once, and none for longer than silence"


def test_a_body_for_another_site_is_refused_at_once(port: int) -> None:
    began = time.monotonic()
    assert status_of(announce(port, "203.0.113.8", host="a")) == 400
    assert time.monotonic() - began < 1
