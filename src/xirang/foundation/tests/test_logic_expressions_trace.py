"""The why: which parts had a say, with which values, and how that reads in Chinese and English."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from xirang.foundation.expressions import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    INT,
    MONTH,
    RATE,
    SCORE,
    TEXT,
    UNROUNDED_FEN,
    Code,
    ListOf,
    OptionalOf,
    Quantity,
    Record,
    YearMonth,
    compile_expression,
    explain,
    explain_step,
    render,
    sentence,
    shown,
)

# Tables of vectors are read in columns; the formatter would give each number a line of its own.
# fmt: off

NAMES = {
    "registered": BOOL, "bill": FEN, "bill_last_year": OptionalOf(FEN), "min_drop": RATE, "staff": INT,
    "topic": Code(frozenset({"power", "water"})), "tags": ListOf(Code()), "since": DATE, "name": TEXT, "due": DATETIME,
    "used": Quantity("kWh"), "about": OptionalOf(Record.of({"staff": INT})), "points": SCORE, "period": MONTH,
}
VALUES = {
    "registered": True, "bill": 9500, "bill_last_year": 10000, "min_drop": Fraction(5, 100), "staff": 3,
    "topic": "power", "tags": ["power"], "since": date(2026, 9, 18), "name": "甬江电器",
    "due": datetime(2026, 9, 17, 16, 30, tzinfo=UTC), "used": Fraction(25, 2), "about": {"staff": 1200},
    "points": Fraction(175, 2), "period": YearMonth(2026, 7),
}
TITLES = {
    "registered": "已报名", "bill": {"zh": "本月电费", "en": "this month's bill"}, "about.staff": "员工人数",
    "bill_last_year": {"zh": "上年同月电费", "en": "last year's bill"}, "min_drop": {"zh": "最低降幅",
     "en": "least drop"},
    "topic": {"zh": "事项", "en": "topic"}, "staff": "人数",
}
CHOICES = {"topic": {"power": {"zh": "电力", "en": "power supply"}, "water": "供水"}}
SAVED_ENOUGH = "has(bill_last_year) and bill <= bill_last_year * (1 - min_drop)"


def evaluation(source: str, **changed: object):
    return compile_expression(source, NAMES).evaluate({**VALUES, **changed})


def steps(source: str, **changed: object) -> list[tuple]:
    return [(step.source_fragment, step.column, step.value, step.kind)
            for step in evaluation(source, **changed).trace if step.evaluated]


def skipped(source: str, **changed: object) -> list[tuple]:
    return [(step.source_fragment, step.column, step.kind, step.value)
            for step in evaluation(source, **changed).trace if not step.evaluated]


def test_every_named_part_and_every_result_leaves_a_step():
    assert steps(SAVED_ENOUGH) == [
        ("bill_last_year", 5, 10000, "input"),
        ("has(bill_last_year)", 1, True, "function"),
        ("bill", 25, 9500, "input"),
        ("min_drop", 55, Fraction(1, 20), "input"),
        ("1 - min_drop", 51, Fraction(19, 20), "arithmetic"),
        ("bill_last_year * (1 - min_drop)", 33, Fraction(9500), "arithmetic"),
        ("bill <= bill_last_year * (1 - min_drop)", 25, True, "comparison"),
        (SAVED_ENOUGH, 1, True, "logic"),
    ]
    assert skipped(SAVED_ENOUGH) == []


def test_a_comparison_keeps_the_values_of_its_sides():
    step = evaluation(SAVED_ENOUGH, bill=9501).trace[-2]
    assert (step.operands, step.value) == ((Fraction(9501), Fraction(9500)), False)


@pytest.mark.parametrize(("source", "changed", "expected"), [
    (SAVED_ENOUGH, {"bill_last_year": None},
     [("bill <= bill_last_year * (1 - min_drop)", 25, "comparison", None)]),
    ("registered or staff > 3 or staff < 1", {}, [("staff > 3", 15, "comparison", None),
                                                  ("staff < 1", 28, "comparison", None)]),
    ("staff if registered else staff + 1", {},
     [("staff + 1", 26, "arithmetic", None)]),
    ("staff + 1 if registered else 7", {"registered": False}, [("staff + 1", 1, "arithmetic", None)]),
    ("coalesce(bill_last_year, bill)", {}, [("bill", 26, "input", None)]),
    ("coalesce(bill_last_year, bill)", {"bill_last_year": None}, []),
    ("5 < staff < staff + 1", {},
     [("staff + 1", 13, "arithmetic", None)]),
    ("ratio(staff, 2, scale=1, when_zero=min_drop)", {}, [("min_drop", 36, "input", None)]),
    ("ratio(2, staff, scale=1, when_zero=min_drop)", {"staff": 0}, []),
])
def test_parts_that_were_not_needed_are_marked(source, changed, expected):
    assert skipped(source, **changed) == expected


def test_a_name_has_one_step_however_often_it_occurs():
    assert [fragment for fragment, _, _, kind in steps("staff + staff * staff > staff") if kind == "input"] == ["staff"]


def test_a_long_sum_has_one_step():
    assert [fragment for fragment, _, _, kind in steps("staff + 1 + 2 * staff * 3 - 4") if kind == "arithmetic"] == [
        "2 * staff * 3", "staff + 1 + 2 * staff * 3 - 4"]


def test_each_link_of_a_chain_has_its_step():
    assert [(fragment, value) for fragment, _, value, kind in steps("1 < staff < 3") if kind == "comparison"] == [
        ("1 < staff", True), ("staff < 3", False), ("1 < staff < 3", False)]


def test_a_group_of_data_never_enters_the_trace():
    found = evaluation("has(about) and about.staff > 1000", about={"staff": 1200, "secret": "x"})
    assert "secret" not in json.dumps(found.as_data())
    assert [step.source_fragment for step in found.trace if step.kind == "input"] == ["about.staff"]


def test_literals_need_no_step():
    assert evaluation("True").trace == ()
    assert steps("1 + 2 == 3")[-1] == ("1 + 2 == 3", 1, True, "comparison")


def test_the_trace_can_be_recorded_without_losing_anything():
    found = evaluation("due > '2026-01-01T00:00' and since == '2026-09-18' and period == '2026-07' and used > 1 "
                       "and 'power' in tags and min_drop == 5/100")
    data = found.as_data()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["value"] is True
    assert data["type"] == "bool"
    values = {step["fragment"]: step["value"] for step in data["trace"]}
    assert values["due"] == "2026-09-18T00:30:00+08:00"
    assert (values["since"], values["period"], values["used"]) == ("2026-09-18", "2026-07", "25/2")
    assert (values["tags"], values["min_drop"]) == (["power"], "1/20")
    assert data["trace"][1]["operands"] == ["2026-09-18T00:30:00+08:00", "2026-01-01T00:00:00+08:00"]


def test_the_lines_read_well_in_chinese():
    assert explain(evaluation(SAVED_ENOUGH), TITLES) == (
        "上年同月电费：100.00 元",
        "有“上年同月电费”：成立",
        "本月电费：95.00 元",
        "最低降幅：5%",
        "100% − 最低降幅 = 95%",
        "上年同月电费 × (100% − 最低降幅) = 95.00 元",
        "本月电费 ≤ 上年同月电费 × (100% − 最低降幅)：95.00 元 ≤ 95.00 元，成立",
        "有“上年同月电费” 且 本月电费 ≤ 上年同月电费 × (100% − 最低降幅)：成立",
    )


def test_the_lines_read_well_in_english():
    assert explain(evaluation(SAVED_ENOUGH, bill_last_year=None), TITLES, "en") == (
        "last year's bill: missing",
        "“last year's bill” is present: does not hold",
        "this month's bill ≤ last year's bill × (100% − least drop): not needed",
        "“last year's bill” is present and this month's bill ≤ last year's bill × (100% − least drop): does not hold",
    )


def test_without_titles_the_names_stand_as_written():
    last = explain(evaluation("about.staff > 3 if has(about) else False"))[-1]
    assert last == "若 有“about” 则取 about.staff > 3，否则取 否：成立"


@pytest.mark.parametrize(("source", "zh", "en"), [
    ("topic == 'power'", "事项 = 电力：电力 = 电力，成立", "topic = power supply: power supply = power supply, holds"),
    ("topic in ('power', 'water')", "事项 属于 电力、供水：成立", "topic is one of power supply, 供水: holds"),
    ("topic not in ('power',)", "事项 不属于 电力：不成立", "topic is none of power supply: does not hold"),
    ("registered", "已报名：是", "已报名: yes"),
    ("not registered", "并非 已报名：不成立", "not 已报名: does not hold"),
    ("not (registered and staff > 9)", "并非 (已报名 且 人数 > 9)：成立", "not (已报名 and 人数 > 9): holds"),
    ("(registered or staff > 3) and registered", "(已报名 或 人数 > 3) 且 已报名：成立",
     "(已报名 or 人数 > 3) and 已报名: holds"),
    ("staff - (staff - 1)", "人数 − (人数 − 1) = 1", "人数 − (人数 − 1) = 1"),
    ("staff * (staff + 1)", "人数 × (人数 + 1) = 12", "人数 × (人数 + 1) = 12"),
    ("-(staff + 1)", "−(人数 + 1) = -4", "−(人数 + 1) = -4"),
    ("bill > -100", "本月电费 > -1.00 元：95.00 元 > -1.00 元，成立",
     "this month's bill > -1.00 yuan: 95.00 yuan > -1.00 yuan, holds"),
    ("round_fen(bill * (1/3), 'half_up')", "本月电费 × 1/3，四舍五入到分 = 31.67 元",
     "this month's bill × 1/3, rounded half up to the fen = 31.67 yuan"),
    ("bill * (1/3)", "本月电费 × 1/3 ≈ 31.67 元", "this month's bill × 1/3 ≈ 31.67 yuan"),
    ("ratio(staff, staff + 1, scale=2, when_zero=0)", "人数 ÷ (人数 + 1)（保留 2 位小数，除数为 0 时取 0%） = 75%",
     "人数 ÷ (人数 + 1) (to 2 decimals, 0% where the divisor is 0) = 75%"),
    ("min(staff, 2)", "人数、2中最小的 = 2", "the smallest of 人数, 2 = 2"),
    ("coalesce(bill_last_year, 0)", "上年同月电费（没有时取 0.00 元） = 100.00 元",
     "last year's bill (if missing 0.00 yuan) = 100.00 yuan"),
    ("count(tags)", "tags的项数 = 1", "the number of entries in tags = 1"),
    ("count(registered, staff > 9)", "以下条件成立的个数（已报名、人数 > 9） = 1",
     "how many of these hold (已报名, 人数 > 9) = 1"),
    ("1 if registered else staff", "若 已报名 则取 1，否则取 人数 = 1", "if 已报名 then 1, otherwise 人数 = 1"),
    ("due > '2026-09-01T00:00'", "due > 2026-09-01 00:00：2026-09-18 00:30 > 2026-09-01 00:00，成立",
     "due > 2026-09-01 00:00: 2026-09-18 00:30 > 2026-09-01 00:00, holds"),
    ("staff + 5/100 > 3", "人数 + 5% > 300%：305% > 300%，成立", "人数 + 5% > 300%: 305% > 300%, holds"),
    ("5/100", "5%", "5%"),
    ("True", "是", "yes"),
])
def test_a_rule_in_one_line(source, zh, en):
    found = evaluation(source)
    assert sentence(found, TITLES, "zh", CHOICES) == zh
    assert sentence(found, TITLES, "en", CHOICES) == en


def test_a_name_used_before_still_gives_the_whole_result():
    assert sentence(evaluation("staff if registered else staff + 1"), TITLES).endswith("= 3")


def test_single_steps_and_whole_rules_can_be_worded():
    found = evaluation(SAVED_ENOUGH)
    assert explain_step(found.trace[2], TITLES) == "本月电费：95.00 元"
    assert render(found.node, TITLES, "zh") == "有“上年同月电费” 且 本月电费 ≤ 上年同月电费 × (100% − 最低降幅)"
    assert render(compile_expression("topic == 'power'", NAMES).node, TITLES, "en", CHOICES) == "topic = power supply"


@pytest.mark.parametrize(("kind", "value", "zh", "en"), [
    (FEN, 123456789, "1,234,567.89 元", "1,234,567.89 yuan"), (FEN, -5, "-0.05 元", "-0.05 yuan"),
    (FEN, 0, "0.00 元", "0.00 yuan"),
    (UNROUNDED_FEN, Fraction(1, 2), "0.005 元", "0.005 yuan"),
    (UNROUNDED_FEN, Fraction(-1, 3), "≈-0.00 元", "≈-0.00 yuan"),
    (RATE, Fraction(9, 8), "112.5%", "112.5%"), (RATE, Fraction(1, 3), "1/3", "1/3"),
    (SCORE, Fraction(175, 2), "87.5 分", "87.5 points"),
    (Quantity("kWh"), Fraction(1, 3), "1/3 kWh", "1/3 kWh"),
    (Quantity("kWh"), Fraction(12345), "12,345 kWh", "12,345 kWh"),
    (Quantity("fen/亩"), Fraction(32200000), "322,000 元/亩", "322,000 yuan/亩"), (BOOL, False, "否", "no"),
    (OptionalOf(FEN), None, "没有数据", "missing"), (OptionalOf(INT), 5, "5", "5"),
    (MONTH, YearMonth(2026, 7), "2026-07", "2026-07"),
    (ListOf(INT), (1, 2), "1、2", "1, 2"), (ListOf(INT), (), "–", "–"),
    (TEXT, "长" * 70, f"“{'长' * 60}…”", f"“{'长' * 60}…”"),
    (DATE, date(2026, 7, 1), "2026-07-01", "2026-07-01"), (Record(()), {}, "有", "present"),
])
def test_values_as_readers_see_them(kind, value, zh, en):
    assert (shown(kind, value, "zh"), shown(kind, value, "en")) == (zh, en)
