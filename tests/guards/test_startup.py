"""What starts often starts light: libraries for rare work are imported where that work is done."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.environment import ROOT

# Each is used on few pages or in few jobs, and costs tens of milliseconds and megabytes in every process.
HEAVY = (
    "sklearn", "pandas", "numpy", "scipy", "ibis", "duckdb", "pyarrow", "playwright", "chinese_calendar", "openpyxl",
    "segno", "authlib", "matplotlib", "pytest", "hypothesis",
)  # fmt: skip
STARTS = {
    "the command line": ("from xirang.project.cli import main; main(['--help'])", (*HEAVY, "django", "psycopg")),
    # Neither Django nor the engines' declarations, whose words are YAML.
    "xirang pack list": (
        "import argparse; from xirang.packs.cli import configure, listing; configure(argparse.ArgumentParser())",
        (*HEAVY, "django", "yaml"),
    ),
    # The one process that must outlive a fault of all others; it loads Django when the database is up.
    "xirang run, before the database": ("import xirang.project.running.supervisor", (*HEAVY, "django", "psycopg")),
    "django.setup()": ("import django; django.setup()", HEAVY),
}


@pytest.mark.parametrize("start", STARTS)
def test_a_start_imports_nothing_heavy(start: str) -> None:
    code, forbidden = STARTS[start]
    loaded = f"sorted({{name.split('.')[0] for name in sys.modules}} & {set(forbidden)})"
    report = f"{code}\nimport sys; print('loaded:', *{loaded})"
    done = subprocess.run(
        [sys.executable, "-c", report],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"
