"""Where things lie on disk: the project's own files, and `var`, which holds everything an installation collects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
ROOT = SOURCE.parent if (SOURCE.parent / "pyproject.toml").exists() else Path.cwd()


def var_folder(env: Mapping[str, str] = os.environ) -> Path:
    """The folder of everything that must survive an upgrade; XIRANG_VAR, else `var` beside the sources."""
    return Path(env.get("XIRANG_VAR") or ROOT / "var").expanduser().resolve()


def files_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Uploaded files, kept outside the database and inside every backup; XIRANG_FILES, else `files` below `var`."""
    return Path(env.get("XIRANG_FILES") or var_folder(env) / "files").expanduser().resolve()


def make_private(folder: Path) -> Path:
    """Create the folder for its owner alone, if it does not exist; an existing one is left as it is."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
    return folder
