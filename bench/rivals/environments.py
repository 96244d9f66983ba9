"""Environments for the rivals, made by pip when a bench first needs them and kept below var/bench."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "var" / "bench" / "environments"
SECONDS = 300
HELPDESK = ("django-helpdesk==2.6.1", "Django==5.2.19", "gunicorn==27.0.1", "psycopg[binary]==3.3.9")
SPIFF = ("SpiffWorkflow==3.2.0", "psycopg[binary]==3.3.9")


class NotInstalledError(Exception):
    """pip could not make the environment; its own words go to the terminal, they may name places."""


def python_with(name: str, requirements: tuple[str, ...]) -> Path:
    """The interpreter of an environment that holds exactly these; NotInstalledError where pip fails or is too slow."""
    return _environment(name, " ".join(requirements), list(requirements))


def python_with_file(name: str, file: Path) -> Path:
    """The same for a file of requirements with their hashes."""
    return _environment(name, file.read_text("utf-8"), ["--require-hashes", "-r", str(file)])


def _environment(name: str, wanted: str, arguments: list[str]) -> Path:
    folder = FOLDER / f"{name}-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    python, stamp = folder / "bin" / "python", folder / "complete"
    if stamp.is_file():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    print(f"为对照装 {name}……", flush=True)
    _run([sys.executable, "-m", "venv", str(folder)], name)
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments], name)
    stamp.touch()
    return python


def _run(argv: list[str], name: str) -> None:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise NotInstalledError(f"{name} 在 {SECONDS} 秒内没有装好") from error
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise NotInstalledError(f"{name} 没有装上（pip 退出码 {done.returncode}，原因见终端）")
