"""`xirang account`: what is done to accounts on the machine itself, recorded as done by the system.

Whoever has the machine has everything on it; these commands only spare them a way around the record.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from xirang.foundation.terminal import say

LEFT_DEMO = "演示模式已关闭"


def configure(parser: argparse.ArgumentParser) -> None:
    """`account lock-demo`."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="lock-demo")
    parts.add_parser("lock-demo", help="锁定全部演示账号 / lock all demo accounts")


def run(args: argparse.Namespace) -> int:
    """Do one thing and say what was done."""
    return lock_demo(datetime.now(UTC))


def lock_demo(now: datetime) -> int:
    """Lock every demo account that stands open."""
    from xirang.foundation.actor import SYSTEM
    from xirang.people import commands, queries

    found = queries.list_demo_accounts(limit=None)
    for account in found:
        commands.lock_account(actor=SYSTEM, account_id=account.pk, because=LEFT_DEMO, now=now)
    say(f"已锁定 {len(found)} 个演示账号。", f"{len(found)} demo accounts are locked.")
    return 0
