"""Checking the rows of a register of firms: refused with a reason, doubted, or taken as they stand."""

from __future__ import annotations

from datetime import date

import pytest

from xirang.foundation.intake import Checked, Columns, Row
from xirang.people.intake import check_row, parse_day
from xirang.project.demo.firms import credit_code

FIELDS = (
    "name",
    "credit_code",
    "registered_on",
    "company_type",
    "capital_text",
    "business_scope",
    "province",
    "region",
    "address_text",
)
COLUMNS = Columns({field: place for place, field in enumerate(FIELDS)}, len(FIELDS), ())
TODAY = date(2026, 11, 21)


def line(serial: int, name: str = "禾澜试验机械有限公司", **cells: str) -> str:
    values = {
        "date": "2001-03-09",
        "type": "有限责任公司",
        "capital": "50 万元",
        "scope": "机械制造。",
        "province": "浙江",
        "region": "沧澜",
        "address": "听潮街道潮兴路 1 号",
    } | cells
    return ",".join(
        [
            name,
            values.get("code", credit_code(serial)),
            *(values[key] for key in ("date", "type", "capital", "scope", "province", "region", "address")),
        ]
    )


def checked(text: str, **row: str) -> Checked:
    return check_row(Row(2, tuple(text.split(",")), **row), COLUMNS, TODAY)


def test_a_good_row_is_taken_as_it_stands():
    got = checked(line(7, capital="N/A"))
    assert not got.refused
    assert not got.warnings
    assert got.key == credit_code(7)
    assert got.values["capital_text"] == ""
    assert got.values["registered_on"] == date(2001, 3, 9)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (line(1, ""), "缺企业名称"),
        (line(1, "厂" * 201), "最多 200"),
        (line(1, code="91330331MA00000000"), "校验不通过"),
        (line(1, code=""), "请填写统一社会信用代码"),
        (line(1, "禾澜\ufffd厂"), "乱码"),
        (line(1) + ",多出一格", "有 10 列"),
        (f"禾澜错位厂,听潮街道,{credit_code(3)},台州,,,,,", "信用代码在第 3 列，应在第 2 列"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(text, reason):
    got = checked(text)
    assert any(reason in sentence for sentence in got.refused), got.refused


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        ({"date": "2001-02-30"}, "看不懂成立日期"),
        ({"date": "2097-01-01"}, "不在 1840 年至今天"),
        ({"scope": "丝\ue837绸"}, "自造字"),
        ({"scope": "a\ufffd"}, "乱码"),
        ({"type": "x" * 61}, "只存前 60"),
        ({"address": "听潮\x00街道"}, "不可见字符"),
    ],
)
def test_a_doubtful_cell_only_warns(cells, warning):
    got = checked(line(1, **cells))
    assert not got.refused
    assert any(warning in sentence for sentence in got.warnings), got.warnings


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1980-01-01", date(1980, 1, 1)),
        ("1980/1/1", date(1980, 1, 1)),
        ("1980.01.1", date(1980, 1, 1)),
        ("1980年1月1日", date(1980, 1, 1)),
        ("19800101", date(1980, 1, 1)),
        ("1980-01-01 00:00:00", date(1980, 1, 1)),
        ("29221", date(1980, 1, 1)),
        ("1980", None),
        ("1980-13-01", None),
        ("昨天", None),
        ("99999999", None),
    ],
)
def test_days_as_offices_write_them(text, day):
    assert parse_day(text) == day
