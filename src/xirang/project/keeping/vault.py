"""`xirang vault rotate`: a new master key for the vault, without opening a single sealed value.

Each person's key is wrapped anew; what it seals stays as it is. The new master key waits in a file of its own until
every key hangs on it, and only then takes the old one's place: wherever the power goes, both are at hand.
"""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from xirang.foundation.terminal import StartupError, say
from xirang.project.keeping import secrets
from xirang.project.keeping.folders import var_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """`vault rotate`."""
    parser.add_argument(
        "vault_command",
        choices=["rotate"],
        metavar="rotate",
        help="换一把主密钥；请先停止服务 / a new master key; stop the service first",
    )


def run(args: argparse.Namespace) -> int:
    """Rotate, or finish a rotation that was interrupted."""
    if os.environ.get(secrets.variable("vault_master_key")):
        raise StartupError(
            "主密钥由环境变量给出，不在 secrets.json 里，这里换不了。请先把它移到 secrets.json。",
            "The master key comes from the environment and not from secrets.json. Move it there first.",
        )
    _refuse_while_others_are_connected()
    count = rotate(var_folder(), datetime.now(UTC))
    say(
        f"主密钥已更换，{count} 个人的密钥已重新密封。请把新的 secrets.json 另存一份；"
        "以前的备份仍要用原来那份才能恢复，请一并留着。",
        f"The master key is new, and the keys of {count} persons hang on it. Keep a copy of the new secrets.json; "
        "earlier backups still need the former one, so keep that too.",
    )
    return 0


def rotate(var: Path, now: datetime) -> int:
    """Give the vault a new master key; returns how many persons' keys were wrapped anew."""
    from xirang.foundation.actor import SYSTEM
    from xirang.people import commands
    from xirang.people.logic.vault import MasterKeys

    current, following = secrets.load(var, {}).bytes_of("vault_master_key"), secrets.begin_rotation(var)
    count = commands.rewrap_keys(actor=SYSTEM, master=MasterKeys(following, older=(current,)), now=now)
    secrets.finish_rotation(var)
    return count


def _refuse_while_others_are_connected() -> None:
    """A running service would go on wrapping with the key that it knows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    if others:
        raise StartupError(
            f"还有 {others} 个连接在使用数据库。请先停止服务（xirang run、serve、work），再更换主密钥。",
            f"{others} connections still use the database. Stop the service (xirang run, serve, work) first.",
        )
