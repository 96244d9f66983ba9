"""Writes docs/permissions.md: role × verb × scope from the commands, the addresses and the processes of packs/*."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import translation

if TYPE_CHECKING:
    from xirang.engines.cases.spec import ProcessType
    from xirang.foundation.commands import Command
    from xirang.packs.checking.loader import PackReport

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "permissions.md"
LANGUAGE = "zh-hans"  # Of the sources and of the documents.
RELATIONS = {
    "anyone": "任何人", "requester": "求助人", "holder": "承办单位", "co_holder": "协办单位",
    "holder.leader": "承办单位负责人", "responsible_leader": "包案领导", "system": "系统",
}  # fmt: skip
# Commands of the demo district exist only to make it: nothing leads people to them.
NOT_FOR_PEOPLE = ("demo.",)


def load_commands() -> dict[str, Command[..., Any]]:
    """Every command of the program by name, its room imported first."""
    import xirang
    from xirang.foundation.commands import all_commands

    for module in pkgutil.walk_packages(xirang.__path__, "xirang."):
        parts = module.name.split(".")
        if "commands" in parts and "tests" not in parts:
            importlib.import_module(module.name)
    # Tests that run in the same process declare commands of their own.
    return {name: command for name, command in all_commands().items() if not name.startswith("tests.")}


def commands_for_people() -> list[Command[..., Any]]:
    """The commands that somebody may give, by name; those that only make the demo district are left out."""
    return [one for name, one in sorted(load_commands().items()) if not name.startswith(NOT_FOR_PEOPLE)]


def packs(folder: Path = ROOT / "packs") -> dict[str, list[ProcessType]]:
    """The processes of every pack, by the pack's folder."""
    from xirang.packs.checking.loader import check_pack

    return {path.parent.name: _processes(check_pack(path.parent)) for path in sorted(folder.glob("*/pack.yaml"))}


def _processes(report: PackReport) -> list[ProcessType]:
    return [process for one in report.declared if one.file.engine == "cases" for process in one.said]


@translation.override(LANGUAGE)
def platform_part() -> str:
    """Roles, commands and addresses: what the program itself decides."""
    from xirang.foundation.permits import WORDS
    from xirang.people.spec import PLATFORM_ROLES, role_title

    roles = list(PLATFORM_ROLES)
    lines = ["# 权限表", "", "本表由 `tools/permissions.py` 生成，请勿手改；测试会核对它是否最新。",
             "角色总在所授予的区域内有效：能看到什么、能办到哪里，都以该区域及其下级为限。", ""]  # fmt: skip
    lines += ["## 一、角色", "", *_roles(roles)]
    lines += ["", "## 二、谁可以办什么", "", "●＝可以，○＝只限本单位。“范围”一栏写明还受什么限制。", ""]
    heads = ["命令", "事项", "任何人", "已登录", "系统", *(role_title(role) for role in roles), "范围"]
    rows = [_permit_row(one, [*WORDS, *roles]) for one in commands_for_people()]
    lines += table(heads, rows)
    lines += [
        "",
        "## 三、谁可以打开哪个地址",
        "",
        "打开不等于看得到内容：内容另按区域和关系筛选，范围外一律回答“没有找到”。",
        "",
    ]
    lines += table(["名称", "地址", "谁可以打开"], _address_rows())
    lines += ["", "## 四、各应用的流程", "", "“承办单位”等是与办件的关系；其余是角色，在办件所在区域内有效。", ""]
    return "\n".join(lines)


