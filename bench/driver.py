"""Clients that ask over HTTP as fast as they are answered, each on its own connection where the server keeps it."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.figures import percentile

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.I)
TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, the head as it came, and the body."""

    status: int
    head: bytes
    body: bytes


class Connection:
    """The least that speaks HTTP/1.1: a library would cost more processor time than some of the servers measured."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send one request and read its answer; a connection that the server closed is opened again."""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            *(f"{k}: {v}" for k, v in headers.items()),
        ]
        lines += [f"Content-Length: {len(body)}"] if method == "POST" else []
        request = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        if self._socket is not None:
            try:
                return self._exchange(request)
            except (ConnectionError, EOFError):
                self.close()
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._exchange(request)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, request: bytes) -> Answer:
        assert self._socket is not None
        self._socket.sendall(request)
        data = self._until(b"", lambda read: b"\r\n\r\n" in read)
        head, _, body = data.partition(b"\r\n\r\n")
        lowered = head.lower()
        if found := _LENGTH.search(head):
            body = self._until(body, lambda read: len(read) >= int(found[1]))
        elif b"chunked" in lowered:
            body = self._until(body, lambda read: read.endswith(b"0\r\n\r\n"))
        elif b"connection: close" in lowered:
            while more := self._socket.recv(65536):
                body += more
        if b"connection: close" in lowered:
            self.close()
        return Answer(int(head.split(b" ", 2)[1]), head, body)

    def _until(self, data: bytes, enough: Callable[[bytes], bool]) -> bytes:
        assert self._socket is not None
        while not enough(data):
            more = self._socket.recv(65536)
            if not more:
                raise EOFError("the server closed the connection")
            data += more
        return data


@dataclass(slots=True)
class Load:
    """What the clients saw: milliseconds of each request, sorted; the length of the window; what went wrong."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests answered a second."""
        return len(self.times) / self.seconds

    def at(self, share: float) -> float:
        """A percentile of the milliseconds."""
        return percentile(self.times, share)

    def add(self, other: Load) -> None:
        """Another turn of the same measurement."""
        self.times = sorted(self.times + other.times)
        self.seconds += other.seconds
        self.wrong += other.wrong


def drive(send: Callable[[Connection, int], int], *, port: int, clients: int, seconds: float, expects: int) -> Load:
    """Let the clients ask for so long. `send(connection, serial)` asks once and returns the status.

    Serials differ among all requests of all runs of this process. Whatever is not `expects` is counted as wrong.
    """
    load, lock = Load(), threading.Lock()
    barrier = threading.Barrier(clients + 1)

    def client() -> None:
        connection, times, wrong = Connection(port), [], []
        barrier.wait()
        deadline = time.perf_counter() + seconds
        while (began := time.perf_counter()) < deadline:
            try:
                status = send(connection, next_serial())
            except OSError as error:
                wrong.append(type(error).__name__)
                continue
            times.append((time.perf_counter() - began) * 1000)
            if status != expects:
                wrong.append(str(status))
        connection.close()
        with lock:
            load.times += times
            load.wrong += wrong

    threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - began
    load.times.sort()
    return load


_serial, _serials = [0], threading.Lock()


def next_serial() -> int:
    """A number that no other request has."""
    with _serials:
        _serial[0] += 1
        return _serial[0]


def address_of(serial: int) -> str:
    """An address out of a range for documents and tests: every request seems to come from another client."""
    return f"198.{18 + (serial >> 16) % 2}.{(serial >> 8) % 256}.{serial % 256}"
