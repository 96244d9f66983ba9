"""The command `xirang`: finds the subcommand's module by name and loads nothing else."""

from __future__ import annotations

import argparse
import io
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec

from xirang import __version__
from xirang.foundation.terminal import StartupError, choose, say

LONG_STATEMENT_SECONDS = "600"  # A person waits at the terminal; imports and simulations take their time.


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A module with `configure(parser)` and `run(args) -> exit code`, and what it needs before `run`."""

    module: str
    zh: str
    en: str
    database: bool = True  # The embedded server is held for as long as it runs.
    django: bool = True
    hidden: bool = False
    offline: frozenset[str] = frozenset()  # First arguments that need neither database nor Django.
    plain: frozenset[str] = frozenset()  # First arguments that need the database and not Django.


RUNNING, KEEPING = "xirang.project.running.", "xirang.project.keeping."
SUBCOMMANDS = {
    "run": Subcommand(RUNNING + "supervisor", "启动全部：数据库、网页、后台任务", "everything", False, False),
    "serve": Subcommand(RUNNING + "web", "只启动网页（生产环境用）", "web pages only (production)", False, False),
    "work": Subcommand(RUNNING + "job_worker", "只启动后台任务（生产环境用）", "background worker only", False),
    "migrate": Subcommand(KEEPING + "management", "更新数据库结构", "bring the tables up to date"),
    "manage": Subcommand(KEEPING + "management", "Django 的管理命令", "Django's own commands"),
    "doctor": Subcommand(
        KEEPING + "doctor", "检查安装有什么问题、怎样修", "what is wrong and how to mend it", False, False
    ),
    "backup": Subcommand(KEEPING + "backup", "备份到一个文件", "back up into one file", True, False),
    "restore": Subcommand(KEEPING + "restore", "从备份文件恢复", "restore from a backup", False, False),
    "pack": Subcommand(
        "xirang.packs.cli",
        "应用包：新建、检查、安装、列出、移除",
        "packs: new, check, install, list, remove",
        offline=frozenset({"new", "check", "schema"}),
        plain=frozenset({"list"}),
    ),
    "import": Subcommand("xirang.project.imports.cli", "导入企业等数据文件", "import enterprises and other files"),
    "simulate": Subcommand("xirang.project.simulate.cli", "让演示辖区过上一个月", "let the demo district live a month"),
    "account": Subcommand(KEEPING + "accounts", "在本机处理账号", "accounts, from this machine"),
    "vault": Subcommand(KEEPING + "vault", "保险柜：更换主密钥", "the vault: rotate its master key"),
    "wiring": Subcommand("xirang.packs.cli.wiring", "打印事件与效果的接线表", "print the wiring of events and effects"),
    "prepare": Subcommand(RUNNING + "prepare", "", "", hidden=True),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; errors meant for people become one sentence and exit code 1."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # A terminal without Chinese must not stop the program.
    name, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if name in ("-h", "--help", "help"):
        print(overview())
        return 0
    if name in ("-V", "--version"):
        print(f"xirang {__version__}")
        return 0
    if name not in SUBCOMMANDS:
        say(f"没有“{name}”这个命令。\n", f"There is no command “{name}”.\n")
        print(overview())
        return 2
    try:
        return _run(name, SUBCOMMANDS[name], rest)
    except StartupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if sentence := _sentence(error):
            print(sentence, file=sys.stderr)
            return 1
        raise


def overview() -> str:
    """The list of subcommands, in the terminal's language."""
    lines = [choose("用法：xirang 命令 [参数]", "usage: xirang COMMAND [arguments]"), ""]
    shown = [(name, command) for name, command in SUBCOMMANDS.items() if not command.hidden]
    lines += [f"  {name:<9} {choose(command.zh, command.en)}" for name, command in shown]
    lines += ["", choose("xirang 命令 --help 说明每个命令的参数。", "xirang COMMAND --help explains its arguments.")]
    return "\n".join(lines)


def set_environment(name: str) -> None:
    """The variables that a subcommand's settings are made of, where nobody has set them."""
    # Demo mode is for the built-in database; whoever names a database of his own has to ask for it.
    os.environ.setdefault("XIRANG_DEMO", "0" if os.environ.get("DATABASE_URL") else "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xirang.project.settings")
    if name not in ("run", "serve"):
        os.environ.setdefault("XIRANG_STATEMENT_TIMEOUT", LONG_STATEMENT_SECONDS)


def _run(name: str, command: Subcommand, rest: list[str]) -> int:
    set_environment(name)
    if command.offline & set(rest[:1]):
        command = replace(command, database=False, django=False)
    elif command.plain & set(rest[:1]):
        command = replace(command, django=False)
    with _database() if command.database and not {"-h", "--help"} & set(rest) else nullcontext():
        if command.django:
            import django

            django.setup()  # Before the module is looked for: its package may import models.
        if not _exists(command.module):
            say(f"这个版本不含“{name}”命令。", f"This release has no command “{name}”.")
            return 2
        module = import_module(command.module)
        if name == "manage":
            return int(module.run_django(rest))
        parser = argparse.ArgumentParser(prog=f"xirang {name}", description=choose(command.zh, command.en))
        module.configure(parser)
        return int(module.run(parser.parse_args(rest)))


def _database() -> AbstractContextManager[object]:
    from xirang.project.keeping.database import open_database

    return open_database()


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # Its package is missing.
        return False


def _sentence(error: Exception) -> str:
    """What a person can do about errors of known kinds; empty for a fault of ours, which keeps its traceback."""
    if hasattr(error, "zh") and hasattr(error, "en"):
        return choose(error.zh, error.en)
    kind = f"{type(error).__module__}.{type(error).__name__}"
    if kind in ("django.db.utils.OperationalError", "psycopg.OperationalError"):
        return choose(
            f"数据库连不上：{error}请检查 DATABASE_URL，或运行 xirang doctor。",
            f"The database cannot be reached: {error}Check DATABASE_URL or run xirang doctor.",
        )
    if "UndefinedTable" in (type(error).__name__, type(error.__cause__).__name__):
        return choose(
            "数据库里还没有表。请先运行 xirang migrate。", "The database has no tables yet. Run xirang migrate."
        )
    return ""


if __name__ == "__main__":
    sys.exit(main())
