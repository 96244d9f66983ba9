"""What a backup file holds: a tar of one database dump, the uploaded files, perhaps the secrets, and a manifest."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from xirang.foundation.terminal import StartupError

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
SECRETS = "secrets.json"
FILES = "files"
CHUNK = 1024 * 1024


@dataclass(slots=True)
class Manifest:
    """Says what the archive must hold, so that a restore can prove that nothing is missing or altered."""

    version: str  # Of the program that made it.
    made_at: str  # ISO 8601, UTC.
    tables: dict[str, int]  # Rows of each table in the dump's own snapshot.
    vault: str  # Fingerprint of the key that opens the vault in this dump.
    members: dict[str, str] = field(default_factory=dict)  # SHA-256 of each member by its name.
    format: int = FORMAT

    def to_json(self) -> bytes:
        """Readable and stable."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Raises StartupError where it is not one of ours or of a later format."""
        try:
            parts: dict[str, Any] = json.loads(text)
            manifest = cls(**parts)
        except (ValueError, TypeError) as error:
            raise damaged(MANIFEST) from error
        if manifest.format != FORMAT:
            raise StartupError(
                f"备份文件的格式是 {manifest.format}，本版本只认识 {FORMAT}。请用更新的版本恢复。",
                f"The backup has format {manifest.format}; this release knows {FORMAT}. Use a newer release.",
            )
        return manifest


class Packer:
    """Writes members one after the other and remembers their hashes; the manifest comes last."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.tar = tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT)
        self.members: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """Add one regular file under that name."""
        with open(path, "rb") as source:
            info = tarfile.TarInfo(name)
            info.size, info.mode = os.fstat(source.fileno()).st_size, 0o600
            info.mtime = int(os.fstat(source.fileno()).st_mtime)
            hashing = _HashingReader(source, info.size)
            self.tar.addfile(info, hashing)
        self.members[name] = hashing.digest.hexdigest()

    def add_folder(self, name: str, folder: Path) -> int:
        """Add every regular file below the folder; links are left out. Returns how many there were."""
        count = 0
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                self.add(f"{name}/{path.relative_to(folder).as_posix()}", path)
                count += 1
        return count

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the end of the archive."""
        import io

        manifest.members = self.members
        content = manifest.to_json()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(content), 0o600
        self.tar.addfile(info, io.BytesIO(content))
        self.tar.close()


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack into an empty folder and prove every byte against the manifest; raises StartupError at any difference.

    Only plain files under the names that a backup has are written, so a forged archive cannot reach outside.
    """
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, "r:") as tar:
            for info in tar:
                if not info.isreg() or not _is_proper(info.name) or info.name in found:
                    raise damaged(info.name)
                content = tar.extractfile(info)
                assert content is not None
                if info.name == MANIFEST:
                    manifest = Manifest.from_json(content.read())
                else:
                    found[info.name] = _write(content, folder / info.name)
    except (tarfile.TarError, EOFError) as error:
        raise damaged(archive.name) from error
    except FileNotFoundError as error:
        raise StartupError(f"没有 {archive} 这个文件。", f"There is no file {archive}.") from error
    if manifest is None or DUMP not in found:
        raise damaged(MANIFEST if manifest is None else DUMP)
    if differing := sorted(set(found.items()) ^ set(manifest.members.items())):
        raise damaged(differing[0][0])
    return manifest


def damaged(member: str) -> StartupError:
    """The archive is not whole; nothing has been changed by then."""
    return StartupError(
        f"备份文件不完整或被改动过（{member}）。没有恢复任何内容，请换一份备份。",
        f"The backup is incomplete or was altered ({member}). Nothing was restored; take another backup.",
    )


def _is_proper(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if name in (MANIFEST, DUMP, SECRETS):
        return True
    return len(parts) > 1 and parts[0] == FILES and ".." not in parts and "\0" not in name


def _write(content: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as out:
        for chunk in _chunks(content):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(descriptor)
    return digest.hexdigest()


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


class _HashingReader:
    """Gives tarfile exactly the announced bytes, although the file may be growing, and hashes what it gave."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self.source, self.left, self.digest = source, size, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.source.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(chunk)
        self.digest.update(chunk)
        return chunk
