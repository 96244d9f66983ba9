"""`xirang simulate`: what the terminal asks for and what it is told."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xirang.foundation.terminal import StartupError, choose, say, terminal_is_english

if TYPE_CHECKING:  # Django is not set up yet when the command line reads its arguments.
    from xirang.project.simulate.messages import Posted
    from xirang.project.simulate.month import Month

MOST_DAYS, MOST_CASES, A_DAY = 90, 20_000, 8
DEFAULT_MESSAGES = 100


def configure(parser: argparse.ArgumentParser) -> None:
    """How long, how much, by which seed; or which real messages go where."""
    parser.add_argument("--days", type=int, default=30, help=choose("过多少天（1 到 90）", "how many days (1–90)"))
    parser.add_argument("--seed", type=int, default=1, help=choose("随机种子", "same seed, same events"))
    parser.add_argument(
        "--cases",
        type=int,
        help=choose("多少件，默认每天 8 件；发信件时默认 100 封", "how many cases (8 a day) or messages (100)"),
    )
    parser.add_argument(
        "--messages",
        type=Path,
        metavar="FILE",
        help=choose("改为把这个文件里的真实来信发到公开接口", "post the real messages of this file instead"),
    )
    parser.add_argument("--url", default="http://127.0.0.1:8000", help=choose("只能是本机", "this machine only"))
    parser.add_argument("--rate", type=float, default=5.0, help=choose("每秒最多几封", "messages a second at most"))


def run(args: argparse.Namespace) -> int:
    """Live the month, or post the messages; 1 when something was refused that should not have been."""
    if args.cases is not None and not 1 <= args.cases <= MOST_CASES:
        raise StartupError(f"--cases 应在 1 到 {MOST_CASES} 之间。", f"--cases lies between 1 and {MOST_CASES}.")
    return _post(args) if args.messages else _live(args)


def _live(args: argparse.Namespace) -> int:
    from django.conf import settings

    from xirang.packs.models import PackActivation
    from xirang.project.demo.seeding import found_district
    from xirang.project.simulate.arrivals import arrivals, thinned
    from xirang.project.simulate.month import live

    if not settings.DEMO:
        raise StartupError(
            "只能在演示模式下模拟：真实辖区里不能有编造的事项。",
            "Simulation is for demo mode only: nothing invented belongs into a real district.",
        )
    if not 1 <= args.days <= MOST_DAYS:
        raise StartupError(f"--days 应在 1 到 {MOST_DAYS} 之间。", f"--days lies between 1 and {MOST_DAYS}.")
    now = datetime.now(UTC)
    life = found_district(now)
    active = set(PackActivation.objects.filter(active_to__isnull=True).values_list("pack", flat=True))
    found = list(thinned(arrivals(args.cases or args.days * A_DAY, now, args.days, args.seed), active))
    if not found:
        raise StartupError(
            "没有启用的应用包，没有事情可以发生。请先 xirang pack install。",
            "No pack is active, so nothing can happen. Install one first.",
        )
    began = time.monotonic()
    month = live(life, found, now, Ticker(_month_line))
    _tell_month(month, now, time.monotonic() - began)
    return 1 if month.refused else 0


def _post(args: argparse.Namespace) -> int:
    from itertools import islice

    from xirang.project.simulate.messages import local_address, post_messages, read_messages

    local_address(args.url)
    if not 0 < args.rate <= 50:
        raise StartupError("--rate 应大于 0，最多 50。", "--rate lies above 0 and at most at 50.")
    if not args.messages.is_file():
        raise StartupError(f"没有文件 {args.messages}。", f"There is no file {args.messages}.")
    texts = list(islice(read_messages(args.messages), args.cases or DEFAULT_MESSAGES))
    posted = post_messages(texts, args.url, args.rate, Ticker(_posted_line))
    for reason, number in posted.refused.most_common(10):
        say(f"没有收下 {number} 封：{reason}", f"{number} refused: {reason}")
    say(
        f"发出 {posted.sent} 封，收下 {posted.accepted} 封，其中 {posted.shortened} 封超过 1000 字只发了前面部分；"
        f"因限速等候 {posted.waited:.0f} 秒。",
        f"{posted.sent} sent, {posted.accepted} accepted, {posted.shortened} cut to 1,000 characters; "
        f"waited {posted.waited:.0f} s for the rate limit.",
    )
    return 1 if posted.refused else 0


class Ticker:
    """Prints a line about once a second."""

    def __init__(self, line: Callable[[Any], tuple[str, str]]) -> None:
        self.line, self.next = line, time.monotonic() + 1

    def __call__(self, state: Any) -> None:
        """Called after every step."""
        if (now := time.monotonic()) >= self.next:
            self.next = now + 1
            say(*self.line(state))


def _month_line(month: Month) -> tuple[str, str]:
    assert month.at is not None
    from xirang.foundation.calendar import SHANGHAI

    at, steps = month.at.astimezone(SHANGHAI), sum(month.steps.values())
    return (
        f"{at:%m-%d %H:%M}　已收 {len(month.opened):,} / {month.total:,} 件，办了 {steps:,} 步",
        f"{at:%m-%d %H:%M}  {len(month.opened):,} of {month.total:,} cases, {steps:,} steps",
    )


def _posted_line(posted: Posted) -> tuple[str, str]:
    return (
        f"已发 {posted.sent:,} / {posted.total:,} 封，收下 {posted.accepted:,} 封",
        f"{posted.sent:,} of {posted.total:,} sent, {posted.accepted:,} accepted",
    )


def _tell_month(month: Month, now: datetime, seconds: float) -> None:
    from xirang.project.simulate.figures import english, table

    titles, rows = table(month, now)
    say("　" * 8 + "　".join(titles), " " * 28 + "  ".join(titles))
    for name, numbers in rows:
        cells = "".join(f"{number:>10,}" for number in numbers)
        title = f"{english(name):<24}" if terminal_is_english() else name + "　" * (6 - len(name))
        print(f"{title}{cells}", flush=True)
    steps = sum(month.steps.values())
    say(f"共 {steps:,} 步，用时 {seconds:.1f} 秒。", f"{steps:,} steps in {seconds:.1f} s.")
    for code, number in month.refused.most_common():
        say(f"按规则办不了 {number} 步（{code}）", f"{number} steps refused by the rules ({code})")
