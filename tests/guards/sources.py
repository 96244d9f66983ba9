"""Where the guards find what is ours: the files of the checkout without what is installed, built or stored."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.environment import ROOT

PACKAGE = ROOT / "src" / "xirang"
NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__", "dist", "build", ".hypothesis"}
BUILT = PACKAGE / "ui" / "static" / "ui"


@cache
def files() -> tuple[Path, ...]:
    """Every file of the checkout that somebody wrote, in order."""
    return tuple(sorted(_walk(ROOT)))


def modules(*, tests: bool = False) -> list[Path]:
    """The Python files of the package; those of tests only when asked for."""
    found = [path for path in files() if path.suffix == ".py" and path.is_relative_to(PACKAGE)]
    return found if tests else [path for path in found if "tests" not in parts(path)]


def parts(path: Path) -> tuple[str, ...]:
    """The folders and the name of a file below the checkout; where the checkout itself lies says nothing."""
    return path.relative_to(ROOT).parts


def in_room(path: Path, *rooms: str) -> bool:
    """Whether a module of the package stands in one of these rooms, be the room a module or a package."""
    return bool(set(path.relative_to(PACKAGE).with_suffix("").parts) & set(rooms))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """A path as people write it, from the root of the checkout."""
    return path.relative_to(ROOT).as_posix()


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_OURS or path == BUILT or path.name.endswith(("_cache", ".egg-info")):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path
