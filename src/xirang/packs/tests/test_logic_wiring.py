"""Wiring is checked before a pack is installed: what lines name, what they fill, and that they come to an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from xirang.packs.checking.loader import check_pack
from xirang.packs.tests.wired import NOTIFY, VISIT, make_wired
from xirang.packs.wiring.reading import WiringLine


def said(folder: Path, *lines: tuple[str, str]) -> list[str]:
    return [found.zh for found in check_pack(make_wired(folder, *lines)).findings]


def test_a_line_may_open_a_case_and_hears_only_its_own_processes(tmp_path: Path) -> None:
    report = check_pack(
        make_wired(tmp_path, ("cases.case_closed(process='found')", VISIT), ("cases.case_assigned", NOTIFY))
    )
    assert report.findings == ()
    closed, assigned = report.wiring
    assert (closed.filters, closed.among) == ({"process": "found"}, {})
    assert assigned.among == {"process": ("found", "visit")}
    assert [WiringLine.from_data(line.as_data()) for line in report.wiring] == list(report.wiring)
    assert (closed.when, closed.then) == ("cases.case_closed(process='found')", VISIT)


OPENED = "cases.case_opened(process='found')"


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        ("cases.open_case(what='title')", "cases.open_case 缺少“process”。"),
        ("cases.open_case(process='visti', what='title')", "这个应用包没有流程 visti，您是不是想写 visit？"),
        ("cases.open_case(process='snap_report')", "这个应用包没有流程 snap_report。可用：found、visit。"),
        ("cases.open_case(process='visit')", "visit 的“要办什么”是必填项，请写 what='…'。"),
        ("cases.open_case(process='visit', what='titel')", "这个事件没有“titel”，您是不是想写 title？"),
        ("cases.open_case(process='visit', what='texts/x.md')", "没有找到文件 texts/x.md"),
        ("cases.open_case(process='visit', what='title', wat=1)", "visit 没有栏目 wat，您是不是想写 what？"),
        ("cases.open_case(process='visit', what='title', about='firm')", "这个事件里没有“firm”可以通知"),
    ],
)
def test_what_a_line_would_fill_is_checked(tmp_path: Path, then: str, sentence: str) -> None:
    found = said(tmp_path, (OPENED, then))
    assert len(found) == 1
    assert found[0].startswith(sentence.partition("。可用")[0])


@pytest.mark.parametrize(
    "lines",
    [
        [("cases.case_closed()", VISIT)],
        [("cases.case_opened(process='visit')", VISIT)],
        [(OPENED, VISIT), ("cases.case_closed(process='visit')", VISIT.replace("'visit'", "'found'"))],
    ],
)
def test_lines_that_lead_back_to_themselves_are_refused(tmp_path: Path, lines: list[tuple[str, str]]) -> None:
    found = said(tmp_path, *lines)
    assert len(found) == len(lines)
    assert all(sentence.startswith("这一行会没完没了：") for sentence in found)


def test_a_chain_that_ends_is_no_circle(tmp_path: Path) -> None:
    assert said(tmp_path, (OPENED, VISIT), ("cases.case_closed(process='found')", VISIT)) == []
