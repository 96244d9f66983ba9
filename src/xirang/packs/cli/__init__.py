"""`xirang pack`: make, check, describe, install, list and remove packs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xirang.foundation.terminal import choose, say, terminal_is_english
from xirang.packs.cli import installing

if TYPE_CHECKING:
    from xirang.foundation.declarations import Finding
    from xirang.packs.checking.loader import PackReport


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `xirang pack`."""
    commands = parser.add_subparsers(dest="pack_command", required=True, metavar=choose("动作", "ACTION"))
    new = commands.add_parser("new", help=choose("新建一个应用包，并检查一遍", "make a new pack and check it"))
    new.add_argument("code", help=choose("代码，例如 lost_and_found", "its code, such as lost_and_found"))
    new.add_argument("--title", default="", help=choose("中文名称", "its Chinese title"))
    new.add_argument("--english", default="", help=choose("英文名称", "its English title"))
    new.add_argument("--folder", default="packs", help=choose("放在哪个文件夹下", "the folder to put it in"))
    check = commands.add_parser("check", help=choose("检查一个或几个应用包", "check one pack or several"))
    check.add_argument("paths", nargs="+", metavar=choose("文件夹", "FOLDER"))
    schema = commands.add_parser("schema", help=choose("打印某种文件的 JSON Schema", "print the JSON Schema of a file"))
    listed = choose("文件，其中之一：%(choices)s", "the file, one of: %(choices)s")
    schema.add_argument("name", metavar=choose("文件", "FILE"), choices=SchemaNames(), help=listed)
    installing.configure(commands)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when all is well, 1 when a pack is refused."""
    if args.pack_command == "new":
        return _new(args)
    if args.pack_command == "check":
        return _check(args.paths)
    if args.pack_command == "list":
        from xirang.packs.cli import listing

        return listing.run()
    if args.pack_command == "schema":
        print(json.dumps(schema_named(args.name), ensure_ascii=False, indent=2))
        return 0
    return installing.run(args)


class SchemaNames:
    """The names of the schemas; the engines' declarations are read only when somebody asks for one or for help."""

    def __iter__(self) -> Iterator[str]:
        return iter(schemas())

    def __contains__(self, name: object) -> bool:
        return name in schemas()


def schemas() -> dict[str, Callable[[], dict[str, Any]]]:
    """Who makes the JSON Schema of each kind of file, by the file's name without its suffix."""
    from xirang.foundation.declarations import values_schema
    from xirang.foundation.packs import pack_words
    from xirang.packs.checking.manifest import manifest_schema
    from xirang.packs.checking.scenarios import scenarios_schema
    from xirang.packs.wiring.reading import wiring_schema

    engines = {name.removesuffix(".yaml"): file.schema for name, file in pack_words().files.items()}
    own = {"values": values_schema, "wiring": wiring_schema, "scenarios": scenarios_schema}
    return {"pack": manifest_schema, **engines, **own}


def schema_named(name: str) -> dict[str, Any]:
    """The published JSON Schema of one kind of file: pack, values, wiring, scenarios, or an engine's own."""
    return schemas()[name]()


def _new(args: argparse.Namespace) -> int:
    from xirang.packs.cli.scaffold import make_pack

    path = make_pack(Path(args.folder), args.code, args.title or "新应用", args.english or "New application")
    say(f"已新建 {path}。", f"Made {path}.")
    code = _check([str(path)])
    if code == 0:
        say("接下来请改 cases.yaml，改好后再检查。", "Next, edit cases.yaml and check again.")
    return code


def _check(paths: Iterable[str]) -> int:
    from xirang.packs.checking.loader import check_pack

    reports = [(path, check_pack(path)) for path in paths]
    for path, report in reports:
        show(report, Path(path))
    return 0 if all(report.ok for _, report in reports) else 1


def show(report: PackReport, path: Path) -> None:
    """Print what a check found, one place per line, and the verdict."""
    for finding in report.findings:
        print(_line(finding, path))
    errors = sum(finding.level == "error" for finding in report.findings)
    if report.ok:
        warnings = len(report.findings)
        note = choose(f"，{warnings} 处提醒", f", {warnings} warnings") if warnings else ""
        told = len(report.scenarios)
        text = choose(
            f"{path}：通过，{told} 个情景{note}，版本 {report.version_hash[:12]}",
            f"{path}: passed, {told} scenarios{note}, version {report.version_hash[:12]}",
        )
        print(_coloured(text, "32"))
    else:
        text = choose(f"{path}：不通过，{errors} 处错误", f"{path}: refused, {errors} errors")
        print(_coloured(text, "31"))


def _line(finding: Finding, path: Path) -> str:
    error = finding.level == "error"
    word = _coloured(choose("错误", "error") if error else choose("提醒", "warning"), "31" if error else "33")
    return f"{path / finding.place} {word} {finding.sentence('en' if terminal_is_english() else 'zh')}"


def _coloured(text: str, code: str) -> str:
    # Colour is for eyes only: a pipe or a log gets plain text.
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() else text


def main(arguments: list[str] | None = None) -> int:
    """The offline subcommands by themselves, for editors and hooks that have no database."""
    from xirang.foundation.terminal import StartupError

    parser = argparse.ArgumentParser(prog="xirang pack")
    configure(parser)
    try:
        return run(parser.parse_args(arguments))
    except StartupError as error:
        print(error, file=sys.stderr)
        return 1
