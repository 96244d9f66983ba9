"""`xirang pack install|activate|retire|remove`: the subcommands that change the database."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xirang.foundation.terminal import choose, say


def configure(commands: Any) -> None:
    """Declare the arguments; no model may be imported here."""
    install = commands.add_parser("install", help=choose("检查并安装应用包", "check and install packs"))
    install.add_argument("paths", nargs="+", metavar=choose("文件夹", "FOLDER"))
    install.add_argument("--activate", metavar="AREA", default="", help=_area_help())
    for name, zh, en in (
        ("activate", "在一个区域启用", "open it for use in an area"),
        ("retire", "在一个区域停用", "close it in an area"),
    ):
        sub = commands.add_parser(name, help=choose(zh, en))
        sub.add_argument("pack")
        sub.add_argument("--area", default="", help=_area_help())
        if name == "activate":
            sub.add_argument("--version", metavar="HASH", default="", help=_version_help())
    commands.add_parser("list", help=choose("列出已安装的应用包", "list installed packs"))
    remove = commands.add_parser("remove", help=choose("卸下已停用的应用包", "take a retired pack off the list"))
    remove.add_argument("pack")


def run(args: argparse.Namespace) -> int:
    """Do what was asked as the system itself; 1 with the reason when it is refused."""
    from xirang.foundation.errors import XirangError

    try:
        return {"install": _install, "activate": _activate, "retire": _retire, "remove": _remove}[args.pack_command](
            args
        )
    except XirangError as error:
        say(error.zh, error.en)
        return 1


def _area_help() -> str:
    return choose("区域代码，不写就是本区", "the area's code; the district when absent")


def _version_help() -> str:
    return choose("内容哈希的开头几位，不写就是最新版本", "how the version's hash begins; the newest when absent")


def _area(code: str) -> Any:
    from xirang.areas.queries import find_area_by_code, root_area
    from xirang.foundation.errors import NotFoundError

    today = datetime.now(UTC).date()
    area = find_area_by_code(code, today) if code else root_area(today)
    if area is None:
        raise NotFoundError(
            code="no_such_area", zh=f"没有代码为“{code or '（本区）'}”的区域。", en=f"There is no area “{code}”."
        )
    return area


def _version(pack: str, digits: str) -> Any:
    """The one version whose hash begins so; None for no digits, which means the newest."""
    from xirang.foundation.errors import NotFoundError
    from xirang.packs.models import PackVersion

    if not digits:
        return None
    found = list(PackVersion.objects.filter(pack=pack, version_hash__startswith=digits.lower())[:2])
    if len(found) != 1:
        raise NotFoundError(
            code="no_such_version",
            zh=f"“{pack}”没有（或不止一个）以 {digits} 开头的版本，请用 xirang pack list 核对。",
            en=f"“{pack}” has no version, or more than one, that begins with {digits}; see xirang pack list.",
        )
    return found[0]


def _install(args: argparse.Namespace) -> int:
    from xirang.foundation.actor import SYSTEM
    from xirang.packs import commands
    from xirang.packs.models import PackVersion

    for path in args.paths:
        version_id = commands.install_pack(actor=SYSTEM, folder=Path(path), now=datetime.now(UTC))
        version = PackVersion.objects.get(pk=version_id)
        say(
            f"已安装 {version.title_zh} {version.version}（{version.version_hash[:12]}）",
            f"Installed {version.title_en} {version.version} ({version.version_hash[:12]})",
        )
        if args.activate:
            args.pack, args.area = version.pack, args.activate
            _activate(args)
    return 0


def _activate(args: argparse.Namespace) -> int:
    from xirang.foundation.actor import SYSTEM
    from xirang.packs import commands

    area, version = _area(args.area), _version(args.pack, getattr(args, "version", ""))
    commands.activate_pack(
        actor=SYSTEM, pack=args.pack, area_id=area.pk, version_id=version and version.pk, now=datetime.now(UTC)
    )
    say(
        f"{args.pack} 已在{area.name}启用，立即生效。",
        f"{args.pack} is active in {area.name_en or area.name} from now on.",
    )
    return 0


def _retire(args: argparse.Namespace) -> int:
    from xirang.foundation.actor import SYSTEM
    from xirang.packs import commands

    area = _area(args.area)
    commands.retire_pack(actor=SYSTEM, pack=args.pack, area_id=area.pk, now=datetime.now(UTC))
    say(
        f"{args.pack} 已在{area.name}停用，在办的件照常办完。",
        f"{args.pack} is closed in {area.name_en or area.name}; running cases go on.",
    )
    return 0


def _remove(args: argparse.Namespace) -> int:
    from xirang.foundation.actor import SYSTEM
    from xirang.packs import commands

    count = commands.remove_pack(actor=SYSTEM, pack=args.pack, now=datetime.now(UTC))
    say(
        f"已卸下 {args.pack}（{count} 个版本）。办件和记录都还在。",
        f"Removed {args.pack} ({count} versions). Cases and records stay.",
    )
    return 0
