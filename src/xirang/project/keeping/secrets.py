"""The installation's secrets: made at the first start, kept in `var/secrets.json`, never in the repository."""

from __future__ import annotations

import base64
import binascii
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from secrets import token_bytes

from xirang.foundation.terminal import StartupError
from xirang.project.keeping.folders import make_private

FILE = "secrets.json"
NEXT = "secrets.next.json"  # The vault's next master key, while a rotation is under way.
LENGTH = 32  # Bytes of each secret before base64.


@dataclass(frozen=True, slots=True)
class Secrets:
    """Each secret is 32 random bytes in standard base64; `bytes_of` gives them raw."""

    secret_key: str  # Signs sessions and form tokens.
    vault_master_key: str  # Wraps the key of each natural person; lost means every name is unreadable for good.
    vault_index_key: str  # Makes the blind index of identity numbers and phones.
    receipts_key: str  # Seeds the signature under receipts and checkpoints.

    def bytes_of(self, name: str) -> bytes:
        """The raw 32 bytes of the secret of that field name."""
        return base64.b64decode(getattr(self, name))

    def __repr__(self) -> str:
        return "Secrets(…)"  # An error page or a log must not show them.


NAMES = tuple(field.name for field in fields(Secrets))


def load(var: Path, env: Mapping[str, str] = os.environ) -> Secrets:
    """Read the secrets of that data folder, making them first where there are none.

    XIRANG_SECRET_KEY, XIRANG_SECRET_VAULT_MASTER_KEY, … override single ones (names by `variable`).

    Raises StartupError where the file is damaged: it is never overwritten, since a new vault key would make every
    stored name unreadable.
    """
    given = {name: env[variable(name)] for name in NAMES if env.get(variable(name))}
    path = var / FILE
    stored = {} if len(given) == len(NAMES) else _read_or_create(path)
    values = stored | given
    for name in NAMES:
        _checked(name, values.get(name), variable(name) if name in given else str(path))
    return Secrets(**{name: values[name] for name in NAMES})


def variable(name: str) -> str:
    """The environment variable that overrides a secret."""
    return "XIRANG_SECRET_" + name.removeprefix("secret_").upper()


def _read_or_create(path: Path) -> dict[str, str]:
    if not path.exists():
        _create(path)
    return _read(path)


def _read(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text("utf-8"))
    except PermissionError as error:
        raise StartupError(
            f"无权读取 {path}。请用安装时的用户运行。", f"{path} cannot be read. Run as the user who installed it."
        ) from error
    except ValueError as error:
        raise _damaged(str(path)) from error
    if not isinstance(stored, dict):
        raise _damaged(str(path))
    return stored


def next_master_keys(var: Path) -> tuple[bytes, ...]:
    """The master key of a rotation that is under way, by which some persons' keys may be wrapped already."""
    path = var / NEXT
    if not path.exists():
        return ()
    return (_read_next(path),)


def begin_rotation(var: Path) -> bytes:
    """The vault's next master key, kept in a file of its own; the same one when a rotation was interrupted."""
    path = var / NEXT
    if not path.exists():
        _link(path, {"vault_master_key": _fresh()})
    return _read_next(path)


def finish_rotation(var: Path) -> None:
    """Let the next master key take the place of the present one, in one step that cannot be half done."""
    path, key = var / FILE, base64.b64encode(begin_rotation(var)).decode()
    os.replace(_write_beside(path, _read(path) | {"vault_master_key": key}), path)
    _sync_folder(var)
    (var / NEXT).unlink()
    _sync_folder(var)


def _read_next(path: Path) -> bytes:
    return base64.b64decode(_checked("vault_master_key", _read(path).get("vault_master_key"), str(path)))


def _fresh() -> str:
    return base64.b64encode(token_bytes(LENGTH)).decode()


def _create(path: Path) -> None:
    make_private(path.parent)
    _link(path, {name: _fresh() for name in NAMES})


def _link(path: Path, values: Mapping[str, str]) -> None:
    """Write the whole file under another name, then link it into place: link refuses to replace an existing one."""
    fresh = _write_beside(path, values)
    try:
        os.link(fresh, path)
    except FileExistsError:  # Another process was faster; its secrets count.
        pass
    finally:
        os.unlink(fresh)
    _sync_folder(path.parent)


def _write_beside(path: Path, values: Mapping[str, str]) -> str:
    """A new file with these values in the same folder, for its owner alone and on the disk for good; its name."""
    descriptor, fresh = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with open(descriptor, "w", encoding="utf-8") as out:
        json.dump(values, out, indent=2)
        out.write("\n")
        out.flush()
        os.fsync(descriptor)
    return fresh


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _checked(name: str, value: object, source: str) -> str:
    """The secret as it is written; StartupError when it is none."""
    try:
        if isinstance(value, str) and len(base64.b64decode(value, validate=True)) == LENGTH:
            return value
    except (binascii.Error, ValueError):
        pass
    raise _damaged(f"{source}: {name}")


def _damaged(where: str) -> StartupError:
    return StartupError(
        f"密钥不完整或格式不对（{where}）。请从备份恢复 secrets.json；"
        "程序不会自行重建，因为换了密钥，已加密的姓名和证件号就再也打不开。",
        f"A secret is missing or malformed ({where}). Restore secrets.json from a backup; it is not made anew, because "
        "names and identity numbers encrypted before could never be opened again.",
    )
