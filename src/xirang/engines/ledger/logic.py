"""What one record says, in the one byte form that its leaf is the hash of, and what it only commits to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from xirang.foundation.sealing import Sealed

FORMAT = 1
LEAF = b"\x00"
ENTRY_LIMIT = 65_535
SALT_BYTES = 32
SEALED = "sealed"
"""The one key of an object that stands in a body in place of a sealed value."""


class EntryTooLongError(ValueError):
    """A record's body is no place for documents: an entry of the log holds 65,535 bytes at most."""


class ReservedWordError(ValueError):
    """A body spoke of something “sealed” in plain: nobody could tell it from a commitment."""


@dataclass(frozen=True, slots=True)
class Side:
    """A sealed value as it stands beside its record: where in the body (JSON pointer, RFC 6901), salt and value."""

    path: str
    salt: bytes
    value: Sealed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking one record found: whether the leaf fits, and the paths of its sealed values by their state.

    `forged` values do not fit their commitment, or stand beside a record that has none at that path.
    """

    leaf: bool
    kept: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """True when nothing was changed; what was erased does no harm."""
        return self.leaf and not self.forged


def entry(
    *, action: str, subject: str, actor: str, at: datetime, area: str, stands_in_for: str, body: dict[str, Any]
) -> bytes:
    """The canonical JSON (RFC 8785) of a record; equal facts give equal bytes, whoever writes them down.

    `body` is the committed one; `actor`, `subject` and `stands_in_for` are references. No name is under the hash.
    """
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


def commitment(salt: bytes, text: str) -> str:
    """SHA-256 over the salt (32 random bytes) and the text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def commit(body: Mapping[str, Any], draw: Callable[[], bytes]) -> tuple[dict[str, Any], list[Side]]:
    """The body with a commitment in place of every sealed value, and those values; `draw` gives a fresh salt each."""
    sides: list[Side] = []
    return _committed(body, "", draw, sides), sides


def commitments_in(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and digest of every commitment in a committed body."""
    if _is_commitment(body):
        yield path, body[SEALED]
    elif isinstance(body, dict | list):
        for key, part in _parts(body):
            yield from commitments_in(part, _below(path, key))


def opened(body: Any, values: Mapping[str, str], erased: str, path: str = "") -> Any:
    """A committed body as it reads: the value at each path, or the word `erased` where it is gone."""
    if _is_commitment(body):
        return values.get(path, erased)
    if isinstance(body, dict):
        return {key: opened(part, values, erased, _below(path, key)) for key, part in body.items()}
    if isinstance(body, list):
        return [opened(part, values, erased, _below(path, key)) for key, part in _parts(body)]
    return body


def judge(*, leaf: bool, body: Any, sides: Mapping[str, tuple[bytes, str]]) -> Verdict:
    """Compare the commitments in a body with the salt and value that stand beside it at each path."""
    promised = dict(commitments_in(body))
    fits = {path for path, (salt, text) in sides.items() if commitment(salt, text) == promised.get(path)}
    return Verdict(
        leaf, tuple(sorted(fits)), tuple(sorted(promised.keys() - sides.keys())), tuple(sorted(sides.keys() - fits))
    )


def _committed(value: Any, path: str, draw: Callable[[], bytes], sides: list[Side]) -> Any:
    if isinstance(value, Sealed):
        side = Side(path, draw(), value)
        sides.append(side)
        return {SEALED: commitment(side.salt, value.text)}
    if isinstance(value, Mapping):
        if SEALED in value:
            raise ReservedWordError(path)
        return {key: _committed(part, _below(path, key), draw, sides) for key, part in value.items()}
    if isinstance(value, list):
        return [_committed(part, _below(path, str(place)), draw, sides) for place, part in enumerate(value)]
    return value


def _is_commitment(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {SEALED}


def _parts(body: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    return iter(body.items()) if isinstance(body, dict) else ((str(at), part) for at, part in enumerate(body))


def _below(path: str, key: str) -> str:
    return f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
