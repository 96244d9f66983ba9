"""Checks the import contracts: floors and rooms follow from what is installed, the rest stands in .importlinter."""

from __future__ import annotations

import os
import sys
import tempfile
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = ROOT / ".importlinter"
# Rooms of one engine from the top; brackets say that an engine may lack it.
ROOMS = (
    "engine",
    "urls",
    "pages | api | tasks",
    "middleware",
    "limits | forms",
    "oidc",
    "intake",
    "commands",
    "queries",
    "policy",
    "models",
    "wording",
    "events | spec",
    "logic",
)


def applications() -> dict[str, str]:
    """The label and the package of every application of ours, as INSTALLED_APPS has them."""
    from django.apps import apps

    return {config.label: config.name for config in apps.get_app_configs() if config.name.startswith("xirang.")}


def floors(installed: dict[str, str]) -> list[str]:
    """The floors from the top, strangers beside each other; a package inside another one stands with it."""
    from xirang.foundation.floors import FLOORS, floor_of

    rows = []
    for floor in reversed(FLOORS):
        names = sorted(name for name in installed.values() if floor_of(name) == floor)
        own = [name for name in names if not any(name.startswith(f"{other}.") for other in installed.values())]
        rows += [" | ".join(own)] if own else []
    return rows


def configuration(installed: dict[str, str]) -> ConfigParser:
    """The written contracts with those that follow from the installed applications."""
    written = ConfigParser()
    written.read(CONFIGURATION, encoding="utf-8")
    written["importlinter:contract:floors"] = {
        "name": "A floor imports only floors below it",
        "type": "layers",
        "layers": _lines(floors(installed)),
        # Tests may tell stories across the house.
        "ignore_imports": _lines(["xirang.**.tests.** -> xirang.**"]),
        "unmatched_ignore_imports_alerting": "none",
    }
    written["importlinter:contract:rooms"] = {
        "name": "Inside an engine a room imports only rooms below it",
        "type": "layers",
        "containers": _lines(sorted(set(installed.values()) - {"xirang.project", "xirang.foundation", "xirang.ui"})),
        "layers": _lines([" | ".join(f"({room})" for room in row.split(" | ")) for row in ROOMS]),
        "exhaustive": "false",
    }
    written["importlinter:contract:pure"]["source_modules"] += _lines(_pure(installed))
    return written


def _pure(installed: dict[str, str]) -> list[str]:
    """The rooms of decisions of every application that has one."""
    found = []
    for name in sorted(installed.values()):
        folder = Path(sys.modules[name].__file__ or "").parent
        found += [f"{name}.logic"] if (folder / "logic.py").exists() or (folder / "logic").is_dir() else []
    return found


def _lines(items: list[str]) -> str:
    return "".join(f"\n{item}" for item in items)


def main() -> int:
    """Check every contract; 1 when one is broken, with the imports that break it."""
    from importlinter.cli import lint_imports

    with tempfile.NamedTemporaryFile("w", suffix=".ini", encoding="utf-8") as file:
        configuration(applications()).write(file)
        file.flush()
        return lint_imports(config_filename=file.name, no_cache=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xirang.project.settings")
    # No table is read: the address only has to be one, so that the settings load without a running server.
    os.environ.setdefault("DATABASE_URL", "postgresql://xirang@/none?host=/nonexistent")
    import django

    django.setup()
    sys.exit(main())
