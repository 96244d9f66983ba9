"""A pack is a folder: whichever one is deleted, what remains stays green."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import world
from tests.environment import ROOT
from tests.guards.sources import files, modules, parts, shown
from tools import permissions

FOLDER = ROOT / "packs"
PACKS = sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml"))
NAMED = re.compile(rf"[\"/=](?:{'|'.join(PACKS)})[\"/]")
# The tests that read packs without a database; those with one ask for the fixture `world`, or skip like it.
READERS = ("src/xirang/packs/tests/test_logic.py", "tests/guards/test_models_are_named.py")
# Where code may name a pack, and what it does when that pack is not there.
MAY_NAME_A_PACK = {
    "project/demo": "The demo district goes without the cases of a missing pack; its own tests prove it.",
    "project/simulate": "The month is lived by the packs of the demo district.",
}
# Tests that name a pack are marked with it, or work on the district of `world`, which stands for the mark.
GUARDED = re.compile(r"\bworld\b|mark\.packs\(|\bsite\b|document_at")


@pytest.mark.slow
@pytest.mark.parametrize("pack", PACKS)
def test_what_reads_packs_stays_green_without(pack: str, tmp_path: Path) -> None:
    rest = tmp_path / "packs"
    shutil.copytree(FOLDER, rest, ignore=lambda folder, _: [pack] if Path(folder) == FOLDER else [])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", "not cold_start", *READERS],
        cwd=ROOT,
        env=os.environ | {"TEST_PACKS": str(rest)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert re.search(r"\d+ passed", done.stdout)
    assert f"[{pack}]" not in done.stdout


def test_no_code_names_a_pack() -> None:
    """Engines and shell know processes only by what is installed; a name in the code would outlive the folder."""
    naming = [
        f"{shown(path)}: {pack}"
        for path in [*modules(), *(one for one in files() if one.suffix == ".html" and "jinja2" in parts(one))]
        for pack in PACKS
        if f'"{pack}"' in path.read_text(encoding="utf-8") and not any(one in shown(path) for one in MAY_NAME_A_PACK)
    ]
    assert naming == []


def test_tests_that_need_a_certain_pack_can_do_without_it() -> None:
    """What is neither marked nor in the shared district turns red as soon as the folder is gone."""
    careless = [
        shown(path)
        for path in files()
        if path.suffix == ".py" and path.name.startswith("test_") and "guards" not in parts(path)
        if (text := path.read_text(encoding="utf-8")) and NAMED.search(text)
        if not GUARDED.search(text)
    ]
    assert careless == []


def test_a_mark_names_a_pack_that_there_is_or_was() -> None:
    """A slip of the pen would skip its test for ever; the table of permissions keeps the part of a deleted pack."""
    known = set(permissions.parts_of(permissions.TARGET.read_text(encoding="utf-8"))[1])
    marks = {
        shown(path): set(re.findall(r'"(\w+)"', inside))
        for path in files()
        if path.suffix == ".py" and path.name.startswith("test_")
        for inside in re.findall(r"mark\.packs\(([^)]*)\)", path.read_text(encoding="utf-8"))
    }
    assert marks
    assert {where: names - known for where, names in marks.items() if names - known} == {}
    assert set(world.PACKS) <= known
