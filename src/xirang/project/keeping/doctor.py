"""`xirang doctor`: looks at an installation from outside and says, line by line, what is wrong and how to mend it."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from xirang.foundation.terminal import StartupError, choose
from xirang.project.keeping import health, secrets
from xirang.project.keeping.folders import CHECKOUT, PACKAGE, START, files_folder, var_folder
from xirang.project.running.supervisor import answers, bind_problem
from xirang.project.running.web import address_from, demo_warning, worker_count

MARKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;\s*(.*?))?\s*\\?$")
LITTLE_BYTES, TOO_LITTLE_BYTES = 2 * 1024**3, 300 * 1024**2
HOLIDAY_DAYS = 60
OLDEST_PYTHON = (3, 11)


class Level(Enum):
    """How bad it is; only WRONG makes the command fail."""

    WELL = ("ok", "ok")
    CARE = ("注意", "care")
    WRONG = ("不行", "wrong")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report, in both languages; the way to mend it belongs to the sentence."""

    level: Level
    zh: str
    en: str

    def __str__(self) -> str:
        return f"[{choose(*self.level.value)}] {choose(self.zh, self.en)}"


Findings = Iterator[Finding]


def configure(parser: argparse.ArgumentParser) -> None:
    """`doctor` takes no arguments; it looks at the installation that the environment describes."""


def run(args: argparse.Namespace) -> int:
    """Print every finding as soon as it is made; 1 where something is wrong."""
    worst = 0
    for check in CHECKS:
        for finding in _guarded(check):
            print(finding, flush=True)
            worst = max(worst, finding.level is Level.WRONG)
    return int(worst)


def check_python() -> Findings:
    """Python 3.11 or newer."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        yield well(f"Python {found}", f"Python {found}")
    else:
        yield wrong(
            f"Python {found} 太旧。请装 3.11 或更新版本，再运行 make setup。", f"Python {found} is too old; needs 3.11."
        )


def check_libraries() -> Findings:
    """Every library in exactly the locked version."""
    if CHECKOUT is None:
        yield from _check_declared_libraries()
        return
    pinned = dict(_pinned(CHECKOUT / "requirements" / "base.txt"))
    differing = [
        f"{name} {found or '—'}≠{version}" for name, version in pinned.items() if (found := _installed(name)) != version
    ]
    if differing:
        some = "，".join(differing[:5])
        yield wrong(
            f"{len(differing)} 个程序库与锁定的版本不同（{some}）。请运行 make setup。",
            f"Libraries differ: {some}. Run make setup.",
        )
    else:
        yield well(f"{len(pinned)} 个程序库与锁定的版本一致", f"all {len(pinned)} libraries as locked")


def _check_declared_libraries() -> Findings:
    """An installed program has no lock beside it; what it declares must be there in versions that it accepts."""
    from packaging.requirements import Requirement

    declared = [Requirement(text) for text in importlib.metadata.requires("xirang") or ()]
    needed = [one for one in declared if one.marker is None or one.marker.evaluate()]
    lacking = [
        f"{one.name} {found or '—'}"
        for one in needed
        if (found := _installed(one.name)) is None or not one.specifier.contains(found, prereleases=True)
    ]
    if lacking:
        some = "，".join(lacking[:5])
        yield wrong(
            f"{len(lacking)} 个程序库缺少或版本不合（{some}）。请用 pip 重新安装息壤的安装包。",
            f"Libraries are missing or do not fit: {some}. Install the wheel of Xirang again with pip.",
        )
    else:
        yield well(f"{len(needed)} 个程序库齐备", f"all {len(needed)} libraries that it declares are there")


def check_face() -> Findings:
    """Styles and scripts are built, and not older than their sources."""
    built = list((PACKAGE / "ui" / "static" / "ui").glob("*"))
    if built:
        yield well("样式和脚本已生成", "styles and scripts are built")
    else:
        yield wrong("样式和脚本还没有生成。请运行 make setup。", "Styles and scripts are not built. Run make setup.")


def check_folders() -> Findings:
    """The data folder is ours, writable, not open to others, and has room."""
    var = var_folder()
    if not var.exists():
        yield care(f"数据目录 {var} 还没有建立，首次 {START} 时自动建立。", f"{var} will be made by the first {START}.")
        return
    for folder in (var, files_folder()):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            yield wrong(
                f"{folder} 不可写。请改回安装时的用户：chown。", f"{folder} is not writable. Give it back by chown."
            )
    free = shutil.disk_usage(var).free
    text = f"{free / 1024**3:.1f} GB"
    if free < TOO_LITTLE_BYTES:
        yield wrong(
            f"{var} 所在的磁盘只剩 {text}，数据库随时会停。请立即清理。",
            f"Only {text} left on the disk of {var}. Free some now.",
        )
    elif free < LITTLE_BYTES:
        yield care(f"{var} 所在的磁盘只剩 {text}，请尽快清理或扩容。", f"Only {text} left on the disk of {var}.")
    else:
        yield well(f"数据目录 {var}，磁盘剩余 {text}", f"data folder {var}, {text} free")


def check_secrets() -> Findings:
    """Secrets are whole and readable by their owner alone."""
    path = var_folder() / secrets.FILE
    if not path.exists():
        given = all(os.environ.get(secrets.variable(name)) for name in secrets.NAMES)
        zh, en = (
            ("密钥来自环境变量", "secrets come from the environment")
            if given
            else ("密钥在首次启动时生成", "secrets will be made")
        )
        yield well(zh, en) if given else care(zh + "。", en + " at the first start.")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield wrong(
            f"{path} 的权限是 {mode:04o}，别人能读到密钥。请执行：chmod 600 '{path}'",
            f"{path} has mode {mode:04o}; others can read the secrets. Run: chmod 600 '{path}'",
        )
    else:
        secrets.load(var_folder())
        if secrets.next_master_keys(var_folder()):
            yield care(
                "更换主密钥没有做完，请停止服务后再执行一次：xirang vault rotate。",
                "A rotation of the master key is unfinished. Stop the service and run again: xirang vault rotate.",
            )
        yield well("密钥完整，只有本用户可读。请另存一份在别处", "secrets are whole and private; keep a copy elsewhere")


def check_port() -> Findings:
    """The port is free, or it is we who answer there."""
    address = address_from(os.environ)
    worker_count(os.environ)
    problem = bind_problem(address)
    if not problem:
        yield well(f"端口 {address.port} 空闲", f"port {address.port} is free")
    elif answers(address):
        yield well(f"{address.url} 正在运行并有应答", f"{address.url} is running and answers")
    else:
        yield care(
            f"{address.host}:{address.port} 不能使用（{problem}）。请换一个端口：PORT=8001 {START}",
            f"{address.host}:{address.port} cannot be used ({problem}). Choose another: PORT=8001 {START}",
        )


def check_demo() -> Findings:
    """A demonstration, whose password is printed, is not open to other machines."""
    if warning := demo_warning(address_from(os.environ), os.environ):
        yield care(*warning)


def check_clock() -> Findings:
    """The clock runs in this century's right years and the Chinese time zone is known."""
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now < built - timedelta(days=1):
        yield wrong(
            f"系统时间 {now:%Y-%m-%d} 早于程序文件的时间，时限会算错。请校准时钟。",
            f"The clock says {now:%Y-%m-%d}; set it.",
        )
        return
    try:
        local = now.astimezone(ZoneInfo("Asia/Shanghai"))
    except ZoneInfoNotFoundError:
        yield wrong("缺少时区资料。请运行 make setup（tzdata）。", "Time zone data is missing. Run make setup.")
        return
    yield well(f"北京时间 {local:%Y-%m-%d %H:%M}", f"Beijing time {local:%Y-%m-%d %H:%M}")


