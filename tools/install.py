"""Installs locked libraries into the running interpreter's environment; called by the Makefile with requirement files.

uv does it in a sixth of pip's time, but does not read pip's configuration: the package index, certificate and folders
that this machine's pip uses are handed on. Where uv cannot be had or fails, pip does the same work.
"""

from __future__ import annotations

import compileall
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from xirang.foundation.terminal import say  # noqa: E402 - the sources are not installed yet when this runs

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
LAUNCHER = """#!/bin/sh
# Finds the interpreter beside itself, so that blanks in the path and a moved checkout do no harm.
exec "$(dirname -- "$0")/python" -m xirang.project.cli "$@"
"""


def main(arguments: list[str]) -> int:
    """`install.py FILE…` installs requirement files; `install.py --link` makes the sources and `xirang` available."""
    if arguments == ["--link"]:
        link()
        return 0
    files = [part for name in arguments for part in ("-r", name)]
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, "--require-hashes"]
    if fetch_uv() and subprocess.run([*uv, *files], env=uv_environment(pip_settings())).returncode == 0:
        if needed_to_run(arguments):
            compile_libraries()
        return 0
    say("  uv 不可用，改用 pip（约需一分钟）", "  uv is not usable; pip does it (about a minute)")
    return subprocess.run([*PIP, "install", "--quiet", "--require-hashes", *files]).returncode


def needed_to_run(files: list[str]) -> bool:
    """Whether what was installed is loaded at every start; the tools of tests are compiled as they are used."""
    return any(Path(name).name == "base.txt" for name in files)


def compile_libraries() -> None:
    """Translate the libraries into byte code, which pip does by itself and uv does not.

    Half the time of a start is translation where Python may not keep what it has translated
    (PYTHONDONTWRITEBYTECODE, a folder that the service's account cannot write). A file that some other Python is
    meant for does not compile, and nobody misses it.
    """
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2, workers=0, rx=re.compile(r"[/\\]tests?[/\\]"))


def link() -> None:
    """Put the sources, translated, on the path and the command into bin, by relative paths and without any network."""
    packages = Path(sysconfig.get_path("purelib"))
    (packages / "xirang.pth").write_text(os.path.relpath(ROOT / "src", packages) + "\n", "utf-8")
    command = Path(sysconfig.get_path("scripts")) / "xirang"
    command.write_text(LAUNCHER, "utf-8")
    command.chmod(0o755)
    compileall.compile_dir(ROOT / "src", quiet=2, workers=0, rx=re.compile(r"[/\\](tests|node_modules)[/\\]"))


def fetch_uv() -> bool:
    """True when uv is there, or could be installed from its own lock."""
    if subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True).returncode == 0:
        return True
    lock = str(ROOT / "requirements" / "uv.txt")
    return (
        subprocess.run(
            [*PIP, "install", "--quiet", "--require-hashes", "-r", lock], stderr=subprocess.DEVNULL
        ).returncode
        == 0
    )


def pip_settings() -> dict[str, str]:
    """pip's effective settings by bare name; its own order holds: environment over files, install over global."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, encoding="utf-8").stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.partition(".")
        if section in found and value:
            found[section][name] = value.strip("'\"")
    return found["global"] | found["install"] | found[":env:"]


def uv_environment(settings: dict[str, str]) -> dict[str, str]:
    """The same settings under the names that uv reads."""
    environment = dict(os.environ)
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    for ours, theirs in names.items():
        present = [place for place in settings.get(ours, "").replace("\\n", " ").split() if is_there(place)]
        if present:
            # uv separates folders of wheels by commas, indexes by blanks.
            environment.setdefault(theirs, ("," if ours == "find-links" else " ").join(present))
    if "cert" in settings:
        environment.setdefault("SSL_CERT_FILE", settings["cert"])
    # Hashes are required anyway, so the first index that has the name need not be the only one asked.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    environment.setdefault("UV_LINK_MODE", "copy")
    if not os.access(Path.home(), os.W_OK):  # An account without a home has no cache.
        environment.setdefault("UV_NO_CACHE", "1")
    return environment


def is_there(place: str) -> bool:
    """False for a folder that does not exist: pip passes over it in silence, uv stops."""
    if place.startswith("file:"):
        return Path(unquote(urlsplit(place).path)).is_dir()
    return "://" in place or Path(place).is_dir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
