"""An installed Xirang: the wheel declares and carries all it needs, and runs without a checkout and without Node.js.

The libraries come into the new environment as pip would bring them: resolved from what the wheel declares and nothing
else. Only their versions are held to the lock, and uv takes them from its cache where `make setup` left them there.
"""

from __future__ import annotations

import ast
import email
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import psutil
import pytest
from packaging.requirements import Requirement

from tests.environment import ROOT
from tests.guards.sources import PACKAGE, modules
from tools import install
from xirang.project.keeping.folders import find_checkout, packs_folder
from xirang.project.keeping.postgres import EmbeddedPostgres

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DECLARED = {
    Requirement(line) for line in (ROOT / "requirements" / "base.in").read_text("utf-8").split() if line[0] not in "#-"
}
NODE = {"node", "nodejs", "npm", "npx", "corepack", "yarn", "pnpm"}
START_SECONDS = 120


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("装 机")


@pytest.fixture(scope="module")
def wheel(place: Path) -> Path:
    """The wheel of this checkout, by the build backend that pyproject.toml names."""
    done = build(ROOT, "build_wheel", place)
    assert done.returncode == 0, done.stdout + done.stderr
    return place / done.stdout.split()[-1]


def build(project: Path, hook: str, out: Path) -> subprocess.CompletedProcess[str]:
    code = f"import sys, {PROJECT['build-system']['build-backend']} as backend; print(backend.{hook}(sys.argv[1]))"
    return subprocess.run([sys.executable, "-c", code, str(out)], cwd=project, capture_output=True, text=True)


def test_what_the_program_imports_is_declared() -> None:
    """A library that only comes along with another one may go away with it."""
    declared = {re.sub(r"[-_.]+", "-", one.name).lower() for one in DECLARED} | {"xirang"}
    homes = packages_distributions()
    undeclared = set()
    for path in modules():
        for name in imported(path) - sys.stdlib_module_names:
            found = {re.sub(r"[-_.]+", "-", home).lower() for home in homes.get(name, [name])}
            if not found & declared:
                undeclared.add(f"{path.relative_to(PACKAGE)}: {name}")
    assert undeclared == set()


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_folders_of_an_installed_program_are_those_of_its_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xirang.project.keeping import folders

    library = tmp_path / "project" / "lib"
    library.mkdir(parents=True)
    (tmp_path / "project" / "pyproject.toml").touch()  # Somebody else's project, with its libraries inside.
    assert find_checkout(library) is None
    assert find_checkout(ROOT / "src") == ROOT
    monkeypatch.setattr(folders, "CHECKOUT", None)
    monkeypatch.chdir(tmp_path)
    assert folders.var_folder({}) == tmp_path / "var"
    assert folders.var_folder({"XIRANG_VAR": "data"}) == tmp_path / "data"
    assert packs_folder({}) == PACKAGE / "shipped_packs"


