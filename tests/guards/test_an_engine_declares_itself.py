"""An engine is complete with one line outside its folder: a temporary one is installed, and everything knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.environment import ROOT
from xirang.project.keeping.postgres import EmbeddedPostgres

HOUSE = ROOT / "src" / "xirang"
LINE = '    "xirang.engines.loans",\n'
WITHOUT = shutil.ignore_patterns("tests", "__pycache__", "node_modules", "frontend")


@pytest.fixture(scope="module")
def seen(postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the house shows with the engine in it, told by `loans_prove` in a process of its own."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(HOUSE, folder / "src" / "xirang", ignore=WITHOUT)
    shutil.copytree(ROOT / "tests" / "guards" / "loans", folder / "src" / "xirang" / "engines" / "loans")
    (folder / "src" / "xirang" / "engines" / "loans" / "migrations").mkdir()
    (folder / "src" / "xirang" / "engines" / "loans" / "migrations" / "__init__.py").touch()
    settings = folder / "src" / "xirang" / "project" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    place = text.index('    "xirang.engines.cockpit",\n')
    settings.write_text(text[:place] + LINE + text[place:], encoding="utf-8")
    name = databases.clone(postgres, template, "engine")
    try:
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "guards" / "loans_prove.py"), str(folder)],
            cwd=ROOT,
            env=_environment(folder, postgres.url(name)),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        databases.drop(postgres, name)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _environment(folder: Path, address: str) -> dict[str, str]:
    own = {
        "PYTHONPATH": os.pathsep.join([str(folder / "src"), str(ROOT)]),
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "xirang.project.settings",
        "XIRANG_DEMO": "1",
        "XIRANG_HOSTS": "testserver,localhost",
        "XIRANG_VAR": str(folder / "var"),
        "XIRANG_PACKS": os.environ["XIRANG_PACKS"],
    }
    return os.environ | own


def test_floors_and_rooms_know_it(seen: dict[str, Any]) -> None:
    assert "xirang.engines.bulletin | xirang.engines.cases | xirang.engines.loans" in seen["floors"]
    assert seen["rooms"]
    assert seen["pure"]


def test_the_documents_know_it(seen: dict[str, Any]) -> None:
    assert seen["reference"] == ["thing_lent", "lend_thing", "count_loans"]
    assert seen["schema"]
    assert seen["permit"].count("●") == 2
    assert "借出" in seen["permit"]
    assert seen["address"]
    assert seen["api"]


def test_packs_speak_to_it(seen: dict[str, Any]) -> None:
    assert seen["findings"] == []
    assert seen["broken"] == [["loans.yaml", 3]]
    assert "物品架代码 tools 已经属于应用包“tool_shed”" in seen["stranger"]


def test_its_event_is_heard_and_its_effect_is_asked_for(seen: dict[str, Any]) -> None:
    assert seen["told"] == ["借出第 1 件"]
    assert seen["out"] == 2


def test_its_records_read_in_its_words_and_say_who_acted(seen: dict[str, Any]) -> None:
    assert seen["said"] == [
        ["借出", "物品架 tools", [["借出件数", "1"]]],
        ["借出", "物品架 tools", [["借出件数", "2"]]],
    ]
    assert seen["who"] == ["account", "system"]


def test_its_page_stands_in_the_menu_of_whoever_may_open_it(seen: dict[str, Any]) -> None:
    assert seen["page"]
    assert (seen["public"], seen["refused"]) == (302, 403)
    assert seen["shelves"] == ["工具"]


def test_the_search_finds_its_things_for_whoever_may_see_them(seen: dict[str, Any]) -> None:
    assert seen["searched"]
    assert seen["straight"] == "/loans/"
    assert not seen["not_searched"]
