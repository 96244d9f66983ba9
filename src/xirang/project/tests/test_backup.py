"""A backup brings everything back, and a damaged, forged or misplaced one changes nothing."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from xirang.project.keeping import archives, secrets
from xirang.project.keeping.folders import SOURCE
from xirang.project.keeping.postgres import EmbeddedPostgres

pytestmark = pytest.mark.slow
ROWS = 500


def xirang(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, on that data folder."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LANG", "LC_ALL")}
    env |= {"XIRANG_VAR": str(var), "PYTHONPATH": str(SOURCE)}
    argv = [sys.executable, "-m", "xirang.project.cli", *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60)


def fill(var: Path) -> None:
    secrets.load(var, {})
    (var / "files" / "ab").mkdir(parents=True)
    (var / "files" / "ab" / "附件 一.pdf").write_bytes(os.urandom(3_000_000))
    (var / "files" / "empty").write_bytes(b"")
    with EmbeddedPostgres(var / "pg") as server, psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("create table org (id bigint primary key, name text not null unique)")
        connection.execute('create table "甲 表" (org_id bigint references org, at timestamptz, body jsonb)')
        connection.execute(f"insert into org select n, '单位' || n from generate_series(1, {ROWS}) n")
        connection.execute("""insert into "甲 表" select id, now(), '{"中": "文"}' from org where id <= 7""")
        connection.execute("create table parted (at date not null) partition by range (at)")
        connection.execute("create table parted_1 partition of parted for values from ('2026-01-01') to ('2027-01-01')")
        connection.execute("insert into parted values ('2026-11-21')")


def contents(var: Path) -> tuple[object, ...]:
    with EmbeddedPostgres(var / "pg") as server, psycopg.connect(server.url()) as connection:
        rows = [
            connection.execute(query).fetchall()
            for query in (
                "select * from org order by id",
                'select * from "甲 表" order by org_id',
                "select * from parted",
            )
        ]
    files = {
        path.relative_to(var).as_posix(): path.read_bytes() for path in (var / "files").rglob("*") if path.is_file()
    }
    return rows, files


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = tmp_path_factory.mktemp("源") / "数据 var"
    fill(var)
    return var


@pytest.fixture(scope="module")
def backups(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A backup without and one with the secrets."""
    folder = tmp_path_factory.mktemp("备份")
    plain, whole = folder / "plain.tar", folder / "whole.tar"
    done = xirang(source, "backup", str(plain))
    assert done.returncode == 0, done.stderr
    assert "备份不含密钥" in done.stdout
    done = xirang(source, "backup", str(whole), "--with-secrets")
    assert done.returncode == 0, done.stderr
    assert "文件里有密钥" in done.stdout
    return plain, whole


def test_a_backup_with_secrets_brings_everything_back_in_an_empty_place(
    source: Path, backups: tuple[Path, Path], tmp_path: Path
) -> None:
    done = xirang(tmp_path / "unused", "restore", str(backups[1]), "--into", str(tmp_path / "新 家"))
    assert done.returncode == 0, done.stderr
    assert "核对无误" in done.stdout
    assert contents(tmp_path / "新 家") == contents(source)
    assert (tmp_path / "新 家" / secrets.FILE).read_bytes() == (source / secrets.FILE).read_bytes()
    assert stat.S_IMODE((tmp_path / "新 家" / secrets.FILE).stat().st_mode) == 0o600
    # The restored database can be backed up again: nothing of the public schema was lost on the way.
    assert xirang(tmp_path / "新 家", "backup", str(tmp_path / "again.tar")).returncode == 0


def test_the_backup_is_private_and_holds_no_secret_unless_asked(backups: tuple[Path, Path], source: Path) -> None:
    plain, whole = backups
    keys = json.loads((source / secrets.FILE).read_text())
    assert stat.S_IMODE(plain.stat().st_mode) == stat.S_IMODE(whole.stat().st_mode) == 0o600
    assert not any(value.encode() in plain.read_bytes() for value in keys.values())
    assert all(value.encode() in whole.read_bytes() for value in keys.values())


def test_without_secrets_a_restore_asks_for_them_before_it_changes_anything(
    source: Path, backups: tuple[Path, Path], tmp_path: Path
) -> None:
    done = xirang(tmp_path, "restore", str(backups[0]), "--into", str(tmp_path / "new"))
    assert done.returncode == 1
    assert "secrets.json" in done.stderr
    (tmp_path / "new" / secrets.FILE).write_bytes((source / secrets.FILE).read_bytes())
    done = xirang(tmp_path, "restore", str(backups[0]), "--into", str(tmp_path / "new"))
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "new") == contents(source)


