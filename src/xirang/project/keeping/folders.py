"""Where things lie on disk: the project's own files, and `var`, which holds everything an installation collects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
PACKAGE = SOURCE / "xirang"


def find_checkout(source: Path) -> Path | None:
    """The checkout in which the sources lie; None for an installed program, wherever its libraries lie."""
    # A library folder may lie in somebody else's project, so that project's pyproject.toml proves nothing by itself.
    return source.parent if source.name == "src" and (source.parent / "pyproject.toml").exists() else None


CHECKOUT = find_checkout(SOURCE)
START = "make run" if CHECKOUT else "xirang run"  # How whoever reads a sentence of ours starts the program.


def var_folder(env: Mapping[str, str] = os.environ) -> Path:
    """The folder of everything that must survive an upgrade.

    XIRANG_VAR; else `var` of the checkout; else, for an installed program, `var` of the working directory.
    """
    return Path(env.get("XIRANG_VAR") or (CHECKOUT or Path.cwd()) / "var").expanduser().resolve()


def files_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Uploaded files, kept outside the database and inside every backup; XIRANG_FILES, else `files` below `var`."""
    return Path(env.get("XIRANG_FILES") or var_folder(env) / "files").expanduser().resolve()


def packs_folder(env: Mapping[str, str] = os.environ) -> Path:
    """The packs at hand: XIRANG_PACKS; else those of the checkout; else those that the installed program brings."""
    own = CHECKOUT / "packs" if CHECKOUT else PACKAGE / "shipped_packs"
    return Path(env.get("XIRANG_PACKS") or own).expanduser().resolve()


def make_private(folder: Path) -> Path:
    """Create the folder for its owner alone, if it does not exist; an existing one is left as it is."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
    return folder
