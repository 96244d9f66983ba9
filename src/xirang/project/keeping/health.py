"""What `xirang doctor` asks the database: does it answer, is it safe, is it up to date, does the work flow?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from xirang.foundation.terminal import StartupError
from xirang.project.keeping import dumps
from xirang.project.keeping.database import embedded, open_database
from xirang.project.keeping.folders import START

OLDEST_SERVER = 160000
CLOCK_SECONDS = 5
BACKLOG_MINUTES = 10
HEARTBEAT_SECONDS = 60
MANY_WORDS = 2000  # Events that the next turn of the job takes in.
Finding = tuple[str, str, str]  # Name of the level, sentence in Chinese, sentence in English.


def examine() -> Iterator[Finding]:
    """All findings; a database that was never made is left alone."""
    if not os.environ.get("DATABASE_URL") and not (embedded().data / "PG_VERSION").exists():
        yield "CARE", f"数据库还没有建立，首次 {START} 时自动建立。", f"The database will be made by the first {START}."
        return
    with open_database():
        try:
            with psycopg.connect(dumps.address(), autocommit=True) as connection:
                yield from _examine_server(connection)
                yield from _examine_tables(connection)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            yield (
                "WRONG",
                f"数据库连不上（{reason}）。请检查 DATABASE_URL 和数据库服务。",
                f"The database cannot be reached ({reason}). Check DATABASE_URL and the server.",
            )


def _examine_server(connection: psycopg.Connection) -> Iterator[Finding]:
    version = connection.info.server_version
    text = f"PostgreSQL {version // 10000}.{version % 10000}"
    if version < OLDEST_SERVER:
        yield "WRONG", f"{text} 太旧，需要 16 或更新版本。", f"{text} is too old; 16 or newer is needed."
    else:
        yield "WELL", f"{text} 有应答", f"{text} answers"
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if _value(connection, sql.SQL("show {}").format(sql.Identifier(name))) == "off":
            yield (
                "WRONG",
                f"数据库设置 {name} = off，断电会丢数据。请改为 on。",
                f"The database has {name} = off and would lose data at a power cut. Set it on.",
            )
    if _value(connection, "show server_encoding") != "UTF8":
        yield "WRONG", "数据库编码不是 UTF8，请重建数据库。", "The database is not encoded in UTF8; create it anew."
    apart = abs((datetime.now(UTC) - _value(connection, "select clock_timestamp()")).total_seconds())
    if apart > CLOCK_SECONDS:
        yield (
            "WRONG",
            f"数据库与本机的时钟相差 {apart:.0f} 秒，时限会算错。请校准（NTP）。",
            f"The clocks of the database and this machine differ by {apart:.0f} s. Use NTP.",
        )


def _examine_tables(connection: psycopg.Connection) -> Iterator[Finding]:
    if not _exists(connection, "django_migrations"):
        yield "CARE", f"数据库里还没有表。请运行 xirang migrate 或 {START}。", "No tables yet. Run xirang migrate."
        return
    if missing := _missing_migrations():
        some = "、".join(missing[:3])
        yield (
            "WRONG",
            f"数据库结构还差 {len(missing)} 步（{some}）。请运行 xirang migrate。",
            f"{len(missing)} migrations are missing ({some}). Run xirang migrate.",
        )
    else:
        yield "WELL", "数据库结构是最新的", "the tables are up to date"
    yield from examine_demo_accounts(connection)
    yield from _examine_worker(connection)
    yield from _examine_outbox(connection)
    yield from examine_words(connection)
    yield from examine_wiring(connection)
    yield from examine_clocks(connection)


def examine_demo_accounts(connection: psycopg.Connection) -> Iterator[Finding]:
    """Without demo mode the accounts of the demonstration may not sign in; they should not stand open either."""
    if os.environ.get("XIRANG_DEMO") == "1" or not _exists(connection, "people_account"):
        return
    if count := _value(connection, "select count(*) from people_account where is_demo and is_active"):
        yield (
            "WRONG",
            f"演示模式已关闭，还有 {count} 个演示账号没有锁定（已不能登录）。请执行：xirang account lock-demo",
            f"Demo mode is off, yet {count} demo accounts are not locked (they cannot sign in). "
            "Run: xirang account lock-demo",
        )


def _examine_worker(connection: psycopg.Connection) -> Iterator[Finding]:
    if not _exists(connection, "procrastinate_workers"):
        return
    last = _value(connection, "select max(last_heartbeat) from procrastinate_workers")
    if last and datetime.now(UTC) - last < timedelta(seconds=HEARTBEAT_SECONDS):
        yield "WELL", "后台任务在运行", "the background worker is alive"
    else:
        yield (
            "CARE",
            f"后台任务没有在运行，消息和时限提醒不会发出。请用 {START} 或 xirang work 启动。",
            f"No background worker is running: no messages, no reminders. Start {START} or xirang work.",
        )
    if failed := _value(connection, "select count(*) from procrastinate_jobs where status = 'failed'"):
        yield (
            "CARE",
            f"有 {failed} 件后台任务失败。明细：xirang manage procrastinate shell，list_jobs failed。",
            f"{failed} background jobs have failed. See: xirang manage procrastinate shell, list_jobs failed.",
        )


def _examine_outbox(connection: psycopg.Connection) -> Iterator[Finding]:
    if not _exists(connection, "foundation_outboxevent"):
        return
    waiting = _value(
        connection,
        sql.SQL(
            "select count(*) from foundation_outboxevent"
            " where delivered_at is null and occurred_at < now() - make_interval(mins => {})"
        ).format(BACKLOG_MINUTES),
    )
    if waiting:
        yield (
            "CARE",
            f"{waiting} 个事件等了 {BACKLOG_MINUTES} 分钟以上还没有送达。请确认后台任务在运行，并查看它的日志。",
            f"{waiting} events have waited more than {BACKLOG_MINUTES} minutes. Is the worker running? See its log.",
        )
    else:
        yield "WELL", "没有积压的事件", "no events are waiting"


def examine_words(connection: psycopg.Connection) -> Iterator[Finding]:
    """How far the words of cases have been taken in: what is not is found by number only."""
    if not _exists(connection, "cases_wordsmark"):
        return
    whole, left = connection.execute(
        "select (select max(id) from cases_caseevent), (select count(*) from (select 1 from cases_caseevent"
        " where id > coalesce((select done from cases_wordsmark), 0) limit 10000000) e)"
    ).fetchone() or (0, 0)
    if left > MANY_WORDS:
        share = 100 * (whole - left) // whole
        yield (
            "CARE",
            f"搜索用的字词整理到 {share}%，还差 {left} 条经过；没整理到的办件暂时只能按编号搜到。后台任务会接着做。",
            f"The words for the search are at {share}%, {left} events are left; until then such cases are found by "
            "number only. The background worker goes on with it.",
        )
    else:
        yield "WELL", "办件都能按字词搜到", "all cases are found by their words"


def examine_wiring(connection: psycopg.Connection) -> Iterator[Finding]:
    """What wired lines could not do: given up for good, or still tried again and again."""
    if not _exists(connection, "packs_packactivation"):
        return
    rows = connection.execute(
        "select a.pack, count(*) filter (where d.given_up_at is not null),"
        " count(*) filter (where d.given_up_at is null) from foundation_delivery d"
        " join packs_packactivation a on a.id::text = split_part(d.listener, '/', 2)"
        " where d.at is null and d.listener like 'wiring/%' group by a.pack order by a.pack"
    ).fetchall()
    for pack, given_up, tried in rows:
        yield (
            "CARE",
            f"应用包 {pack} 的接线有 {given_up} 条已停止、{tried} 条还在再试。原因见“应用包”里它的页面，可以再试一次。",
            f"Wiring of pack {pack}: {given_up} deliveries given up, {tried} being tried again. See the pack's page.",
        )
    if not rows:
        yield "WELL", "接线都已送到", "all wiring has been carried out"


def examine_clocks(connection: psycopg.Connection) -> Iterator[Finding]:
    """Cases whose clocks could not be run; they are tried again, and an engineer has to find out why."""
    if not _exists(connection, "cases_clockfailure"):
        return
    row = connection.execute(
        "select count(*), min(c.number), max(f.last_error) from cases_clockfailure f"
        " join cases_case c on c.id = f.case_id"
    ).fetchone()
    if row and row[0]:
        yield (
            "CARE",
            f"{row[0]} 件办件的时限没有执行成（如 {row[1]}），会隔一段时间再试。原因见后台任务的日志，例如：{row[2]}",
            f"The clocks of {row[0]} cases could not be run (such as {row[1]}); they are tried again. "
            f"See the worker's log, such as: {row[2]}",
        )


def _missing_migrations() -> list[str]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xirang.project.settings")
    if find_spec("django") is None:
        raise StartupError("没有装 Django。请运行 make setup。", "Django is not installed. Run make setup.")
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _exists(connection: psycopg.Connection, table: str) -> bool:
    return bool(_value(connection, sql.SQL("select to_regclass({}) is not null").format(f"public.{table}")))


def _value(connection: psycopg.Connection, query: LiteralString | sql.Composed) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
