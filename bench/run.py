"""Runs all measurements against a database of its own and prints them; `--write` puts them into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from bench import ground, scale
from bench.figures import HEADINGS, Figure, Skipped, machine
from bench.programs import raised_by_signals

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
BENCHES = ("packs", "rules", "imports", "cases", "lists", "search", "start")
HOME = ROOT / "var" / "bench" / "site"
PREFACE = """# 快慢 / Benchmarks

由 `make bench` 量出：`.venv/bin/python -m bench --write`，只量几样就写名字，例如 `python -m bench cases lists --write`
（`make bench b="cases lists"`）。单次结果，差一成以内是波动；每个数字都要连同机器、落盘时间和当时的负载一起看。
数据库是内置的 PostgreSQL，设置与正式运行相同（落盘、校验和都开着）。

- 处理器时间是进程树的（`/proc`），数据库按整个服务器算，另列；别人占着机器也不会变长。等待的毫秒数会。
- `lists` 与 a5fa14e 轮流量（没有那段历史就注明未测），收件台近空和积压都量；`--million` 加量一百万件，多约 15 分钟。
- `cases` 与 django-helpdesk、SpiffWorkflow 同场；`--overdue` 把十万件到期的时限实际办完，不加就按较少的件数推算并注明。
- `search` 在 `--million` 时也按一百万件量。`--brief` 只证明各项能跑，数字不算数，也不能写进本页。
- 对照所用的程序在首次用到时由 pip 装进 `var/bench`，装不上就注明未测。

Measured by `make bench`; names choose what (`python -m bench cases lists --write`). Single runs; read differences under
ten per cent as noise, and every figure beside the machine, its flush time and its load. The database is the embedded
PostgreSQL with the settings of real work. Processor time is that of process trees, the database's is told apart.
`--million` adds lists and search at 1,000,000 cases, `--overdue` runs 100,000 overdue clocks to their end, `--brief`
only proves that everything works. Peers are installed by pip below `var/bench` when they are first needed.
"""


def main(arguments: list[str]) -> int:
    """Measure what is asked for (everything); 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="measure Xirang")
    parser.add_argument("only", nargs="*", choices=[*BENCHES, []], help="which ones; default: all")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--million", action="store_true", help="lists and search at 1,000,000 cases too")
    parser.add_argument("--overdue", action="store_true", help="run all 100,000 overdue clocks, not a part of them")
    parser.add_argument("--brief", action="store_true", help="prove that the benches work; the figures mean nothing")
    args = parser.parse_args(arguments)
    if args.brief and args.write:
        parser.error("--brief measures nothing that may be written down")
    scale.choose(brief=args.brief, million=args.million, overdue=args.overdue)
    chosen = args.only or BENCHES
    with raised_by_signals(), alone(), database() as home:
        from xirang.project.keeping.postgres import binary

        about = machine(binary("postgres").parent, home)
        for name, value in about:
            print(f"{name}：{value}", flush=True)
        results = {name: _measured(name) for name in chosen}
    if args.write:
        PAGE.write_text(page(about, results, PAGE.read_text("utf-8"), datetime.now(UTC).date()), "utf-8")
        print(f"写入 {PAGE.relative_to(ROOT)}")
    every = [result for some in results.values() for result in some]
    return int(any(isinstance(result, Figure) and result.met == "未达标" for result in every))


@contextmanager
def alone() -> Iterator[None]:
    """Two runs would take each other's database away, and each other's time; the second one is told so."""
    HOME.parent.mkdir(parents=True, exist_ok=True)
    with open(HOME.parent / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("另一次测量正在进行，请等它结束。/ Another bench is running; wait for it.") from None
        yield


@contextmanager
def database() -> Iterator[Path]:
    """A demo district of our own, below var/bench, gone afterwards."""
    home = HOME
    shutil.rmtree(home, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith(("XIRANG_", "DATABASE_URL"))]:
        del os.environ[name]
    os.environ |= {
        "XIRANG_VAR": str(home),
        "XIRANG_DEMO": "1",
        "XIRANG_STATEMENT_TIMEOUT": "600",
        "DJANGO_SETTINGS_MODULE": "xirang.project.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    sys.path.insert(0, str(ROOT / "src"))
    from xirang.project.keeping.database import open_database

    try:
        with open_database():
            import django

            django.setup()
            _prepare()
            ground.keep_ground()
            yield home
            from django.db import connections

            connections.close_all()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _prepare() -> None:
    from django.core.management import call_command

    from xirang.project import demo

    began = time.monotonic()
    call_command("migrate", verbosity=0, interactive=False)
    migrated = time.monotonic()
    demo.seed(datetime.now(UTC))
    print(f"准备：建表 {migrated - began:.1f} 秒，演示辖区 {time.monotonic() - migrated:.1f} 秒", flush=True)


def _measured(name: str) -> list[Figure | Skipped]:
    from importlib import import_module

    results = []
    for result in import_module(f"bench.{name}").measure():
        print("　".join(filter(None, result.cells())), flush=True)
        results.append(result)
    return results


def page(
    about: list[tuple[str, str]], results: Mapping[str, Sequence[Figure | Skipped]], before: str, day: date
) -> str:
    """The page with a section for each bench: of those measured now anew, of the others as it stood `before`."""
    kept = {found[1]: found[0].strip() for found in re.finditer(r"^## (\w+) · .*?(?=^## |\Z)", before, re.M | re.S)}
    for name, some in results.items():
        lines = [f"## {name} · {day}", "", *(f"- {what}：{value}" for what, value in about), ""]
        lines += ["| " + " | ".join(HEADINGS) + " |", "|---" * len(HEADINGS) + "|"]
        lines += ["| " + " | ".join(result.cells()) + " |" for result in some]
        kept[name] = "\n".join(lines)
    return "\n\n".join([PREFACE.strip(), *(kept[name] for name in BENCHES if name in kept)]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
