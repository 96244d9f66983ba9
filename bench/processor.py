"""Processor time of whole process trees, read from the kernel: it does not grow because others use the machine."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")  # Milliseconds; the kernel counts in these.


def spent(root: int) -> float:
    """Milliseconds of processor time of a process, its living descendants, and of those that have ended."""
    stats = _stats()
    children: dict[int, list[int]] = {}
    for pid, fields in stats.items():
        children.setdefault(int(fields[1]), []).append(pid)
    waiting, ticks = [root], 0
    while waiting:
        pid = waiting.pop()
        if pid in stats:
            # utime, stime, and cutime, cstime of children that were waited for: those that live are not in them yet.
            ticks += sum(int(value) for value in stats[pid][11:15])
            waiting += children.get(pid, [])
    return ticks * TICK


def own(pid: int) -> float:
    """Milliseconds of processor time of one process alone."""
    fields = _fields(Path("/proc", str(pid), "stat").read_text())
    return (int(fields[11]) + int(fields[12])) * TICK


def _stats() -> dict[int, list[str]]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # It ended while we looked.
                found[int(entry.name)] = _fields((entry / "stat").read_text())
    return found


def _fields(text: str) -> list[str]:
    # The name in brackets may hold blanks and brackets; the state follows the last one.
    return text.rsplit(")", 1)[1].split()
