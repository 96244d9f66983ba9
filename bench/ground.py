"""Databases of one server: the demo district as it was made, and copies of it that a bench may fill and throw away."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

GROUND = "ground"
# Beginning and end of transactions, settings of a session, and the test whether a connection still lives.
_NOT_COUNTED = re.compile(
    r"(begin|commit|rollback|savepoint|release|set|reset|deallocate|show|discard|start transaction)\b|select 1\s*$",
    re.I,
)
_LOGGED = re.compile(r"LOG:  (?:statement|execute [^:]+): (.*)")


def keep_ground() -> None:
    """Copy the database that was just prepared: what a bench copies from, untouched by all of them."""
    from django.db import connections

    connections.close_all()
    _copy(GROUND, urlsplit(os.environ["DATABASE_URL"]).path.strip("/"))


@contextmanager
def copied(name: str, of: str = GROUND) -> Iterator[str]:
    """A copy of a database to which nobody is connected, gone after the block; yields its address."""
    _copy(name, of)
    try:
        yield url_of(name)
    finally:
        drop(name)


@contextmanager
def empty(name: str) -> Iterator[str]:
    """A database without tables, gone after the block; yields its address."""
    drop(name)
    with _server() as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield url_of(name)
    finally:
        drop(name)


def drop(name: str) -> None:
    """Remove a database of the bench together with the sessions that are still in it."""
    with _server() as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def url_of(name: str) -> str:
    """The address of one database of the server, in the form of DATABASE_URL."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def environment(name: str, **more: str) -> dict[str, str]:
    """What a program is told that is to speak to this database."""
    return os.environ | {"DATABASE_URL": url_of(name)} | more


@contextmanager
def speaking_to(name: str) -> Iterator[None]:
    """Django in this process speaks to another copy of the ground for as long as the block lasts."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def postmaster() -> int:
    """The process id of the server, whose tree is everything the database costs."""
    return int((_data_folder() / "postmaster.pid").read_text().split("\n")[0])


def sizes(name: str) -> dict[str, int]:
    """Bytes of every table with its indexes."""
    with psycopg.connect(url_of(name)) as connection:
        connection.execute("checkpoint")
        found = connection.execute(
            "select relname, pg_total_relation_size(c.oid) from pg_class c join pg_namespace n on n.oid = relnamespace"
            " where nspname = 'public' and relkind = 'r'"
        )
        return {table: size for table, size in found.fetchall()}


def clear_up(name: str) -> None:
    """Do at once what autovacuum does by and by: make the room of dead rows and of their index entries free again."""
    with psycopg.connect(url_of(name), autocommit=True) as connection:
        connection.execute("vacuum analyze")


@dataclass(slots=True)
class Statements:
    """What sessions of one database asked since the mark, in the server's own log."""

    log: Path
    mark: int = 0
    texts: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what was asked until now."""
        self.mark = self.log.stat().st_size

    def count(self) -> int:
        """How many statements were asked since; no BEGIN and COMMIT, and no test whether the connection lives."""
        with self.log.open("rb") as file:
            file.seek(self.mark)
            said = file.read().decode("utf-8", "replace")
        self.texts = [text for text in _LOGGED.findall(said) if not _NOT_COUNTED.match(text.strip())]
        return len(self.texts)


@contextmanager
def statements_logged(name: str) -> Iterator[Statements]:
    """Sessions that begin within the block log every statement; for counting, never while something is timed."""
    place = {"name": sql.Identifier(name)}
    with _server() as server:
        server.execute(sql.SQL("alter database {name} set log_statement = 'all'").format(**place))
    try:
        yield Statements(_data_folder().parent / "postgres.log")
    finally:
        with _server() as server:
            server.execute(sql.SQL("alter database {name} reset log_statement").format(**place))


def _copy(name: str, of: str) -> None:
    drop(name)
    with _server() as server:
        statement = sql.SQL("create database {} template {}")
        server.execute(statement.format(sql.Identifier(name), sql.Identifier(of)))


def _data_folder() -> Path:
    with _server() as server:
        row = server.execute("show data_directory").fetchone()
    assert row is not None
    return Path(row[0])


def _server() -> psycopg.Connection:
    return psycopg.connect(url_of("postgres"), autocommit=True)