def check_holidays() -> Findings:
    """The published holidays reach far enough for the time limits that start today."""
    from xirang.foundation.calendar.days import published_until

    until, today = published_until(), datetime.now(ZoneInfo("Asia/Shanghai")).date()
    if until >= today + timedelta(days=HOLIDAY_DAYS):
        yield well(f"节假日安排已收录到 {until}", f"holidays are known until {until}")
    else:
        yield care(
            _holiday_sentence(until),
            f"Holidays are known until {until} only; later limits count weekends alone. Update.",
        )


def check_fonts() -> Findings:
    """A Chinese font, needed by pictures made on this machine and not by visitors."""
    if tool := shutil.which("fc-list"):
        listed = subprocess.run([tool, ":lang=zh", "family"], capture_output=True, text=True, errors="replace").stdout
        if listed.strip():
            yield well("有中文字体", "a Chinese font is there")
            return
    yield care(
        "没有中文字体；只影响在本机截图。Debian 可装 fonts-noto-cjk。",
        "No Chinese font; only screenshots made here suffer. Debian: fonts-noto-cjk.",
    )


def check_database() -> Findings:
    """The database answers, is new enough, has all tables, and the work in it flows."""
    for level, zh, en in health.examine():
        yield Finding(Level[level], zh, en)


CHECKS: tuple[Callable[[], Findings], ...] = (
    check_python,
    check_libraries,
    check_face,
    check_folders,
    check_secrets,
    check_port,
    check_demo,
    check_clock,
    check_holidays,
    check_fonts,
    check_database,
)


def well(zh: str, en: str) -> Finding:
    """A line that needs nothing done."""
    return Finding(Level.WELL, zh, en)


def care(zh: str, en: str) -> Finding:
    """A line to know about; the program works."""
    return Finding(Level.CARE, zh, en)


def wrong(zh: str, en: str) -> Finding:
    """A line that must be mended."""
    return Finding(Level.WRONG, zh, en)


def _guarded(check: Callable[[], Findings]) -> Findings:
    """A check that cannot even run is itself a finding: the doctor must not fall ill."""
    try:
        yield from check()
    except StartupError as error:
        yield wrong(error.zh, error.en)
    except Exception as error:
        name = (check.__doc__ or check.__name__).strip()
        yield wrong(f"没能检查（{name}）：{type(error).__name__} {error}", f"could not check ({name}): {error!r}")


def _pinned(lock: Path) -> Iterator[tuple[str, str]]:
    from packaging.markers import Marker

    for line in lock.read_text("utf-8").splitlines():
        if (match := MARKED.match(line)) and (not match[3] or Marker(match[3]).evaluate()):
            yield match[1], match[2]


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _holiday_sentence(until: date) -> str:
    return f"节假日安排只收录到 {until}，之后的时限只按周末计算。国务院公布新安排后请升级程序。"
