"""Speaks to PostgreSQL's own dump and restore programs, and counts rows to prove that both did their work."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from xirang.foundation.terminal import StartupError
from xirang.project.keeping.database import conninfo, database_settings
from xirang.project.keeping.postgres import binary, client_environment

TABLES = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by c.relname
"""
FRESH_SCHEMA = "drop schema public cascade;\ncreate schema public authorization pg_database_owner;\n"


def address(env: Mapping[str, str] = os.environ) -> str:
    """The installation's database as a libpq connection string, without our statement time limit."""
    return conninfo(database_settings(env))


@contextmanager
def snapshot(database: str) -> Iterator[tuple[str, dict[str, int]]]:
    """One moment of the database: its snapshot's name for pg_dump, and the rows of each table at that moment."""
    with psycopg.connect(database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield row[0], count_rows(connection)


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows by table name, of all our tables."""
    counts = {}
    for (name,) in connection.execute(TABLES).fetchall():
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name))).fetchone()
        assert row is not None
        counts[name] = row[0]
    return counts


def dump(database: str, target: Path, snapshot_name: str) -> None:
    """Write that snapshot in pg_dump's own compressed format."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot_name}", f"--file={target}"]
    _run("pg_dump", database, options)


def restore(database: str, source: Path, tables: Mapping[str, int]) -> None:
    """Replace all tables by those of the dump, in one transaction that fails unless each has its number of rows."""
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        script, checks, fresh = (Path(folder) / name for name in ("dump.sql", "checks.sql", "fresh.sql"))
        _run("pg_restore", None, ["--no-owner", "--no-privileges", f"--file={script}", str(source)])
        fresh.write_text(FRESH_SCHEMA, "utf-8")
        checks.write_text("".join(_check(name, rows) for name, rows in tables.items()), "utf-8")
        options = ["-qX", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        _run("psql", database, [*options, *(part for each in (fresh, script, checks) for part in ("-f", str(each)))])


def other_sessions(database: str) -> int:
    """How many others are connected to it: a running server must not lose its tables under its feet."""
    with psycopg.connect(database, autocommit=True) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and backend_type = 'client backend'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def is_empty(database: str) -> bool:
    """Whether it has no tables of ours yet."""
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(TABLES).fetchone() is None


def _check(table: str, rows: int) -> str:
    refusal = sql.Literal(f"{table}: not the {int(rows)} rows of the backup").as_string()
    counted = sql.SQL("select count(*) from public.{}").format(sql.Identifier(table)).as_string()
    return f"do $x$ begin if ({counted}) <> {int(rows)} then raise exception {refusal}; end if; end $x$;\n"


def _run(tool: str, database: str | None, options: list[str]) -> None:
    command, environment = [_client(tool, database), *options], client_environment()
    if database is not None:
        parts = {name: str(value) for name, value in conninfo_to_dict(database).items() if value is not None}
        if password := parts.pop("password", None):
            environment["PGPASSWORD"] = password  # Arguments are seen by every user of the machine.
        command[1:1] = ["--dbname", make_conninfo("", **parts)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        detail = done.stderr.strip()[-2000:]
        raise StartupError(f"{tool} 没有成功，数据库没有改动：\n{detail}", f"{tool} failed, nothing changed:\n{detail}")


def _client(tool: str, database: str | None) -> str:
    """The wheel's program, which knows every server up to its own release; it has no TLS, so there the system's."""
    mode = conninfo_to_dict(database).get("sslmode", "") if database else ""
    found = shutil.which(tool) if mode in ("require", "verify-ca", "verify-full") else None
    return found or str(binary(tool))
