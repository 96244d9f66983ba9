"""Checking each pack: what somebody who writes one waits for."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure, Skipped

MOST_SECONDS = 2
ROOT = Path(__file__).resolve().parents[1]


def measure() -> list[Figure | Skipped]:
    """`xirang pack check` on every folder of `packs`, each in a fresh process; the better of two runs."""
    folders = sorted(path.parent for path in (ROOT / "packs").glob("*/pack.yaml"))
    if not folders:
        return [Skipped("应用包", "packs 里没有应用包")]
    return [
        Figure("应用包", f"检查 {folder.name}", min(_check(folder), _check(folder)), "秒", MOST_SECONDS)
        for folder in folders
    ]


def _check(folder: Path) -> float:
    began = time.monotonic()
    argv = [sys.executable, "-m", "xirang.project.cli", "pack", "check", str(folder)]
    done = subprocess.run(argv, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - began