@translation.override(LANGUAGE)
def pack_part(pack: str, processes: Sequence[ProcessType]) -> str:
    """What one pack lets whom do, between two marks, so that a removed pack takes its part along."""
    lines = [_mark(pack)]
    for process in processes:
        lines += [f"### {process.title.zh}（`{pack}` / `{process.code}`）", ""]
        lines.append(f"- 可以提交：{_who(process.open_to)}")
        lines.append(f"- 可以查看辖区内全部：{_who(process.seen_by) or '无'}")
        lines.append(f"- 服务代码：{process.service_code or '无，不通过 Open311 开放'}")
        public = [spec.title.zh for spec in process.fields.values() if spec.public]
        lines += [f"- 可公开的栏目：{'、'.join(public) or '无'}", ""]
        rows = [
            (action.title.zh, "、".join(process.stages[one].title.zh for one in action.from_),
             process.stages[action.to].title.zh if action.to else "不变", _who(action.by),
             "有条件" if action.guard else "")
            for action in process.actions.values()
        ]  # fmt: skip
        lines += [*table(["动作", "从", "到", "由谁", "条件"], rows), ""]
    return "\n".join([*lines, _mark(pack, end=True), ""])


def document() -> str:
    """The whole document."""
    return platform_part() + "\n" + "\n".join(pack_part(code, found) for code, found in packs().items())


def parts_of(text: str) -> tuple[str, dict[str, str]]:
    """A written document taken apart: the platform's part, and the packs' parts by code."""
    found = {match[1]: match[0] for match in re.finditer(r"<!-- pack:(\w+) -->\n.*?<!-- /pack:\1 -->\n", text, re.S)}
    return text.partition("\n<!-- pack:")[0], found


def _mark(pack: str, *, end: bool = False) -> str:
    return f"<!-- {'/' if end else ''}pack:{pack} -->"


def _roles(roles: Sequence[str]) -> list[str]:
    from xirang.people.spec import Floor, find_role

    floors = {Floor.OFFICE: "机关", Floor.FIRM: "企业", Floor.PUBLIC: "公众"}
    rows = []
    for code in roles:
        role = find_role(code)
        assert role is not None
        grants = "全部角色" if "*" in role.may_grant else "、".join(role.may_grant) or "无"
        rows.append((f"`{code}`", role.zh, floors[role.floor], grants, "三员互斥" if role.apart else ""))
    return table(["代码", "角色", "属于", "可以授予", "限制"], rows)


def _permit_row(command: Command[..., Any], columns: Sequence[str]) -> list[str]:
    permit = command.permit
    marks = ["●" if one in permit.roles else "○" if one in permit.of_unit else "" for one in columns]
    return [f"`{command.name}`", str(command.title), *marks, str(permit.scope)]


def _address_rows() -> list[tuple[str, str, str]]:
    from xirang.project.addresses import list_addresses, without_policy

    rows = []
    for address in list_addresses():
        who = address.policy.zh if address.policy else f"任何人：{without_policy()[address.name]}"
        rows.append((f"`{address.name}`", f"`/{_plain(address.route)}`", _titles(who)))
    return sorted(rows)


def _plain(route: str) -> str:
    """A route as people write it: parameters in angle brackets, no signs of regular expressions."""
    route = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", route)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", route).replace("^", "").replace("$", "").replace("\\.", ".")


def _titles(who: str) -> str:
    from xirang.people.spec import role_title

    head, _, names = who.partition("：")
    return f"{head}：{'、'.join(role_title(name) for name in names.split('、'))}" if head == "角色" else who


def _who(codes: Iterable[str]) -> str:
    from xirang.people.spec import role_title

    def title(code: str) -> str:
        return (
            f"时限到点（{code.removeprefix('clock ')}）"
            if code.startswith("clock ")
            else RELATIONS.get(code) or role_title(code)
        )

    return "、".join(map(title, codes))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Write the document, or with --check say whether the written one is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="只核对，不写 / only compare")
    arguments = parser.parse_args(argv)
    text = document()
    if arguments.check:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    print(TARGET.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xirang.project.settings")
    # No table is read: the address only has to be one, so that the settings load without a running server.
    os.environ.setdefault("DATABASE_URL", "postgresql://xirang@/none?host=/nonexistent")
    import django

    django.setup()
    sys.exit(main())
