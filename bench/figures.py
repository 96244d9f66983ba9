"""One measured figure beside its target, and the machine on which it was measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `target` is the most that is allowed, with `least` the least (None: told for comparison)."""

    bench: str
    what: str
    value: float
    unit: str
    target: float | None = None
    least: bool = False

    @property
    def met(self) -> str:
        """达标, 未达标, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "达标" if (self.value >= self.target if self.least else self.value <= self.target) else "未达标"

    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        bound = "" if self.target is None else f"{'≥' if self.least else '≤'} {number(self.target)} {self.unit}".strip()
        return (self.bench, self.what, f"{number(self.value)} {self.unit}".strip(), bound, self.met)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A measurement that could not be made here, and why."""

    bench: str
    because: str

    def cells(self) -> tuple[str, ...]:
        return (self.bench, f"未测：{self.because}", "", "", "")


def load(bench: str, block: str) -> Figure:
    """How busy the machine is at this moment: every block of figures is read beside it."""
    return Figure(bench, f"{block}：开测时整机负载（1 分钟）", os.getloadavg()[0], "")


def percentile(times: list[float], share: float) -> float:
    """The value below which `share` of the sorted values lie."""
    return times[min(len(times) - 1, int(len(times) * share))]


HEADINGS = ("测量", "内容", "结果", "目标", "结论")


def number(value: float) -> str:
    """Three figures are enough."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def machine(postgres_folder: Path, data_folder: Path) -> list[tuple[str, str]]:
    """What the figures depend on: processor, memory, versions, load of others, and the disk's flush time."""
    load = os.getloadavg()
    return [
        ("处理器", f"{len(os.sched_getaffinity(0))} 核，{_processor()}"),
        ("内存", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"),
        ("系统", f"{platform.system()} {platform.release().split('-')[0]}，Python {platform.python_version()}"),
        ("数据库", _output([postgres_folder / "postgres", "--version"])),
        ("落盘一次（fdatasync）", f"{flush_microseconds(postgres_folder, data_folder):,.0f} 微秒"),
        ("开测时别人的负载（1 分钟）", f"{load[0]:.2f}"),
    ]


def flush_microseconds(postgres_folder: Path, data_folder: Path) -> float:
    """How long one fdatasync of one 8 KiB page takes on the disk that carries the data."""
    data_folder.mkdir(parents=True, exist_ok=True)
    file = data_folder / "fsync-test"
    text = _output([postgres_folder / "pg_test_fsync", "-s", "1", "-f", file])
    file.unlink(missing_ok=True)
    found = re.search(r"fdatasync\s+[\d.]+ ops/sec\s+([\d.]+) usecs/op", text)
    return float(found[1]) if found else float("nan")


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found[1].strip() if found else platform.machine()


def _output(argv: list[object]) -> str:
    done = subprocess.run([str(part) for part in argv], capture_output=True, text=True, timeout=60)
    return done.stdout.strip()
