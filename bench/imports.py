"""The import of 45,196 real registrations, and the second one that must change nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from bench import peers
from bench.figures import Figure, Skipped

ROWS, MOST_SECONDS = 45_196, 60
ROOT = Path(__file__).resolve().parents[1]


def measure() -> list[Figure | Skipped]:
    """Import twice through the command line; refuses to give a figure where a row was lost."""
    folder = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared") / "data"
    path = folder / "enterprises" / "zhejiang-part.csv.gz"
    if not path.is_file():
        return [Skipped("导入", f"没有数据文件 {path.name}，请用 SHARED_DATA 指明 data 所在的目录")]
    first, said = _run(path)
    second, again = _run(path)
    changed = again["new"] + again["changed"]
    return [
        Figure(
            "导入",
            f"{said['read']:,} 行，其中拒收 {said['refused']}、重复 {said['repeated']}",
            first,
            "秒",
            MOST_SECONDS,
        ),
        Figure("导入", "没有着落的行", said["read"] - sum(said[k] for k in said if k != "read"), "行", 0),
        Figure("导入", "再导一遍", second, "秒", MOST_SECONDS),
        Figure("导入", "再导一遍后变动的行", changed, "行", 0),
        _search(),
        *peers.measure_import(path),
    ]


def _search() -> Figure:
    """One name searched for among all that were imported."""
    from xirang.foundation.actor import SYSTEM
    from xirang.people.models import Organisation
    from xirang.people.queries import search_organisations

    name = Organisation.objects.all_unscoped("the bench looks for one of them").order_by("-id")[0].name
    began = time.monotonic()
    found = search_organisations(SYSTEM, name)
    milliseconds = (time.monotonic() - began) * 1000
    assert name in {one.name for one in found}, name
    plan = Organisation.objects.within(SYSTEM).matching(name).explain()
    assert "organisation_search" in plan, plan
    return Figure("导入", "按名称搜一家企业", milliseconds, "毫秒", 1000)


def _run(path: Path) -> tuple[float, dict[str, int]]:
    began = time.monotonic()
    argv = [sys.executable, "-m", "xirang.project.cli", "import", "enterprises", str(path)]
    done = subprocess.run(argv, env=os.environ | {"LANG": "en"}, capture_output=True, text=True)
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stdout + done.stderr
    pattern = (
        r"([\d,]+) rows read = ([\d,]+) new \+ ([\d,]+) changed \+ ([\d,]+) unchanged \+ ([\d,]+) repeated"
        r" \+ ([\d,]+) refused"
    )
    found = re.search(pattern, done.stdout)
    assert found is not None, done.stdout
    names = ("read", "new", "changed", "unchanged", "repeated", "refused")
    return seconds, dict(zip(names, (int(text.replace(",", "")) for text in found.groups()), strict=True))
