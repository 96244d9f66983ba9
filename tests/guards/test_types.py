"""Types are checked, not silenced: mypy reads package and tools without a word of ours to look away."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.environment import ROOT
from tests.guards.sources import files, parts

# Built from two words, so that this file does not count itself.
SILENCED = re.compile("# type" + r": ignore(\[[a-z-]+(, [a-z-]+)*\])?")
# Tests give wrong values on purpose; the checker does not read them, these words only tell the reader. The number may
# only shrink.
IN_TESTS = 8


def silenced() -> list[tuple[str, int, bool]]:
    """Every place where the checker is silenced: file, line, and whether it is said what is silenced."""
    found = []
    for path in files():
        if path.suffix == ".py":
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                found += [("/".join(parts(path)), number, bool(hit[1])) for hit in SILENCED.finditer(line)]
    return found


def test_the_checker_is_silenced_nowhere_in_the_program() -> None:
    ours = [place for place in silenced() if "tests" not in place[0].split("/") and place[0] != "conftest.py"]
    assert ours == []


def test_tests_silence_it_no_more_often_than_before() -> None:
    places = silenced()
    assert len(places) <= IN_TESTS, places
    assert all(said for _file, _line, said in places), "say which complaint is silenced"


@pytest.mark.parametrize(("line", "found"), [("x = 1  # type" + ": ignore", 1), ("x = 1  # type: a remark", 0)])
def test_the_guard_sees_a_silenced_line(line: str, found: int) -> None:
    assert len(SILENCED.findall(line)) == found


def test_the_checker_is_strict_everywhere() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    assert "src/xirang" in settings["files"]
    # Nothing is taken out by a rule for single modules: a library without types is read, not passed over.
    loosened = {key for rule in settings.get("overrides", ()) for key in rule} - {"module", "follow_untyped_imports"}
    assert loosened == set()
