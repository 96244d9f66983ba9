"""Keeping files outside the database: by the hash of their content, whole or not at all, readable by us alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from xirang.foundation.files.errors import TooLargeError
from xirang.foundation.files.images import MOST_PIXELS, rewrite_image
from xirang.foundation.files.inspecting import clean_media, inspect_office, inspect_pdf
from xirang.foundation.files.kinds import (
    CONTENT_TYPES,
    GROUPS,
    HEAD_BYTES,
    IMAGES,
    OFFICE,
    FileKind,
    check_accepted,
    detect_kind,
)
from xirang.foundation.files.naming import clean_file_name
from xirang.foundation.files.scanning import NoScanner, Scanner

DEFAULT_LIMIT = 20 * 1024 * 1024
_CHUNK = 64 * 1024
_UNFINISHED = "unfinished"
_HASH = re.compile(r"[0-9a-f]{64}")
_MEDIA = (FileKind.MP4, FileKind.M4A)


class Readable(Protocol):
    """Whatever gives bytes: an uploaded file, an open file, a response."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is kept: hash and size of the kept bytes, type by content, cleaned name, state of the virus check."""

    sha256: str
    size: int
    content_type: str
    name: str
    path: Path
    scan_state: str


def _private_folders(*folders: Path) -> None:
    """Make folders that only we may enter; the mode of missing parents would not be ours to say otherwise."""
    for folder in folders:
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)


@contextlib.contextmanager
def _unfinished_file(root: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a new private file below `root`, and remove it unless it has been moved to its place by then."""
    folder = root / _UNFINISHED
    _private_folders(root, folder)
    path = folder / secrets.token_hex(16)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            yield stream, path
    finally:
        path.unlink(missing_ok=True)


def _copy_limited(source: Readable, target: BinaryIO, max_bytes: int) -> None:
    left = max_bytes
    while piece := source.read(_CHUNK):
        left -= len(piece)
        if left < 0:
            limit = max_bytes / 1024 / 1024
            raise TooLargeError(
                f"文件超过 {limit:g} MB。请压缩图片或拆分后再传。",
                f"The file is larger than {limit:g} MB. Please make it smaller or split it.",
            )
        target.write(piece)
    target.flush()


def _kind_of(stream: BinaryIO, accept: Iterable[str]) -> FileKind:
    """Return the kind by content, inspected and accepted."""
    stream.seek(0)
    kind = detect_kind(stream.read(HEAD_BYTES))
    if kind in OFFICE:
        kind = inspect_office(stream)
    checked = check_accepted(kind, accept)
    if checked is FileKind.PDF:
        inspect_pdf(stream)
    return checked


def _hash_of(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), stream.seek(0, os.SEEK_END)
    stream.seek(0)
    while piece := stream.read(_CHUNK):
        digest.update(piece)
    return digest.hexdigest(), size


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stored_path(root: Path, sha256: str) -> Path:
    """Return where a file with this hash lies; ValueError when the text is no hash."""
    if not _HASH.fullmatch(sha256):
        raise ValueError("a stored file is named by 64 small hexadecimal digits")
    return root / sha256[:2] / sha256[2:4] / sha256


def _put_in_place(stream: BinaryIO, unfinished: Path, final: Path, size: int, root: Path) -> None:
    """Move a written file to its name so that it is there whole after a power cut, or not at all."""
    if final.is_file() and final.stat().st_size == size:
        return
    stream.flush()
    os.fsync(stream.fileno())
    _private_folders(final.parent.parent, final.parent)
    os.replace(unfinished, final)
    for folder in (final.parent, final.parent.parent, root):
        _flush_folder(folder)


def store(
    stream: Readable,
    *,
    root: Path,
    name: str,
    accept: Iterable[str],
    max_bytes: int = DEFAULT_LIMIT,
    most_pixels: int = MOST_PIXELS,
    scanner: Scanner | None = None,
) -> StoredFile:
    """Check, clean and keep one uploaded file; returns when it is safely on disk.

    `accept` holds groups of `GROUPS` (KeyError for others), `name` is what the sender calls it. The scanner sees the
    file as it came; pictures are kept as written anew. Raises a FileError, in which case nothing remains.
    """
    groups = tuple(accept)
    for group in groups:
        GROUPS[group]
    with _unfinished_file(root) as (upload, upload_path), _unfinished_file(root) as (picture, picture_path):
        _copy_limited(stream, upload, max_bytes)
        kind = _kind_of(upload, groups)
        scan_state = (scanner or NoScanner()).scan(upload)
        kept, kept_path = upload, upload_path
        if kind in IMAGES:
            upload.seek(0)
            rewrite_image(upload, picture, kind, most_pixels)
            kept, kept_path = picture, picture_path
        elif kind in _MEDIA:
            clean_media(upload)
        sha256, size = _hash_of(kept)
        final = stored_path(root, sha256)
        _put_in_place(kept, kept_path, final, size, root)
        return StoredFile(sha256, size, CONTENT_TYPES[kind], clean_file_name(name, kind), final, scan_state)


def open_stored(root: Path, sha256: str) -> BinaryIO:
    """Open a kept file for reading; ValueError when the text is no hash, FileNotFoundError when it is not there."""
    descriptor = os.open(stored_path(root, sha256), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    return os.fdopen(descriptor, "rb")


def sweep_unfinished(root: Path, now: datetime, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove what uploads cut short by a power failure have left behind; returns how many files went."""
    folder, gone = root / _UNFINISHED, 0
    if not folder.is_dir():
        return 0
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - older_than).timestamp():
                path.unlink()
                gone += 1
    return gone
