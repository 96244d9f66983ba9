"""`xirang account`: what is done to accounts on the machine itself, recorded as done by the system.

Whoever has the machine has everything on it; these commands only spare them a way around the record.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from xirang.foundation.terminal import say

NAMED = {
    "unlock": "解除锁定 / unlock",
    "reset-password": "重置口令，只显示一次 / reset the password, shown once",
    "disable-totp": "停用动态码 / turn moving codes off",
}
LEFT_DEMO = "演示模式已关闭"


def configure(parser: argparse.ArgumentParser) -> None:
    """`account unlock NAME`, `account reset-password NAME`, `account disable-totp NAME`, `account lock-demo`."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="…")
    for act, said in NAMED.items():
        parts.add_parser(act, help=said).add_argument("username", metavar="用户名", help="user name")
    parts.add_parser("lock-demo", help="锁定全部演示账号 / lock all demo accounts")


def run(args: argparse.Namespace) -> int:
    """Do one thing and say what was done."""
    now = datetime.now(UTC)
    if args.act == "lock-demo":
        return lock_demo(now)
    return secure(args.act, args.username, now)


def secure(act: str, username: str, now: datetime) -> int:
    """One act on one account; the way back in when no second administrator is left. 1 for an unknown name."""
    from xirang.foundation.actor import SYSTEM
    from xirang.people import commands, queries

    account = queries.find_account(username)
    if account is None:
        say(f"没有“{username}”这个账号。", f"There is no account “{username}”.")
        return 1
    if act == "reset-password":
        opened = commands.reset_password(actor=SYSTEM, account_id=account.pk, now=now)
        say(f"新口令（下次登录须修改）：{opened.password}", f"New password, to be changed at once: {opened.password}")
    elif act == "unlock":
        commands.unlock_account(actor=SYSTEM, account_id=account.pk, now=now)
        say(f"“{username}”的锁定已解除。", f"“{username}” is unlocked.")
    else:
        commands.disable_totp(actor=SYSTEM, account_id=account.pk, now=now)
        say(f"“{username}”的动态码已停用。", f"Moving codes of “{username}” are off.")
    return 0


def lock_demo(now: datetime) -> int:
    """Lock every demo account that stands open."""
    from xirang.foundation.actor import SYSTEM
    from xirang.people import commands, queries

    found = queries.list_demo_accounts(limit=None)
    for account in found:
        commands.lock_account(actor=SYSTEM, account_id=account.pk, because=LEFT_DEMO, now=now)
    say(f"已锁定 {len(found)} 个演示账号。", f"{len(found)} demo accounts are locked.")
    return 0
