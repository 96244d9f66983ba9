"""Which database is used: DATABASE_URL where it is set, the embedded PostgreSQL under `var` elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from xirang.foundation.terminal import StartupError
from xirang.project.keeping.folders import make_private, var_folder
from xirang.project.keeping.postgres import EmbeddedPostgres

PASSED_ON = {
    "application_name",
    "channel_binding",
    "connect_timeout",
    "gssencmode",
    "keepalives_idle",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
}
DEFAULT_STATEMENT_SECONDS = 30
LOCK_SECONDS = 10


def embedded(env: Mapping[str, str] = os.environ) -> EmbeddedPostgres:
    """This installation's own server, started or not."""
    return EmbeddedPostgres(var_folder(env) / "pg")


def database_settings(env: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Django's `DATABASES["default"]`: persistent connections that heal after a restart of the database.

    XIRANG_STATEMENT_TIMEOUT (whole seconds, 0 = none, default 30) bounds one statement; a lock is waited for at most
    ten seconds. Raises StartupError where DATABASE_URL cannot be understood.
    """
    address = _parse(env.get("DATABASE_URL") or embedded(env).url())
    options = address.pop("OPTIONS")
    return {
        "ENGINE": "django.db.backends.postgresql",
        **address,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "connect_timeout": 10,
            "application_name": "xirang",
            # Plain statements (foundation.statements) are kept prepared from the third time on.
            "prepare_threshold": 2,
            **options,
            "options": _session(env),
        },
    }


def conninfo(settings: Mapping[str, Any]) -> str:
    """The same database as a libpq connection string, for connections outside Django (LISTEN, health, dumps)."""
    from psycopg.conninfo import make_conninfo

    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parts = {ours: settings[theirs] for theirs, ours in names.items() if settings.get(theirs)}
    passed = {name: value for name, value in settings.get("OPTIONS", {}).items() if name in PASSED_ON}
    return make_conninfo(**parts, **passed)


@contextmanager
def open_database(env: MutableMapping[str, str] | None = None) -> Iterator[EmbeddedPostgres | None]:
    """Hold the database for as long as the block runs; yields the embedded server, or None where it is not ours.

    With DATABASE_URL nothing is started. Otherwise the embedded server is started or joined, and DATABASE_URL is set
    for this process and its children, so that all of them speak to the same one.
    """
    env = os.environ if env is None else env
    if env.get("DATABASE_URL"):
        yield None
        return
    make_private(var_folder(env))
    with embedded(env) as server:
        env["DATABASE_URL"] = server.url()
        try:
            yield server
        finally:
            del env["DATABASE_URL"]


def _session(env: Mapping[str, str]) -> str:
    text = env.get("XIRANG_STATEMENT_TIMEOUT", str(DEFAULT_STATEMENT_SECONDS))
    if not text.isascii() or not text.isdigit():
        raise StartupError(
            f"XIRANG_STATEMENT_TIMEOUT 应为整数秒，现在是“{text}”。",
            f"XIRANG_STATEMENT_TIMEOUT must be whole seconds, not “{text}”.",
        )
    return f"-c statement_timeout={int(text) * 1000} -c lock_timeout={LOCK_SECONDS * 1000} -c timezone=UTC"


def _parse(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, strict_parsing=True, max_num_fields=20)) if parts.query else {}
        port = parts.port
    except ValueError as error:
        raise _unclear(str(error)) from error
    name = unquote(parts.path.removeprefix("/"))
    host = query.pop("host", None) or unquote(parts.hostname or "")
    if parts.scheme not in ("postgresql", "postgres"):
        raise _unclear(f"{parts.scheme or '—'}://")
    if not name or "/" in name:
        raise _unclear("/NAME")
    if unknown := sorted(set(query) - PASSED_ON):
        raise _unclear(", ".join(unknown))
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": query,
    }


def _unclear(part: str) -> StartupError:
    # The address itself is never printed: it holds the password.
    return StartupError(
        f"DATABASE_URL 看不懂（{part}）。应写成 postgresql://用户:口令@主机:5432/库名，口令中的特殊字符用 %XX 表示。",
        f"DATABASE_URL is not understood ({part}). Write postgresql://user:password@host:5432/name, with special "
        "characters of the password as %XX.",
    )
