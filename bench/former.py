"""Xirang as it was at an earlier commit, to be measured beside the present one: its sources, libraries, database."""

from __future__ import annotations

import importlib.metadata
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import ground, programs
from bench.rivals.environments import NotInstalledError, python_with_file

COMMIT = "a5fa14e"
ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench"
ASSETS = """charts.js dates.js dates.css map.js map.css select.js select.css site.js site.css icons.svg mark.svg"""
DATABASE = "former"
SECONDS = 300


class AbsentError(Exception):
    """The earlier state cannot be had here, and why."""


@dataclass(frozen=True, slots=True)
class State:
    """Sources, the interpreter with their libraries, their database and their folder for secrets."""

    python: str
    source: Path
    database: str
    home: Path

    def environment(self) -> dict[str, str]:
        """What a program of this state is told."""
        return ground.environment(self.database, PYTHONPATH=str(self.source), XIRANG_VAR=str(self.home))


def former() -> State:
    """The earlier state with a demo district of its own, made anew; AbsentError with the reason where it cannot be."""
    folder = _sources()
    python = _interpreter(folder / "requirements" / "base.txt")
    # In the folder of this run, gone with it.
    state = State(python, folder / "src", DATABASE, VAR / "site" / "former")
    done = subprocess.run(
        [python, "-m", "xirang.project.cli", "prepare"], env=state.environment(), cwd=folder, capture_output=True,
        text=True, timeout=SECONDS,
    )  # fmt: skip
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise AbsentError(f"{COMMIT} 的演示辖区没有建成，原因见终端")
    return state


def _sources() -> Path:
    folder = VAR / "former" / COMMIT
    if (folder / "complete").is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    argv = ["git", "-C", str(ROOT), "archive", "--format=tar", COMMIT, "src", "packs", "requirements"]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=60)
    except OSError as error:
        raise AbsentError("没有 git，取不到历史版本") from error
    if done.returncode:
        raise AbsentError(f"这里没有 {COMMIT} 的历史（浅克隆或源码包）")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    _name_assets(folder / "src" / "xirang" / "ui")
    (folder / "complete").touch()
    return folder


def _name_assets(ui: Path) -> None:
    """The list that a build of styles and scripts leaves: a page only names them, so nothing need be built."""
    icons = json.loads((ui / "frontend" / "src" / "icons.json").read_text("utf-8"))
    files = {name: name.replace(".", "-ABCDEFGH.") for name in ASSETS.split()}
    (ui / "static" / "ui").mkdir(parents=True)
    (ui / "static" / "ui" / "manifest.json").write_text(json.dumps({"files": files, "icons": icons}), "utf-8")


def _interpreter(requirements: Path) -> str:
    """Ours where it has the very versions that were locked then, otherwise one of its own."""
    locked = re.findall(r"^([a-z0-9_.-]+)==([^\s;\\]+)", requirements.read_text("utf-8"), re.M | re.I)
    if all(_installed(name) in (version, None) for name, version in locked) and all(
        _installed(name) for name in ("django", "procrastinate", "granian")
    ):
        return sys.executable
    try:
        return str(python_with_file("former", requirements))
    except NotInstalledError as error:
        raise AbsentError(str(error)) from error


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:  # Locked for another system or Python.
        return None


class Asked:
    """A probe that runs: each question is one line, its answer another."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def said(self) -> dict[str, Any]:
        """The next line; RuntimeError when the probe ended, its words are in the log."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the probe ended, see var/bench/logs")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, **question: Any) -> dict[str, Any]:
        """Ask and wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.said()


@contextmanager
def probing(state: State, username: str) -> Iterator[Asked]:
    """A process that asks for the pages of one state as one person."""
    argv = [state.python, "-P", str(ROOT / "bench" / "probe.py"), username]
    log = VAR / "logs" / f"probe-{state.database}.log"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with programs.started(argv, state.environment(), log=log, **pipes) as process:
        asked = Asked(process)
        asked.said()
        yield asked