def test_without_built_pages_and_catalogue_nothing_is_built(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout, so nobody can say which files are committed")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (bare / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, bare / name)
    for hook in ("build_wheel", "build_sdist"):
        done = build(bare, hook, tmp_path)
        said = done.stdout + done.stderr
        assert done.returncode != 0
        assert "还没有生成样式和脚本" in said
        assert "还没有编译英文译文" in said
        assert "make setup" in said
        assert "Traceback" not in said
    assert not list(tmp_path.glob("*.whl")) + list(tmp_path.glob("*.tar.gz"))


def test_the_wheel_declares_what_the_lock_is_made_of(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = email.message_from_bytes(archive.read(name))
    assert {Requirement(text) for text in about.get_all("Requires-Dist", [])} == DECLARED


def test_the_wheel_carries_what_it_shows_and_the_licences_of_all_of_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        licences = archive.read("xirang/ui/static/ui/third-party-licences.txt").decode()
    expected = {
        path.relative_to(ROOT / "src").as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not {"tests", "frontend"} & set(path.relative_to(PACKAGE).parts)
    }
    packs = {
        f"xirang/shipped_packs/{path.relative_to(ROOT / 'packs').as_posix()}"
        for path in (ROOT / "packs").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    about = {name for name in names if ".dist-info/" in name}
    assert {"xirang/project/locale/en/LC_MESSAGES/django.mo", "xirang/ui/static/ui/manifest.json"} <= expected
    assert names - about == expected | packs
    assert all(
        {f"{name}.br", f"{name}.gz"} < names for name in names if re.fullmatch(r".*/ui/site-.*\.(?:css|js)", name)
    )
    assert sum("/licenses/" in name for name in about) == 2
    assert {"bootstrap", "bootstrap-icons", "echarts", "htmx.org", "leaflet"} <= set(licences.split())
    assert set(re.findall(r"^License: (.+)$", licences, re.M)) <= set(PROJECT["project"]["license"].split(" AND "))
    assert "Copyright (c) 2011-2025 The Bootstrap Authors" in licences


@dataclass(frozen=True, slots=True)
class Installed:
    """A fresh environment with nothing but the wheel and what it declares, and a working folder of its own."""

    environment: Path
    folder: Path
    settings: dict[str, str]

    def xirang(self, *arguments: str) -> list[str]:
        return [str(self.environment / "bin" / "xirang"), *arguments]

    def ask(self, *arguments: str) -> str:
        """What a subcommand that succeeds says."""
        return self.output(*self.xirang(*arguments))

    def output(self, *argv: str) -> str:
        done = subprocess.run(argv, cwd=self.folder, env=self.settings, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, place: Path) -> Installed:
    if not install.fetch_uv():
        pytest.skip("uv cannot be had here; it makes the environment")
    environment, folder = place / "env", place / "工作 目录"
    folder.mkdir()
    uv = [sys.executable, "-m", "uv"]
    told = install.uv_environment(install.pip_settings()) | {
        "UV_LINK_MODE": "hardlink",
        "VIRTUAL_ENV": str(environment),
    }
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(environment)], env=told, check=True)
    # Named expressly: uv, run as a module, would otherwise install into the environment that runs this test.
    target = ["--quiet", "--python", str(environment / "bin" / "python")]
    wanted = [*uv, "pip", "install", *target, "--constraint", str(ROOT / "requirements" / "base.txt"), str(wheel)]
    if subprocess.run([*wanted, "--offline"], env=told, capture_output=True).returncode:
        done = subprocess.run(wanted, env=told, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    subprocess.run([*uv, "pip", "check", *target], env=told, check=True)
    return Installed(environment, folder, settings_without_node(environment, place / "bin"))


def settings_without_node(environment: Path, tools: Path) -> dict[str, str]:
    """What a plain user's shell sets, with every program of this machine within reach except Node.js."""
    tools.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in Path(folder).glob("*"):
            if program.name not in NODE and not (tools / program.name).is_symlink():
                (tools / program.name).symlink_to(program)
    path = f"{environment / 'bin'}{os.pathsep}{tools}"
    assert shutil.which("node", path=path) is None
    return {
        "PATH": path,
        "HOME": str(tools.parent),
        "LANG": "zh_CN.UTF-8",
        "PORT": str(free_port()),
        "XIRANG_DEMO": "0",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def running(installed: Installed) -> Iterator[psutil.Process]:
    """`xirang run` in a fresh folder, until it says that it is there; making the demo district is tested elsewhere."""
    log = installed.folder / "run.log"
    with log.open("wb") as out:
        process = psutil.Popen(
            installed.xirang("run"), cwd=installed.folder, env=installed.settings, stdout=out, stderr=out
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while "息壤已启动" not in log.read_text("utf-8", "replace"):
            assert process.poll() is None, log.read_text("utf-8", "replace")
            assert time.monotonic() < deadline, log.read_text("utf-8", "replace")
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.mark.slow
def test_an_installed_program_finds_the_packs_that_it_brings(installed: Installed) -> None:
    code = "from xirang.project.keeping.folders import packs_folder; print(packs_folder())"
    packs = Path(installed.output(str(installed.environment / "bin" / "python"), "-c", code).strip())
    assert packs.is_relative_to(installed.environment)
    names = sorted(path.parent.name for path in packs.glob("*/pack.yaml"))
    assert names == sorted(path.parent.name for path in (ROOT / "packs").glob("*/pack.yaml"))
    installed.ask("pack", "check", *(str(packs / name) for name in names))


@pytest.mark.slow
def test_the_wheel_installs_into_a_fresh_environment_and_serves(installed: Installed, running: psutil.Process) -> None:
    address = f"http://127.0.0.1:{installed.settings['PORT']}"
    page = get(address + "/")
    assert 'lang="zh' in page
    assert "Sign in" in get(address + "/", language="en")  # The compiled catalogue is there.
    styles = set(re.findall(r"/static/ui/[\w.-]+\.(?:css|js)", page))
    assert len(styles) > 1
    assert all(get(address + path) for path in styles)
    assert "Bootstrap Authors" in get(address + "/static/ui/third-party-licences.txt")
    assert (installed.folder / "var" / "secrets.json").is_file()
    said = installed.ask("doctor")
    assert f"{len(DECLARED)} 个程序库齐备" in said
    assert "样式和脚本已生成" in said
    family = [running, *running.children(recursive=True)]
    assert len(family) > 3
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 0
    server = EmbeddedPostgres(installed.folder / "var" / "pg")
    deadline = time.monotonic() + 10
    while any(one.is_running() for one in family) or server.members():
        assert time.monotonic() < deadline, [one for one in family if one.is_running()]
        time.sleep(0.05)


def get(address: str, language: str = "zh") -> str:
    request = urllib.request.Request(address, headers={"Accept-Language": language})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
        return answer.read().decode()
