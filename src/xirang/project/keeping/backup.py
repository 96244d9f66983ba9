"""`xirang backup FILE`: one file with everything that would be lost with this machine."""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from xirang import __version__
from xirang.foundation.terminal import StartupError, say
from xirang.project.keeping import archives, dumps, secrets
from xirang.project.keeping.folders import files_folder, var_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """`backup FILE [--with-secrets]`."""
    parser.add_argument("file", type=Path, help="备份文件 / the file to write, such as 20261121.tar")
    parser.add_argument(
        "--with-secrets",
        action="store_true",
        help="连同密钥；这样的文件须像印章一样保管 / include the secrets; keep such a file like a seal",
    )


def run(args: argparse.Namespace) -> int:
    """Write the backup; an existing file is never replaced."""
    target = args.file.expanduser().resolve()
    if target.exists():
        raise StartupError(f"{target} 已存在，请换一个文件名。", f"{target} exists, choose another name.")
    if not target.parent.is_dir():
        raise StartupError(f"没有 {target.parent} 这个目录。", f"There is no folder {target.parent}.")
    say("正在备份……", "Backing up …")
    manifest, files = write(target, with_secrets=args.with_secrets)
    rows, size = sum(manifest.tables.values()), target.stat().st_size / 1e6
    say(
        f"已备份到 {target}：{len(manifest.tables)} 张表 {rows} 行，上传文件 {files} 个，{size:.1f} MB。",
        f"Backed up to {target}: {len(manifest.tables)} tables, {rows} rows, {files} files, {size:.1f} MB.",
    )
    _say_about_secrets(args.with_secrets)
    return 0


def write(target: Path, *, with_secrets: bool) -> tuple[archives.Manifest, int]:
    """Write the archive and return its manifest and number of files; it appears under its name only when whole.

    The database comes first: a file uploaded meanwhile is kept without its row, never a row without its file.
    """
    keys = secrets.load(var_folder())
    if secrets.next_master_keys(var_folder()):
        raise StartupError(
            "更换主密钥没有做完，这时的备份可能打不开。请先停止服务，执行 xirang vault rotate，再备份。",
            "A rotation of the master key is unfinished; finish it first: stop the service, run xirang vault rotate.",
        )
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".xirang-backup-") as folder:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as stream:
                packer = archives.Packer(stream)
                manifest = _pack_database(packer, Path(folder) / archives.DUMP, fingerprint(keys))
                files = packer.add_folder(archives.FILES, files_folder())
                if with_secrets:
                    packer.add(archives.SECRETS, var_folder() / secrets.FILE)
                packer.finish(manifest)
                stream.flush()
                os.fsync(descriptor)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return manifest, files


def fingerprint(keys: secrets.Secrets) -> str:
    """Tells whether two sets of secrets open the same vault, and tells nothing about the key itself."""
    return hashlib.sha256(b"xirang vault fingerprint\0" + keys.bytes_of("vault_master_key")).hexdigest()[:16]


def _pack_database(packer: archives.Packer, path: Path, vault: str) -> archives.Manifest:
    database = dumps.address()
    with dumps.snapshot(database) as (name, tables):
        dumps.dump(database, path, name)
    packer.add(archives.DUMP, path)
    return archives.Manifest(version=__version__, made_at=datetime.now(UTC).isoformat(), tables=tables, vault=vault)


def _say_about_secrets(included: bool) -> None:
    if included:
        say(
            "注意：文件里有密钥，拿到它的人能读出全部姓名和证件号。请加密存放，不要和日常备份放在一起。",
            "Careful: the file holds the secrets; whoever has it can read every name. Store it encrypted and apart.",
        )
    else:
        say(
            f"注意：备份不含密钥。请另行妥善保存 {var_folder() / secrets.FILE}，没有它，姓名和证件号无法恢复。",
            f"Careful: the secrets are not in it. Keep {var_folder() / secrets.FILE} safe elsewhere; without it names "
            "and identity numbers cannot be recovered.",
        )
