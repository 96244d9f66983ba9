"""A floor knows only floors below it, and a room only rooms below it: imports, foreign keys, templates and words."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field

from tests.environment import ROOT
from tests.guards.sources import PACKAGE, files, modules, parts, shown

FLOORS = ("foundation", "ui", "areas", "people", "ledger", "places", "cases bulletin", "cockpit", "packs", "project")
HEIGHT = {label: height for height, labels in enumerate(FLOORS) for label in labels.split()}
# What ui may not know: the words of the floors above it. Its gallery shows invented sentences, so it is left out.
DOMAIN = re.compile(r"\b((cases|people|bulletin|ledger|places|areas):[a-z]|xirang\.(people|areas|engines|project))")
NAME = re.compile(r"([a-z0-9_]+)/[a-z0-9_/]+\.html")
CLAUSE = re.compile(r"\{%\s*(?:extends|include)\s+[^%]*%\}")


def test_imports_keep_to_floors_and_rooms() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_checker_knows_every_floor() -> None:
    contract = (ROOT / ".importlinter").read_text(encoding="utf-8").split("[importlinter:contract:floors]")[1]
    named = re.findall(r"xirang\.(?:engines\.)?([a-z]+)", contract.split("ignore_imports")[0])
    drawn = [set(labels.split()) for labels in reversed(FLOORS)]
    assert [set(row) for row in _rows(named, drawn)] == drawn
    assert {app.label for app in _our_apps()} - {"imports"} == set(HEIGHT)


def test_foreign_keys_point_down() -> None:
    """Keys by name escape the import checker; a reference upwards or sideways is a pair of kind and id."""
    upwards = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not isinstance(field, Field) or not target or model._meta.app_label not in HEIGHT:
                continue
            if not _may_point(model._meta.app_label, target._meta.app_label):
                upwards.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert upwards == []


@pytest.mark.parametrize(("below", "above"), list(pairwise(FLOORS)))
def test_the_rule_for_foreign_keys_tells_up_from_down(below: str, above: str) -> None:
    for low in below.split():
        for high in above.split():
            assert _may_point(high, low)
            assert not _may_point(low, high)
    assert not _may_point("cases", "bulletin")
    assert not _may_point("bulletin", "cases")


def test_templates_use_only_their_own_engines_and_those_of_ui() -> None:
    strangers = []
    for path in files():
        if path.suffix == ".html" and "templates" in parts(path) and path.is_relative_to(PACKAGE):
            own = parts(path)[parts(path).index("templates") + 1]
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


def test_ui_knows_no_word_of_the_floors_above() -> None:
    knowing = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in files()
        if path.is_relative_to(PACKAGE / "ui") and path.suffix in (".py", ".html", ".js", ".mjs", ".css")
        if "tests" not in parts(path) and "gallery" not in shown(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if DOMAIN.search(line)
    ]
    assert knowing == []


def test_strangers_enter_an_engine_by_its_doors() -> None:
    """Engines use each other through spec, events, queries and commands; tables only from the floors all stand on."""
    doors = {"spec", "events", "queries", "commands"}
    pattern = re.compile(r"^\s*from xirang\.engines\.(\w+)(?:\.(\w+)[\w.]*)? import (\w+)", re.MULTILINE)
    found = []
    for path in modules():
        engine = path.relative_to(PACKAGE).parts[1] if path.is_relative_to(PACKAGE / "engines") else ""
        if not engine:
            continue
        for target, room, name in pattern.findall(path.read_text(encoding="utf-8")):
            if target != engine and (room or name) not in doors:
                found.append(f"{shown(path)}: {target}.{room or name}")
    assert found == []


def _may_point(label: str, target: str) -> bool:
    """Whether a model of app `label` may hold a key to one of app `target`; libraries lie below everything."""
    return label == target or HEIGHT.get(target, -1) < HEIGHT[label]


def _our_apps() -> list:
    return [app for app in apps.get_app_configs() if app.name.startswith("xirang.")]


def _rows(named: list[str], drawn: list[set[str]]) -> list[list[str]]:
    rest, rows = list(named), []
    for row in drawn:
        rows.append(rest[: len(row)])
        rest = rest[len(row) :]
    assert rest == []
    return rows
