"""The virus check: none, said honestly, or clamd over its own protocol."""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from xirang.foundation.files.errors import InfectedFileError, ScannerUnavailableError

NOT_SCANNED = "not_scanned"
CLEAN = "clean"
_CHUNK = 64 * 1024
_LONGEST_REPLY = 4096


class Scanner(Protocol):
    """Looks through a file before it is kept."""

    def scan(self, source: BinaryIO) -> str:
        """Return the state to keep ("clean", "not_scanned"); InfectedFileError or ScannerUnavailableError."""
        ...


class NoScanner:
    """Stands where no scanner is configured; files then say that nobody has looked."""

    def scan(self, source: BinaryIO) -> str:
        return NOT_SCANNED


@dataclass(frozen=True)
class ClamdScanner:
    """Asks a clamd at a Unix socket (`/run/clamav/clamd.ctl`) or `host:port` by its INSTREAM command.

    `timeout` in seconds holds for every single step of the conversation.
    """

    address: str
    timeout: float = 30.0

    def _connect(self) -> socket.socket:
        if self.address.startswith("/"):
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(self.timeout)
            try:
                link.connect(self.address)
            except OSError:
                link.close()
                raise
            return link
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=self.timeout)

    def _send(self, link: socket.socket, source: BinaryIO) -> None:
        """Send the file in pieces, each with its length in front; a length of zero ends it."""
        link.sendall(b"zINSTREAM\x00")
        source.seek(0)
        while piece := source.read(_CHUNK):
            link.sendall(struct.pack(">I", len(piece)) + piece)
        link.sendall(struct.pack(">I", 0))

    def _ask(self, source: BinaryIO) -> str:
        with self._connect() as link:
            # The daemon hangs up on files beyond its own limit, after saying so: its answer is read below.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._send(link, source)
            reply = b""
            while b"\x00" not in reply and len(reply) < _LONGEST_REPLY:
                piece = link.recv(_LONGEST_REPLY)
                if not piece:
                    break
                reply += piece
        return reply.partition(b"\x00")[0].decode("utf-8", "replace").strip()

    def scan(self, source: BinaryIO) -> str:
        """Return "clean"; InfectedFileError with the signature, ScannerUnavailableError for any other answer."""
        try:
            reply = self._ask(source)
        except (OSError, ValueError) as error:
            raise ScannerUnavailableError from error
        if reply == "stream: OK":
            return CLEAN
        if reply.endswith(" FOUND"):
            raise InfectedFileError(reply.removeprefix("stream: ").removesuffix(" FOUND"))
        raise ScannerUnavailableError


def scanner_from(setting: str) -> Scanner:
    """Return the scanner for a setting: empty for none, else the address of clamd.

    ValueError for an address that is neither an absolute path nor host:port.
    """
    address = setting.strip().removeprefix("unix:").removeprefix("tcp://")
    if not address:
        return NoScanner()
    host, _, port = address.rpartition(":")
    if not address.startswith("/") and not (host and port.isdecimal() and 0 < int(port) < 65_536):
        raise ValueError(f"{setting!r} is neither an absolute path nor host:port of clamd")
    return ClamdScanner(address)
