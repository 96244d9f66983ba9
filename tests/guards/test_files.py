"""What lies in the repository: short files with honest names, nothing of anybody's machine, locked requirements."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.environment import ROOT
from tests.guards.sources import PACKAGE, files, modules, parts, shown, tree

LONGEST = 500
WIDEST = 120
SHAPELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers", "service"}
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".js", ".mjs", ".txt", ".json", ".cfg", ".in", ""}
# Written by tools, read by tools.
GENERATED = {"package-lock.json", "django.po"}
# Spelt in pieces, so that this file does not hold what it forbids.
MACHINES = re.compile(r"(?<![\w.:/-])/" + r"(?:work/(?:main|shared)|home/\w+|Users/\w+|root)/|[A-Z]:\\" + "Users")
INDEXES = re.compile(
    r"--(?:extra-)?index" + r"-url|--trusted" + r"-host|://(?:pypi|registry|mirrors?|nexus|artifactory)\.[a-z]", re.I
)
MAKERS = re.compile(
    r"\b(?:cl" + r"aude|anth" + r"ropic|open" + r"ai|chat" + r"gpt|cop" + r"ilot|co-authored" + r"-by)\b", re.I
)


def test_no_file_is_longer_than_a_person_reads_in_one_go() -> None:
    ours = [path for path in files() if path.suffix in (".py", ".mjs", ".js", ".css", ".scss", ".html", ".yaml")]
    long = {shown(path): lines for path in ours if (lines := len(_text(path).splitlines())) > LONGEST}
    assert long == {}


def test_no_line_of_styles_scripts_and_templates_is_wider_than_a_line_of_python() -> None:
    """The formatter leaves long comments and long texts as they are; this does not."""
    ours = [path for path in files() if path.suffix in (".js", ".mjs", ".css", ".scss") or "jinja2" in path.parts]
    assert len(ours) > 40
    wide = {
        f"{shown(path)}:{number}": len(line)
        for path in ours
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if len(line) > WIDEST
    }
    assert wide == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    ours = [path for path in files() if path.suffix in (".py", ".js", ".mjs", ".css")]
    assert [shown(path) for path in ours if path.stem.lower() in SHAPELESS] == []


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        shown(path)
        for path in modules(tests=True)
        if "migrations" not in parts(path) and tree(path).body
        if not _opening(path).rstrip().endswith((".", "?", "。"))
    ]
    assert silent == []


def test_nothing_is_left_undone() -> None:
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|raise NotImplemented" + r"Error")
    assert _holding(mark, [path for path in files() if path.suffix in (".py", ".js", ".mjs", ".html", ".css")]) == []


def test_no_file_names_a_machine_an_index_or_a_maker() -> None:
    ours = [path for path in files() if path.suffix in TEXT and path.name != "LICENSE"]
    assert _holding(MACHINES, ours) == []
    assert _holding(INDEXES, ours) == []
    assert _holding(MAKERS, ours) == []


def test_the_guard_itself_sees_what_it_should(tmp_path: Path) -> None:
    assert MACHINES.search("see /" + "home/li/xirang/src")
    assert MACHINES.search("cd /" + "work/main/src")
    assert not MACHINES.search("docs/" + "home/li/ and https://example.cn/" + "root/x")
    assert INDEXES.search("pip install --index" + "-url https://x")
    assert MAKERS.search("Co-Authored" + "-By: somebody")


def test_every_requirement_is_locked_by_a_hash() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert {"base.txt", "dev.txt"} <= {path.name for path in locks}
    for path in locks:
        wanted = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", _text(path)).strip())
        assert wanted
        loose = [one.split()[0] for one in wanted if "==" not in one or "--hash=sha256:" not in one]
        assert loose == [], path.name


def test_the_package_brings_no_secret_and_no_data() -> None:
    kept = {path.name for path in files() if path.is_relative_to(PACKAGE)}
    assert not kept & {"secrets.json", ".env", "demo-password", "db.sqlite3"}


def _holding(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{shown(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        if path.name not in GENERATED
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _opening(path: Path) -> str:
    return (ast.get_docstring(tree(path)) or "").split("\n")[0]
