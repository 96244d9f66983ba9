"""Importing staff: faults at their cells, all or nothing, and sheets that try to do more than be read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from xirang.foundation.errors import NotAllowedError
from xirang.people import commands, queries
from xirang.people.commands import SheetHasFaultsError
from xirang.people.logic.staff_sheet import EXAMPLE, HEADINGS, MOST_ROWS, read_sheet, write_sheet
from xirang.people.models import Account
from xirang.people.queries import BadSheetError
from xirang.people.tests.conftest import NOW, District

GOOD = ("林知远", "lin.zhiyuan", "power_supply", "13811112222", "经办", "330402001000", date(2026, 10, 1), "2027-09-30")


def sheet(*lines: Sequence[Any], heads: Sequence[str] = HEADINGS) -> bytes:
    book = Workbook()
    for line in (heads, *lines):
        book.active.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_good_sheet_opens_accounts_and_asks_for_their_roles(district: District, people_records) -> None:
    number = ("温晓", "wen.xiao", "listen_office", 13811113333, "网格员", 330402001001, "", "")
    done = commands.import_staff(actor=district.actor("sys.guan"), data=sheet(GOOD, number), now=NOW)
    assert [(one.row, one.username) for one in done.opened] == [(2, "lin.zhiyuan"), (3, "wen.xiao")]
    first = Account.sign_ins.get(username="lin.zhiyuan")
    assert first.organisation_id == district.units["power_supply"]
    assert first.must_change_password
    assert first.check_password(done.opened[0].password)
    assert queries.masked_fields([first.person_id], ["name", "phone"])[first.person_id] == {
        "name": "林**",
        "phone": "138****2222",
    }
    assert not first.grants.exists()
    asked = queries.list_role_requests(district.actor("sec.guan")).rows
    assert [(one.role, one.area.code, one.valid_to) for one in asked] == [
        ("handler", "330402001000", date(2027, 9, 30)),
        ("grid_worker", "330402001001", None),
    ]
    assert done.opened[0].password not in str(people_records.all)
    assert "13811112222" not in str(people_records.all)


FAULTY = (
    ((("", "a.bc", "power_supply", "", "", "", "", "")), "姓名"),
    ((("甲", "admin", "power_supply", "", "", "", "", "")), "用户名"),
    ((("甲", "shen.lan", "power_supply", "", "", "", "", "")), "用户名"),
    ((("甲", "a.bc", "no_such_unit", "", "", "", "", "")), "单位代码"),
    ((("甲", "a.bc", "far_office", "", "", "", "", "")), "单位代码"),
    ((("甲", "a.bc", "power_supply", "1381111", "", "", "", "")), "手机"),
    ((("甲", "a.bc", "power_supply", "", "皇帝", "", "", "")), "角色"),
    ((("甲", "a.bc", "power_supply", "", "", "330411000000", "", "")), "区域代码"),
    ((("甲", "a.bc", "power_supply", "", "", "", "去年", "")), "起"),
    ((("甲", "a.bc", "power_supply", "", "", "", "2027-02-30", "")), "起"),
    ((("甲", "a.bc", "power_supply", "", "", "", "2027-01-02", "2027-01-01")), "止"),
    ((("=cmd|'/c calc'!A1", "a.bc", "power_supply", "", "", "", "", "")), "姓名"),
)


@pytest.mark.parametrize(("line", "heading"), FAULTY)
def test_each_fault_names_its_cell(district: District, line: tuple, heading: str) -> None:
    checked = queries.check_staff(district.actor("sys.guan"), sheet(GOOD, line), now=NOW)
    assert {(fault.row, fault.heading) for fault in checked.faults} == {(3, heading)}
    assert [one.row.row for one in checked.good] == [2]


def test_one_fault_stops_all_unless_asked_otherwise(district: District) -> None:
    data = sheet(GOOD, ("", "x.yz", "power_supply", "", "", "", "", ""))
    with pytest.raises(SheetHasFaultsError) as refused:
        commands.import_staff(actor=district.actor("sys.guan"), data=data, now=NOW)
    assert refused.value.faults[0].row == 3
    assert not Account.sign_ins.filter(username="lin.zhiyuan").exists()
    done = commands.import_staff(actor=district.actor("sys.guan"), data=data, now=NOW, only_good=True)
    assert [one.username for one in done.opened] == ["lin.zhiyuan"]
    with pytest.raises(SheetHasFaultsError):
        commands.import_staff(actor=district.actor("sys.guan"), data=data, now=NOW, only_good=True)


def test_a_name_that_stands_twice_is_told(district: District) -> None:
    checked = queries.check_staff(district.actor("sys.guan"), sheet(GOOD, GOOD), now=NOW)
    assert [(one.row, one.zh) for one in checked.faults] == [(3, "与第 2 行的用户名相同。")]


def test_checking_takes_few_queries(district: District, django_assert_max_num_queries) -> None:
    actor = district.actor("sys.guan")
    lines = [(f"甲{n}", f"name{n}", "power_supply", "", "经办", "330402001000", "", "") for n in range(MOST_ROWS)]
    with django_assert_max_num_queries(4):
        assert len(queries.check_staff(actor, sheet(*lines), now=NOW).good) == MOST_ROWS


@pytest.mark.parametrize("by", ["sec.guan", "aud.guan", "shen.lan", "head.power"])
def test_only_the_system_administrator_imports(district: District, by: str) -> None:
    with pytest.raises(NotAllowedError):
        commands.import_staff(actor=district.actor(by), data=sheet(GOOD), now=NOW)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (41 * 1024 * 1024))
    return out.getvalue()


UNREADABLE = {
    "empty": b"",
    "text": b"a,b,c\n1,2,3\n",
    "old excel": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "too long": b"PK" + b"\0" * (3 * 1024 * 1024),
    "headings missing": sheet(GOOD[:3], heads=HEADINGS[:3]),
    "nobody": sheet(),
    "too many": sheet(*[GOOD] * (MOST_ROWS + 1)),
}


@pytest.mark.parametrize("kind", [*UNREADABLE, "bomb"])
def test_a_file_that_is_no_staff_sheet_says_what_to_do(district: District, kind: str) -> None:
    data = bomb() if kind == "bomb" else UNREADABLE[kind]
    with pytest.raises(BadSheetError) as refused:
        queries.check_staff(district.actor("sys.guan"), data, now=NOW)
    assert refused.value.zh.endswith("。")


def test_what_we_write_holds_no_formula_and_reads_back() -> None:
    hostile = ["=1+1", "+cmd", "-2", "@sum(a1)", "\tx", "harmless", 7]
    book = load_workbook(io.BytesIO(write_sheet("表", [f"列{n}" for n in range(7)], [hostile])))
    cells = [cell for line in book.active.iter_rows() for cell in line]
    assert all(cell.data_type == "s" for cell in cells)
    assert not any(str(cell.value).startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    rows, faults = read_sheet(write_sheet("人员", HEADINGS, [EXAMPLE]))
    assert not faults
    assert rows[0].valid_to == date(2027, 11, 30)
