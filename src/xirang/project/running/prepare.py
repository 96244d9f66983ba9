"""`xirang migrate`, and what `xirang run` does before it serves: tables, packs and, in demo mode, the demo district."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from unicodedata import east_asian_width

from xirang.foundation.terminal import say
from xirang.project.running.parent_death import VARIABLE, tie_to_parent

LOCK = 7165  # Two starts at once must not migrate one database twice.
SILENCE_SECONDS = 1.5


def configure(parser: argparse.ArgumentParser) -> None:
    """`prepare` takes no arguments."""


def run(args: argparse.Namespace) -> int:
    """Bring the tables up to date, seed the demo district where demo mode is on, and print its identities."""
    tie_to_parent()
    os.environ.pop(VARIABLE, None)
    migrate()
    forget_demo_password()
    from django.conf import settings

    if getattr(settings, "DEMO", False) and find_spec("xirang.project.demo"):
        from xirang.project import demo

        with told_when_slow("建立演示辖区（只在首次启动时）……", "Making the demo district (first start only) …"):
            demo.seed(datetime.now(UTC))
        print_identities(demo.identities())
    return 0


def forget_demo_password() -> None:
    """Outside demo mode, delete the file with the password of the demo accounts, which may not sign in any more."""
    from django.conf import settings

    if not settings.DEMO:
        from xirang.project.demo.password import forget_password

        forget_password()


def migrate() -> None:
    """Apply all migrations that the database lacks."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0; set lock_timeout = '60s'")
        cursor.execute("select pg_advisory_lock(%s)", [LOCK])
    try:
        executor = MigrationExecutor(connection)
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say(f"更新数据库结构（{len(plan)} 步）……", f"Updating the database ({len(plan)} steps) …")
        # Also without a plan: it is migrate that fills in content types and permissions.
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()  # Frees the lock and the session's settings.


@contextmanager
def told_when_slow(zh: str, en: str) -> Iterator[None]:
    """Say what is going on, but only when it takes long enough for somebody to wonder."""
    timer = threading.Timer(SILENCE_SECONDS, say, (zh, en))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def print_identities(identities: Sequence[tuple[str, ...]]) -> None:
    """A table of the demo identities: who, user name, password, what to try."""
    if not identities:
        return
    say("演示身份（仅供体验，数据均为虚构）：", "Demo identities (all invented):")
    widths = [max(map(_width, column)) for column in zip(*identities, strict=True)]
    for row in identities:
        cells = [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]
        print("  " + "  ".join(cells).rstrip(), flush=True)


def _width(text: str) -> int:
    """How many columns of a terminal it takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
