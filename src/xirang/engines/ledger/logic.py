"""What one record says, in the one byte form that its leaf is the hash of."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import rfc8785

FORMAT = 1
LEAF = b"\x00"
ENTRY_LIMIT = 65_535


class EntryTooLongError(ValueError):
    """A record's body is no place for documents: an entry of the log holds 65,535 bytes at most."""


def entry(
    *, action: str, subject: str, actor: str, at: datetime, area: str, stands_in_for: str, body: dict[str, Any]
) -> bytes:
    """The canonical JSON (RFC 8785) of a record; equal facts give equal bytes, whoever writes them down."""
    document: dict[str, Any] = {
        "v": FORMAT,
        "action": action,
        "subject": subject,
        "actor": actor,
        "area": area,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "body": body,
    }
    if stands_in_for:
        document["stands_in_for"] = stands_in_for
    data = rfc8785.dumps(document)
    if len(data) > ENTRY_LIMIT:
        raise EntryTooLongError(f"{action}: {len(data)} bytes")
    return data


def leaf_hash(data: bytes) -> bytes:
    """The leaf of RFC 6962: SHA-256 over a zero byte and the entry (32 bytes)."""
    return hashlib.sha256(LEAF + data).digest()
