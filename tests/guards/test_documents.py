"""The documents tell the truth: generated parts are current, and every setting and command is named."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.guards.sources import files, parts, shown, tree
from tools import docs

DOCUMENTS = {path: path.read_text(encoding="utf-8") for path in files() if path.suffix == ".md"}
OPERATE = DOCUMENTS[ROOT / "docs" / "operate.md"]
SETTING = re.compile(r"XIRANG_[A-Z0-9]+(?:_[A-Z0-9]+)*")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def test_the_reference_and_the_schemas_are_current() -> None:
    assert docs.REFERENCE.read_text(encoding="utf-8") == docs.reference(), "run `make docs`"
    for name, text in docs.schemas().items():
        assert (docs.SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8") == text, "run `make docs`"


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    named = {name for path in _sources() for name in _settings_in(path)}
    assert {"XIRANG_VAR", "XIRANG_HOSTS", "XIRANG_OIDC_ISSUER"} <= named
    assert sorted(named - set(SETTING.findall(OPERATE))) == []
    secret = {f"XIRANG_SECRET_{name}" for name in ("KEY", "VAULT_MASTER_KEY", "VAULT_INDEX_KEY", "RECEIPTS_KEY")}
    assert sorted(set(SETTING.findall(OPERATE)) - named - secret) == []


@pytest.mark.parametrize("name", [name for name, *_ in docs.subcommands()])
def test_every_subcommand_is_explained_to_whoever_operates(name: str) -> None:
    guides = OPERATE + DOCUMENTS[ROOT / "docs" / "add-a-pack.md"]
    assert f"xirang {name}" in guides


def test_make_help_and_the_documents_know_the_same_targets() -> None:
    targets = {name for name, *_ in docs.make_targets()}
    assert {"setup", "run", "test", "check", "bench", "pack", "docs", "clean", "help"} <= targets
    spoken = {
        (shown(path), name)
        for path, text in DOCUMENTS.items()
        for name in re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z]+)", text)
        if name not in targets
    }
    assert spoken == set()
    told = {name for name in targets if f"make {name}" in OPERATE + DOCUMENTS[ROOT / "README.md"]}
    assert targets - told <= {"t", "help"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_link_leads_to_a_file(path: Path) -> None:
    broken = [
        link
        for link in LINK.findall(re.sub(r"```.*?```", "", DOCUMENTS[path], flags=re.DOTALL))
        if "://" not in link and not link.startswith(("#", "mailto:"))
        if not (path.parent / link.partition("#")[0]).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_once_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    numbers = [match[1] for path in sorted(folder.glob("*.md")) if (match := re.match(r"(\d{4})-", path.name))]
    assert len(numbers) == len(set(numbers))
    index = DOCUMENTS[ROOT / "docs" / "README.md"]
    assert [path.name for path in sorted(folder.glob("*.md")) if f"decisions/{path.name}" not in index] == []


def test_every_page_of_docs_is_listed_in_its_index() -> None:
    index = DOCUMENTS[ROOT / "docs" / "README.md"]
    pages = [path.name for path in sorted((ROOT / "docs").glob("*.md")) if path.name != "README.md"]
    assert [name for name in pages if f"({name})" not in index] == []


def _sources() -> list[Path]:
    """Where settings are read: the program, its build, the tests' environment and the CI script."""
    return [
        path
        for path in files()
        if path.suffix in (".py", ".mjs") or path.name in ("Makefile", "run")
        if "guards" not in parts(path) and not {"src", "tests"} <= set(parts(path))
    ]


def _settings_in(path: Path) -> set[str]:
    """Names of variables: in Python only whole literals, since identifiers of that form are Django's own settings."""
    if path.suffix != ".py":
        return set(SETTING.findall(path.read_text(encoding="utf-8")))
    literals = (node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant))
    return {value for value in literals if isinstance(value, str) and SETTING.fullmatch(value)}