def test_a_target_with_data_is_refused_and_replaced_only_on_demand(
    source: Path, backups: tuple[Path, Path], tmp_path: Path
) -> None:
    var = tmp_path / "var"
    assert xirang(var, "restore", str(backups[1])).returncode == 0
    with EmbeddedPostgres(var / "pg") as server, psycopg.connect(server.url()) as connection:
        connection.execute("delete from parted")
        connection.execute("create table later (n int)")
    (var / "files" / "later.txt").write_text("later")
    done = xirang(var, "restore", str(backups[1]))
    assert done.returncode == 1
    assert "--replace" in done.stderr
    assert (var / "files" / "later.txt").exists()
    assert xirang(var, "restore", str(backups[1]), "--replace").returncode == 0
    assert contents(var) == contents(source)


def test_a_running_system_is_not_restored_under_its_feet(backups: tuple[Path, Path], tmp_path: Path) -> None:
    var = tmp_path / "var"
    assert xirang(var, "restore", str(backups[1])).returncode == 0
    with EmbeddedPostgres(var / "pg") as server, psycopg.connect(server.url()):
        done = xirang(var, "restore", str(backups[1]), "--replace")
    assert done.returncode == 1
    assert "还在运行" in done.stderr


def test_an_existing_backup_is_never_overwritten(source: Path, backups: tuple[Path, Path]) -> None:
    before = backups[0].read_bytes()
    assert xirang(source, "backup", str(backups[0])).returncode == 1
    assert backups[0].read_bytes() == before


def rewrite(source: Path, target: Path, change: dict[str, bytes | None], extra: list[tarfile.TarInfo]) -> None:
    """Copy an archive, replacing or dropping members and adding forged ones."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for info in old:
            content = old.extractfile(info).read() if info.name not in change else change[info.name]
            if content is not None:
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
        for info in extra:
            new.addfile(info, io.BytesIO(b"x" * info.size))


def forged(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, 1 if kind == tarfile.REGTYPE else 0
    return info


@pytest.mark.parametrize(
    ("change", "extra"),
    [
        ({"files/ab/附件 一.pdf": b"other"}, []),
        ({"files/ab/附件 一.pdf": None}, []),
        ({archives.DUMP: None}, []),
        ({archives.MANIFEST: None}, []),
        ({archives.MANIFEST: b"{}"}, []),
        ({}, [forged("files/extra.txt")]),
        ({}, [forged("files/../../escaped")]),
        ({}, [forged("/tmp/escaped")]),
        ({}, [forged("../escaped")]),
        ({}, [forged("files/link", tarfile.SYMTYPE, "/etc")]),
        ({}, [forged("files/device", tarfile.CHRTYPE)]),
        ({}, [forged("other.txt")]),
        ({}, [forged(archives.SECRETS)]),
    ],
)
def test_a_damaged_or_forged_backup_changes_nothing(
    backups: tuple[Path, Path], tmp_path: Path, change: dict[str, bytes | None], extra: list[tarfile.TarInfo]
) -> None:
    bad = tmp_path / "bad.tar"
    rewrite(backups[0], bad, change, extra)
    (tmp_path / "staging").mkdir()
    with pytest.raises(archives.StartupError, match="没有恢复任何内容"):
        archives.unpack(bad, tmp_path / "staging")
    assert not (tmp_path / "escaped").exists()


def test_a_cut_off_backup_is_noticed(backups: tuple[Path, Path], tmp_path: Path) -> None:
    whole = backups[1].read_bytes()
    for length in (0, 100, 5000, len(whole) // 2, len(whole) - 11_000):
        (tmp_path / "cut.tar").write_bytes(whole[:length])
        (tmp_path / f"staging-{length}").mkdir()
        with pytest.raises(archives.StartupError):
            archives.unpack(tmp_path / "cut.tar", tmp_path / f"staging-{length}")


def test_a_restore_that_fails_in_the_database_leaves_the_old_tables(backups: tuple[Path, Path], tmp_path: Path) -> None:
    """The manifest claims another number of rows, its hashes are right: the transaction must refuse and roll back."""
    var = tmp_path / "var"
    assert xirang(var, "restore", str(backups[1])).returncode == 0
    with tarfile.open(backups[1]) as old:
        manifest = json.loads(old.extractfile(archives.MANIFEST).read())
    manifest["tables"]["org"] += 1
    rewrite(backups[1], tmp_path / "bad.tar", {archives.MANIFEST: json.dumps(manifest).encode()}, [])
    with EmbeddedPostgres(var / "pg") as server, psycopg.connect(server.url()) as connection:
        connection.execute("insert into org values (0, '后来的')")
    done = xirang(var, "restore", str(tmp_path / "bad.tar"), "--replace")
    assert done.returncode == 1
    assert "org: not the 501 rows" in done.stderr
    with EmbeddedPostgres(var / "pg") as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("select count(*) from org").fetchone() == (ROWS + 1,)
