"""The simulated month keeps every rule and adds up; real messages arrive by the public door and nowhere else."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys import site
from tests.journeys.site import LiveSite
from tests.world import PACKS
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries.replaying import state_of
from xirang.foundation.calendar import SHANGHAI, WorkingCalendar
from xirang.foundation.terminal import StartupError
from xirang.project.demo.seeding import found_district
from xirang.project.keeping.folders import SOURCE
from xirang.project.simulate.arrivals import arrivals
from xirang.project.simulate.figures import table
from xirang.project.simulate.messages import category_of, join_blanks, local_address, read_messages
from xirang.project.simulate.month import live

NOW = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)  # The month before it holds the National Day holiday.
CASES = 24
WHY = "a test looks at everything"
needs_packs = pytest.mark.packs(*PACKS)


# ---------------------------------------------------------------- arrivals


def test_the_same_seed_brings_the_same_month_and_another_one_another():
    assert arrivals(50, NOW, 30, 7) == arrivals(50, NOW, 30, 7)
    assert arrivals(50, NOW, 30, 7) != arrivals(50, NOW, 30, 8)


def test_firms_rest_on_holidays_and_residents_also_write_at_night():
    calendar, found = WorkingCalendar(), arrivals(3000, NOW, 30, 1)
    assert all(NOW - timedelta(days=30) <= one.at <= NOW for one in found)
    assert [one.at for one in found] == sorted(one.at for one in found)
    on_rest = Counter(
        one.request.process for one in found if not calendar.is_workday(one.at.astimezone(SHANGHAI).date())
    )
    total = Counter(one.request.process for one in found)
    assert on_rest["enterprise_help"] / total["enterprise_help"] < 0.15
    assert on_rest["snap_report"] / total["snap_report"] > 0.2
    assert any(one.at.astimezone(SHANGHAI).hour < 5 for one in found if one.request.process == "snap_report")


# ---------------------------------------------------------------- the month


@needs_packs
def test_a_month_keeps_every_rule_and_adds_up(db):
    life = found_district(NOW)
    found = arrivals(CASES, NOW, 30, 3)
    seen: list[int] = []
    month = live(life, found, NOW, lambda month: seen.append(len(month.opened)))
    assert not month.refused
    assert len(month.opened) == len(found) == seen[-1]
    cases = Case.objects.all_unscoped(WHY).filter(pk__in=list(month.opened))
    assert not CaseEvent.objects.filter(at__gt=NOW).exists()
    assert not cases.filter(next_mark_at__lte=NOW).exists()
    for case in cases:
        _, state = state_of(case)
        assert (state.stage, state.outcome, state.due_at) == (case.stage, case.outcome, case.due_at)
    titles, rows = table(month, NOW)
    figures = dict(rows)
    closed = [figures[name] for name in ("已解决", "已解释", "不予受理", "撤回", "在办")]
    assert figures["收到"] == [sum(parts) for parts in zip(*closed, strict=True)]
    assert sum(figures["收到"]) == CASES
    assert len(titles) == 2


# ---------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("segmented", "text"),
    [
        ("小区 自来水 好大 一股 霉味", "小区自来水好大一股霉味"),
        ("尊敬 书记 \u3000 \u3000 去年 经开区 网上 看到", "尊敬书记\n去年经开区网上看到"),
        ("2015 年 购买 17 栋 楼", "2015年购买17栋楼"),
        ("使用 Windows 10 系统", "使用Windows 10系统"),
        ("您好 _x000D_\n 此致", "您好\n此致"),
        ("\u3000 \u3000", ""),
    ],
)
def test_blanks_between_words_are_joined_as_they_were_written(segmented, text):
    assert join_blanks(segmented) == text


def test_a_message_goes_to_the_category_whose_word_it_names():
    assert category_of("门口路灯不亮") == "street_lamp"
    assert category_of("夜间施工噪音") == "noise"
    assert category_of("想问社保") == "other"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://127.0.0.1:8000",
        "http://127.0.0.1.example.com",
        "http://localhost:8000",
        "http://10.0.0.1",
        "http://127.0.0.2",
        "http://user@127.0.0.1",
        "http://127.0.0.1@example.com",
        "file:///etc/passwd",
        "http://127.0.0.1:8000/elsewhere",
        "http://127.0.0.1:99999",
        "http://[::1]:8000",
        "127.0.0.1:8000",
        "",
    ],
)
def test_real_words_never_leave_this_machine(url):
    with pytest.raises(StartupError):
        local_address(url)


def test_this_machine_is_accepted():
    assert local_address("http://127.0.0.1:8123/") == ("127.0.0.1", 8123)


def test_a_file_without_texts_is_refused(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(StartupError):
        list(read_messages(path))


@pytest.fixture(scope="module")
def served(postgres, template, tmp_path_factory) -> Iterator[LiveSite]:
    """A site of our own with the demo district, web and worker as in production."""
    var = site.run_folder(tmp_path_factory, "demo")
    seeded = site.demo_district(postgres, template, var)
    with site.running(postgres, seeded, var, "simulate") as live_site:
        yield live_site


def xirang(served: LiveSite, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = site.environment(served.database_url, served.var) | {"LANG": "zh_CN.UTF-8", "PYTHONPATH": str(SOURCE)}
    argv = [sys.executable, "-m", "xirang.project.cli", "simulate", *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@needs_packs
def test_messages_come_in_through_the_public_door_once_each(served, tmp_path):
    path = tmp_path / "信件.csv.gz"
    texts = ["门口 路灯 不亮 好 几天", "半夜 施工 噪音 很大 \u3000 请 管 一管", "长 信 " * 600]
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *([text, "城乡建设"] for text in texts)])
    for _ in range(2):
        done = xirang(served, "--messages", str(path), "--url", served.url, "--rate", "20")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "发出 3 封，收下 3 封，其中 1 封超过 1000 字" in done.stdout
    rows = served.query(
        "select fields->>'what', fields->>'category' from cases_case where channel = 'open311' order by id"
    )
    assert [category for _, category in rows] == ["street_lamp", "noise", "other"]
    assert rows[0][0] == "门口路灯不亮好几天"
    assert len(rows[2][0]) == 1000


@pytest.mark.slow
@needs_packs
def test_real_messages_are_accepted_as_they_are(served):
    folder = Path(os.environ.get("SHARED_DATA") or SOURCE.parents[1] / "shared") / "data"
    path = folder / "messages" / "labelled-part.csv.gz"
    if not path.is_file():
        pytest.skip(f"no real data at {folder}; name the folder above by SHARED_DATA")
    done = xirang(served, "--messages", str(path), "--url", served.url, "--rate", "50", "--cases", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "收下 30 封" in done.stdout


@pytest.mark.slow
@needs_packs
def test_the_command_lives_a_week_and_prints_its_table(served):
    done = xirang(served, "--days", "7", "--cases", "12", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "收到" in done.stdout
    assert "企业求助" in done.stdout
    refused = xirang(served, "--days", "0")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
