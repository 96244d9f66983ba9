"""A floor knows only floors below it, and a room only rooms below it: imports, foreign keys, templates and words."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from django.apps import apps
from django.db.models import Field

from tests.environment import ROOT
from tests.guards.sources import PACKAGE, files, modules, parts, shown
from tools import contracts
from xirang.foundation.floors import FLOORS, height_of

NAME = re.compile(r"([a-z0-9_]+)/[a-z0-9_/]+\.html")
CLAUSE = re.compile(r"\{%\s*(?:extends|include|import|from)\s+[^%]*%\}")


def test_imports_keep_to_floors_and_rooms() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.contracts"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_application_stands_on_a_floor_of_the_contracts() -> None:
    installed = contracts.applications()
    named = [name for row in contracts.floors(installed) for name in row.split(" | ")]
    assert len(named) == len(set(named))
    assert {name for name in installed.values() if not any(name.startswith(f"{one}.") for one in named)} == set(named)
    assert "xirang.engines.bulletin | xirang.engines.cases" in contracts.floors(installed)


def test_foreign_keys_point_down() -> None:
    """Keys by name escape the import checker; a reference upwards or sideways is a pair of kind and id."""
    upwards = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not isinstance(field, Field) or not target or not _package(model).startswith("xirang."):
                continue
            if not _may_point(_package(model), _package(target)):
                upwards.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert upwards == []


@pytest.mark.parametrize(("below", "above"), list(pairwise(FLOORS)))
def test_the_rule_for_foreign_keys_tells_up_from_down(below: str, above: str) -> None:
    assert _may_point(f"xirang.{above}", f"xirang.{below}")
    assert not _may_point(f"xirang.{below}", f"xirang.{above}")


def test_strangers_on_one_floor_do_not_point_at_each_other() -> None:
    assert not _may_point("xirang.engines.cases", "xirang.engines.bulletin")
    assert not _may_point("xirang.engines.bulletin", "xirang.engines.cases")


def test_templates_use_only_their_own_engines_and_those_of_ui() -> None:
    strangers = []
    for path in files():
        if path.suffix == ".html" and "jinja2" in parts(path) and path.is_relative_to(PACKAGE):
            own = parts(path)[parts(path).index("jinja2") + 1]
            clauses = " ".join(CLAUSE.findall(path.read_text(encoding="utf-8")))
            strangers += [f"{shown(path)}: {name}" for name in NAME.findall(clauses) if name not in (own, "ui")]
    assert strangers == []


def test_pages_answer_with_templates_of_their_own_engine_or_of_ui() -> None:
    """A template's base may be a variable, so the names that pages hand over are held to the same rule."""
    strangers = []
    for path in modules():
        own = parts(path)[3] if parts(path)[2] == "engines" else parts(path)[2]
        names = NAME.findall(" ".join(re.findall(r"[\"'][\w/]+\.html[\"']", path.read_text(encoding="utf-8"))))
        strangers += [f"{shown(path)}: {name}" for name in names if name not in (own, "ui")]
    assert strangers == []


WORD = re.compile(r"""["'](\w+):[a-z_]+["']|xirang\.((?:engines\.)?\w+)""")


def test_no_floor_knows_a_word_of_the_floors_above() -> None:
    """Names of addresses and of packages; the gallery of ui shows invented sentences, so it is left out."""
    packages = {config.label: config.name for config in apps.get_app_configs() if config.name.startswith("xirang.")}
    knowing = []
    for path in modules():
        own = "xirang." + ".".join(parts(path)[2:4] if parts(path)[2] == "engines" else parts(path)[2:3])
        if own == "xirang.project" or "gallery" in path.name or path.name == "__init__.py":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for label, package in WORD.findall(line):
                named = packages.get(label) if label else f"xirang.{package}"
                if named and named != own and _exists(named) and height_of(named) > height_of(own):
                    knowing.append(f"{shown(path)}:{number}: {line.strip()}")
    assert knowing == []


def _exists(package: str) -> bool:
    return (PACKAGE.parent / package.replace(".", "/")).is_dir() and package != "xirang.engines"


# The demo district and its simulation tell stories about cases that they themselves have opened.
STORYTELLERS = ("src/xirang/project/demo/", "src/xirang/project/simulate/")


def test_strangers_enter_an_engine_by_its_doors() -> None:
    """Engines use each other through spec, events, queries and commands; tables only from the floors all stand on."""
    doors = {"spec", "events", "queries", "commands"}
    pattern = re.compile(r"^\s*from xirang\.engines\.(\w+)(?:\.(\w+)[\w.]*)? import (\w+)", re.MULTILINE)
    found = []
    for path in modules():
        engine = path.relative_to(PACKAGE).parts[1] if path.is_relative_to(PACKAGE / "engines") else ""
        for target, room, name in pattern.findall(path.read_text(encoding="utf-8")):
            if target != engine and (room or name) not in doors and not shown(path).startswith(STORYTELLERS):
                found.append(f"{shown(path)}: {target}.{room or name}")
    assert found == []


def _package(model: type) -> str:
    """The application of a model by its package."""
    return apps.get_app_config(model._meta.app_label).name


def _may_point(package: str, target: str) -> bool:
    """Whether a model of one application may hold a key to one of another; libraries lie below everything."""
    return package == target or not target.startswith("xirang.") or height_of(target) < height_of(package)
