"""`xirang restore FILE`: brings back what `xirang backup` wrote, all of it or nothing."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from xirang import __version__
from xirang.foundation.terminal import StartupError, say
from xirang.project.keeping import archives, dumps, secrets
from xirang.project.keeping.backup import fingerprint
from xirang.project.keeping.database import open_database
from xirang.project.keeping.folders import files_folder, make_private, var_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """`restore FILE [--into DIR] [--replace] [--without-secrets]`."""
    parser.add_argument("file", type=Path, help="备份文件 / the backup file")
    parser.add_argument("--into", type=Path, metavar="DIR", help="恢复到另一个数据目录 / another data folder")
    parser.add_argument("--replace", action="store_true", help="目标里已有数据也替换 / replace what is there")
    parser.add_argument(
        "--without-secrets",
        action="store_true",
        help="没有密钥也恢复，姓名和证件号将读不出 / restore although names will stay unreadable",
    )


def run(args: argparse.Namespace) -> int:
    """Check the backup and the target first, then restore; the tables change in one transaction."""
    if args.into is not None:
        if os.environ.get("DATABASE_URL"):
            raise StartupError(
                "--into 只用于内置数据库，请先取消 DATABASE_URL。",
                "--into is for the embedded database; unset DATABASE_URL.",
            )
        os.environ["XIRANG_VAR"] = str(args.into.expanduser().resolve())
        os.environ.pop("XIRANG_FILES", None)
    make_private(var_folder())
    with tempfile.TemporaryDirectory(dir=var_folder(), prefix="restore-") as staging, open_database():
        say("正在核对备份文件……", "Checking the backup …")
        manifest = archives.unpack(args.file.expanduser().resolve(), Path(staging))
        _refuse_newer(manifest)
        _refuse_occupied(args.replace)
        _settle_secrets(manifest, Path(staging) / archives.SECRETS, args)
        say("正在恢复……", "Restoring …")
        dumps.restore(dumps.address(), Path(staging) / archives.DUMP, manifest.tables)
        _place_files(Path(staging) / archives.FILES)
    rows = sum(manifest.tables.values())
    say(
        f"已恢复 {manifest.made_at[:19]} 的备份：{len(manifest.tables)} 张表 {rows} 行，逐表核对无误。",
        f"Restored the backup of {manifest.made_at[:19]}: {len(manifest.tables)} tables, {rows} rows, each checked.",
    )
    return 0


def _refuse_newer(manifest: archives.Manifest) -> None:
    if _ordered(manifest.version) > _ordered(__version__):
        raise StartupError(
            f"备份出自更新的版本 {manifest.version}，本版本是 {__version__}。请先升级程序。",
            f"The backup was made by release {manifest.version}, this is {__version__}. Update the program first.",
        )


def _ordered(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _refuse_occupied(replace: bool) -> None:
    database = dumps.address()
    if dumps.other_sessions(database):
        raise StartupError(
            "息壤还在运行（数据库有人连着）。请先停止，再恢复。",
            "Xirang is running (the database has users). Stop it first, then restore.",
        )
    if not replace and (not dumps.is_empty(database) or _has_files()):
        raise StartupError(
            "目标里已有数据。请用 --into 恢复到新目录，或确认可以丢弃后加 --replace。",
            "The target holds data. Restore --into a new folder, or add --replace if it may be lost.",
        )


def _has_files() -> bool:
    folder = files_folder()
    return folder.is_dir() and any(folder.iterdir())


def _settle_secrets(manifest: archives.Manifest, brought: Path, args: argparse.Namespace) -> None:
    """Leave the target with secrets that open this vault, or refuse before anything is changed."""
    path = var_folder() / secrets.FILE
    if path.exists() and fingerprint(secrets.load(var_folder())) == manifest.vault:
        return
    if brought.exists():
        if path.exists() and not args.replace:
            raise StartupError(
                f"{path} 与备份里的密钥不同。确认可以替换后加 --replace，旧的会改名保留。",
                f"{path} differs from the backup's secrets. Add --replace to take those; the old file is kept renamed.",
            )
        if path.exists():
            path.rename(path.with_name(f"{secrets.FILE}.{datetime.now(UTC):%Y%m%d%H%M%S}"))
        shutil.copyfile(brought, path)
        path.chmod(0o600)
    elif not args.without_secrets:
        raise StartupError(
            f"备份不含密钥，而 {path} 不存在或打不开这份数据。请把原来的 secrets.json 放到那里再恢复；"
            "实在没有，可加 --without-secrets，但姓名和证件号将读不出。",
            f"The backup has no secrets, and {path} is missing or does not fit. Put the original secrets.json there; "
            "if it is lost, add --without-secrets, but names and identity numbers will stay unreadable.",
        )


def _place_files(brought: Path) -> None:
    """Exchange the uploaded files by two renames; the old ones are deleted only when the new ones are in place."""
    target = files_folder()
    old = target.with_name(f"{target.name}.old-{os.getpid()}")
    brought.mkdir(exist_ok=True, mode=0o700)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(old)
    shutil.move(brought, target)
    shutil.rmtree(old, ignore_errors=True)
