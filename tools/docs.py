"""Writes the parts of docs that the code knows best: the reference, the permission table and the schemas of packs."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from django.utils import translation

from tools.permissions import LANGUAGE, load_commands, table

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference.md"
SCHEMAS = ROOT / "docs" / "schema"
TARGET = re.compile(r"^([a-z]+):.*?## (.+?) / (.+)$", re.MULTILINE)


def make_targets() -> list[tuple[str, str, str]]:
    """Name, Chinese and English sentence of each target that `make help` shows."""
    return TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8"))


def subcommands() -> list[tuple[str, str, str]]:
    """Name, Chinese and English sentence of each `xirang` subcommand that its help shows."""
    from xirang.project.cli import SUBCOMMANDS

    return [(name, one.zh, one.en) for name, one in SUBCOMMANDS.items() if not one.hidden]


@translation.override(LANGUAGE)
def reference() -> str:
    """The whole reference, in the language of the sources whatever somebody read before."""
    from xirang.foundation.commands import command_title
    from xirang.foundation.sockets import answered_types, event_types

    lines = [
        "# 参考 · Reference",
        "",
        "本页由 `make docs` 从程序生成，请勿手改；测试会核对它是否最新。每项的英文说明取自程序。",
        "",
        "设置见[运行与维护](operate.md)，表达式的函数见[规则的写法](expressions.md)，谁能做什么见[权限表](permissions.md)。",
    ]
    lines += ["", "## make 的目标 · Make targets", ""]
    lines += table(("目标", "作用", "In English"), [(f"`make {name}`", *rest) for name, *rest in make_targets()])
    lines += ["", "## xirang 命令 · Subcommands", ""]
    lines += table(("命令", "作用", "In English"), [(f"`xirang {name}`", *rest) for name, *rest in subcommands()])
    lines += ["", "## 应用包的文件格式 · File formats of packs", ""]
    lines += table(
        ("文件", "JSON Schema"),
        [(f"`{_file_of(name)}`", f"[{name}.schema.json](schema/{name}.schema.json)") for name in schemas()],
    )
    lines += ["", "## 写入 · Commands", ""]
    lines += ["每一次写入都是一条命令：在一个事务里检查权限、作出决定、保存，并留下记录。名称也是记录里的事项名。", ""]
    lines += table(
        ("命令", "事项", "In English"),
        [(f"`{name}`", command_title(name), _first_line(one)) for name, one in sorted(load_commands().items())],
    )
    lines += ["", "## 事件 · Events", "", "应用包的 `wiring.yaml` 用 `when` 写事件的名称。", ""]
    lines += _shapes(event_types(), shared=_shared_fields(event_types().values()))
    lines += ["", "## 效果与度量 · Effects and measures", "", "引擎之间用 `ask` 提出：效果是动词，度量是数。", ""]
    lines += _shapes(answered_types(), shared=())
    return "\n".join(lines) + "\n"


def schemas() -> dict[str, str]:
    """The JSON Schema of each file of a pack, as `xirang pack schema` prints it."""
    from xirang.packs import cli

    return {name: _printed(cli.main, ["schema", name]) for name in cli.schemas()}


def written() -> dict[Path, str]:
    """What every generated document should hold now, by path."""
    from tools import permissions

    documents = {SCHEMAS / f"{name}.schema.json": text for name, text in schemas().items()}
    return documents | {REFERENCE: reference(), permissions.TARGET: permissions.document()}


def _shapes(kinds: dict[str, type], *, shared: Sequence[str]) -> list[str]:
    """A table of frozen dataclasses by name, with what they carry beyond what all of them carry."""
    rows = [
        (f"`{name}`", "、".join(f"`{one}`" for one in _fields(kind) if one not in shared), _first_line(kind))
        for name, kind in sorted(kinds.items())
    ]
    lines = table(("名称", "内容", "In English"), rows)
    if shared:
        lines = [f"每个事件都带：{'、'.join(f'`{one}`' for one in shared)}。带 `?` 的可以没有。", "", *lines]
    return lines


def _shared_fields(kinds: Iterable[type]) -> tuple[str, ...]:
    every = [_fields(kind) for kind in kinds]
    return tuple(one for one in every[0] if all(one in other for other in every)) if every else ()


def _fields(kind: type) -> list[str]:
    optional = {one.name for one in fields(kind) if one.default is not MISSING or one.default_factory is not MISSING}
    return [one.name + ("?" if one.name in optional else "") for one in fields(kind)]


def _first_line(thing: Any) -> str:
    line = (thing.__doc__ or "").strip().split("\n")[0].removeprefix("Effect: ").removeprefix("Measure: ")
    return line[:1].upper() + line[1:]


def _file_of(name: str) -> str:
    return "values/*.yaml" if name == "values" else f"{name}.yaml"


def _printed(main: Callable[[list[str]], int], arguments: list[str]) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        main(arguments)
    return out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Write what has changed; with --check only name it, exit code 1 when there is any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="只核对，不写 / only compare")
    check = parser.parse_args(arguments).check
    stale = [
        (path, text)
        for path, text in written().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        print(path.relative_to(ROOT))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xirang.project.settings")
    # No table is read: the address only has to be one, so that the settings load without a running server.
    os.environ.setdefault("DATABASE_URL", "postgresql://xirang@/none?host=/nonexistent")
    import django

    django.setup()
    sys.exit(main())
