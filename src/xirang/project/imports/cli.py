"""`xirang import KIND FILE`: what the terminal asks for and what it is told."""

from __future__ import annotations

import argparse
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xirang.foundation.intake import Intake
from xirang.foundation.terminal import StartupError, choose, say
from xirang.project.keeping.folders import var_folder

if TYPE_CHECKING:  # Django is not set up yet when the command line reads its arguments.
    from xirang.project.imports.running import Outcome


def configure(parser: argparse.ArgumentParser) -> None:
    """What is imported, from which file, and how its columns are read."""
    from xirang.project.imports.kinds import intakes

    kinds = choose("、".join(f"{one.code} {one.zh}" for one in intakes()), ", ".join(one.en for one in intakes()))
    parser.add_argument(
        "kind",
        choices=[one.code for one in intakes()],
        metavar="KIND",
        help=choose(f"导入什么：{kinds}", f"what to import: {kinds}"),
    )
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=choose(
            "CSV 或 XLSX 文件，可以是 .gz；UTF-8、GBK 自动识别", "CSV or XLSX, also .gz; UTF-8 or GBK is found out"
        ),
    )
    # Two intakes may mean the same by one name, such as the area in which something lies.
    for option in {one.name: one for intake in intakes() for one in intake.options}.values():
        parser.add_argument(f"--{option.name}", default="", metavar=option.metavar, help=choose(option.zh, option.en))
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar=choose("列=字段", "COLUMN=FIELD"),
        help=choose(
            "列名不同的，指明它是什么，例如 --map 公司=企业名称；可以写多次", "what a column holds; may be repeated"
        ),
    )
    parser.add_argument("--source", default="", help=choose("数据来源，默认为文件名", "its origin; default: file name"))
    parser.add_argument("--report", type=Path, help=choose("报告写到哪里", "where the report goes"))
    parser.add_argument("--dry-run", action="store_true", help=choose("只检查，不写入", "check only, write nothing"))
    parser.add_argument("--batch", type=int, default=2000, help=choose("每批行数", "rows a batch"))


def run(args: argparse.Namespace) -> int:
    """Import and print the figures; 0 also when rows were refused, for the report names each of them."""
    from xirang.foundation.actor import SYSTEM
    from xirang.project.imports.headings import parse_map
    from xirang.project.imports.kinds import get_intake
    from xirang.project.imports.running import Wish, import_file

    if not args.file.is_file():
        raise StartupError(f"没有文件 {args.file}。请检查路径。", f"There is no file {args.file}.")
    if not 1 <= args.batch <= 20_000:
        raise StartupError("--batch 应在 1 到 20000 之间。", "--batch lies between 1 and 20000.")
    intake = get_intake(args.kind)
    chosen, source = parse_map(args.map, intake.columns), args.source or args.file.name[:80]
    wish = Wish(args.file, _options(args, intake), chosen, source, args.dry_run, args.batch)
    began = time.monotonic()
    outcome = import_file(
        intake,
        wish,
        actor=SYSTEM,
        clock=lambda: datetime.now(UTC),
        progress=Ticker(),
        report=args.report or _report_path(args.file),
    )
    _tell(outcome, time.monotonic() - began, args.dry_run)
    return 0


def _options(args: argparse.Namespace, intake: Intake[Any]) -> dict[str, str]:
    """What was chosen for this intake; StartupError for an option that belongs to another one."""
    from xirang.project.imports.kinds import intakes

    own = {option.name for option in intake.options}
    for name in {option.name for one in intakes() for option in one.options} - own:
        if getattr(args, name):
            raise StartupError(
                f"导入{intake.zh}没有 --{name} 这个参数。", f"--{name} is no option of importing {intake.en}."
            )
    return {name: getattr(args, name) for name in own}


def _report_path(file: Path) -> Path:
    name = re.sub(r"[^\w.-]+", "_", file.name)[:80]
    return var_folder() / "imports" / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}-report.csv"


class Ticker:
    """Says about once a second how far it is."""

    def __init__(self, every: float = 1.0) -> None:
        self.every, self.next, self.calls = every, time.monotonic() + every, 0
        self.began = 0.0

    def __call__(self, outcome: Outcome) -> None:
        """Called for every row; prints only when a second has passed."""
        self.calls += 1
        if outcome.read and not self.began:
            self.began = time.monotonic()
        if self.calls & 127 or (now := time.monotonic()) < self.next:
            return
        self.next = now + self.every
        if not outcome.read:
            say(f"先检查一遍：已查 {outcome.total:,} 行", f"Checking first: {outcome.total:,} rows so far")
            return
        rate = outcome.read / (now - self.began or 1)
        say(
            f"已读 {outcome.read:,} / {outcome.total:,} 行　新增 {outcome.new:,}　变更 {outcome.changed:,}　"
            f"拒收 {outcome.refused:,}　每秒 {rate:,.0f} 行",
            f"{outcome.read:,} of {outcome.total:,} rows, {outcome.new:,} new, {outcome.changed:,} changed, "
            f"{outcome.refused:,} refused, {rate:,.0f} rows/s",
        )


def _tell(outcome: Outcome, seconds: float, dry_run: bool) -> None:
    if outcome.resumed_at:
        say(
            f"上次导入中断，这次从第 {outcome.resumed_at:,} 行接着导入。",
            f"An interrupted import was taken up again at line {outcome.resumed_at:,}.",
        )
    if outcome.unused:
        say(f"没有用到的列：{'、'.join(outcome.unused)}", f"Columns not used: {', '.join(outcome.unused)}")
    say(
        f"读入 {outcome.read:,} 行 = 新增 {outcome.new:,} + 变更 {outcome.changed:,} + 未变 {outcome.unchanged:,} + "
        f"重复 {outcome.repeated:,} + 拒收 {outcome.refused:,}；其中 {outcome.warned:,} 行已收但请核对。",
        f"{outcome.read:,} rows read = {outcome.new:,} new + {outcome.changed:,} changed + {outcome.unchanged:,} "
        f"unchanged + {outcome.repeated:,} repeated + {outcome.refused:,} refused; {outcome.warned:,} with a remark.",
    )
    say(
        f"{outcome.remark[0]}用时 {seconds:.1f} 秒。",
        f"{outcome.remark[1]} {seconds:.1f} s.".lstrip(),
    )
    say(f"逐行说明：{outcome.report}", f"Row by row: {outcome.report}")
    if dry_run:
        say("只检查，没有写入任何内容。", "Checked only; nothing was written.")
