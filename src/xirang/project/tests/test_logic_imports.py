"""Reading tables whatever wrote them: nothing lost in silence, nothing invented."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xirang.foundation.intake import Row
from xirang.people.intake import COLUMNS
from xirang.project.demo.firms import credit_code
from xirang.project.imports.headings import find_columns, parse_map
from xirang.project.imports.report import Report, harmless, original
from xirang.project.imports.tables import TableError, main_encoding, read_rows

HEAD = "企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址"


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


def rows(tmp_path: Path, data: bytes, name: str = "firms.csv") -> list[Row]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read_rows(path))


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_usual_encoding_reads_alike(tmp_path, encoding, end):
    text = end.join([HEAD, line(1, "禾澜鑫㐂机械厂" if encoding != "gbk" else "禾澜鑫喜机械厂"), line(2), ""])
    got = rows(tmp_path, text.encode(encoding))
    assert [row.line for row in got] == [1, 2, 3]
    assert got[0].cells == tuple(HEAD.split(","))
    assert got[1].cells[0].startswith("禾澜鑫")
    assert got[2].cells == tuple(line(2).split(","))
    assert not any(row.odd or row.broken for row in got)


def test_a_row_in_the_other_encoding_is_read_and_said_to_be_odd(tmp_path):
    data = "\n".join([HEAD, line(1), line(2)]).encode() + b"\n" + line(3, "禾澜另码电器厂").encode("gbk") + b"\n"
    got = rows(tmp_path, data)
    assert got[3].cells[0] == "禾澜另码电器厂"
    assert "GB18030" in got[3].odd
    assert not got[2].odd
    mostly_gbk = "\n".join([HEAD, line(1), line(2)]).encode("gbk") + b"\n" + line(3, "禾澜另码电器厂").encode() + b"\n"
    got = rows(tmp_path, mostly_gbk)
    assert got[3].cells[0] == "禾澜另码电器厂"
    assert "UTF-8" in got[3].odd


def test_columns_of_one_row_in_two_encodings_are_read_one_by_one(tmp_path):
    mixed = "禾澜混码厂".encode() + b"," + credit_code(5).encode() + b"," + "听潮街道口".encode("gbk")
    got = rows(tmp_path, (HEAD + "\n").encode() * 3 + mixed + b"\n")
    assert got[3].cells[0] == "禾澜混码厂"
    assert got[3].cells[2] == "听潮街道口"
    assert "逐列" in got[3].odd


def test_bytes_of_no_encoding_break_only_their_own_row(tmp_path):
    data = f"{HEAD}\n{line(1)}\n".encode() + b"\xff\xfe\x80abc,1,2,3,4,5,6,7,8\n" + line(2).encode()
    got = rows(tmp_path, data)
    assert len(got) == 4
    assert "读不出" in got[2].broken
    assert got[3].cells[1] == credit_code(2)


def test_a_sample_cut_within_a_sign_does_not_mislead():
    text = ("禾澜" * 50 + "\n") * 50
    assert main_encoding(text.encode()[:1001]) == "utf-8"
    assert main_encoding(text.encode("gbk")[:1001]) == "gb18030"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.sampled_from('禾澜区听潮a1,"\n 。\\|'), max_size=8), min_size=3, max_size=3),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_whatever_a_csv_writer_writes_is_read_again(tmp_path_factory, table, encoding):
    table = [["甲乙丙丁", "列二列二", "列三列三"], *([cell.strip() or "空" for cell in cells] for cells in table)]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(table)
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    assert [list(row.cells) for row in read_rows(path)] == table


# ---------------------------------------------------------------- shapes


def test_an_unpaired_quote_costs_its_own_row_only(tmp_path):
    broken = '"禾澜坏引号厂,' + line(2).split(",", 1)[1]
    text = "\n".join([HEAD, line(1), broken, line(3), line(4)])
    got = rows(tmp_path, text.encode())
    assert [row.line for row in got] == [1, 2, 3, 4, 5]
    assert "引号" in got[2].broken
    assert got[4].cells[1] == credit_code(4)


def test_a_cell_over_several_lines_stays_one_row(tmp_path):
    text = "\n".join([HEAD, line(1, scope='"第一行\n第二行，""引""\n第三行"'), line(2)])
    got = rows(tmp_path, text.encode())
    assert [row.line for row in got] == [1, 2, 5]
    assert got[1].cells[5] == '第一行\n第二行，"引"\n第三行'


def test_inches_in_a_cell_are_no_quotes(tmp_path):
    got = rows(tmp_path, "\n".join([HEAD, line(1, scope='5"螺丝制造'), line(2)]).encode())
    assert got[1].cells[5] == '5"螺丝制造'
    assert not got[1].broken
    assert len(got) == 3


def test_packed_files_tabs_and_excel_read_like_plain_ones(tmp_path):
    from openpyxl import Workbook

    plain = rows(tmp_path, f"{HEAD}\n{line(1)}\n".encode())
    assert rows(tmp_path, gzip.compress(f"{HEAD}\n{line(1)}\n".encode()), "f.csv.gz") == plain
    assert rows(tmp_path, f"{HEAD}\n{line(1)}\n".replace(",", "\t").encode(), "f.tsv") == plain
    book = Workbook()
    book.active.append(HEAD.split(","))
    book.active.append([])
    book.active.append([*line(1).split(",")[:2], date(2001, 3, 9), *line(1).split(",")[3:]])
    saved = io.BytesIO()
    book.save(saved)
    for name, data in (("f.xlsx", saved.getvalue()), ("f.xlsx.gz", gzip.compress(saved.getvalue()))):
        got = rows(tmp_path, data, name)
        assert [row.line for row in got] == [1, 3]
        assert got[1].cells == plain[1].cells


CUT_SHORT, NO_ARCHIVE = gzip.compress(b"x" * 5000)[:-20], b"PK\x03\x04 no zip at all"


@pytest.mark.parametrize("data", [CUT_SHORT, NO_ARCHIVE], ids=["cut short", "no archive"])
def test_a_damaged_file_is_refused_as_a_whole(tmp_path, data):
    with pytest.raises(TableError):
        rows(tmp_path, data, "f.gz")


# ---------------------------------------------------------------- headings


def test_headings_are_found_by_synonym_and_by_choice():
    found = find_columns(["序号", " 单位名称 ", "社会信用代码*", "住所"], {}, COLUMNS)
    assert found is not None
    assert found.place == {"name": 1, "credit_code": 2, "address_text": 3}
    assert found.unused == ("序号",)
    assert find_columns(["公司", "代码"], {}, COLUMNS) is None
    chosen = parse_map(["公司=企业名称", "代码=credit_code"], COLUMNS)
    mapped = find_columns(["公司", "代码"], chosen, COLUMNS)
    assert mapped is not None
    assert mapped.place == {"name": 0, "credit_code": 1}
    with pytest.raises(TableError, match="FIELD"):
        parse_map(["公司：企业名称"], COLUMNS)


# ---------------------------------------------------------------- report


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_spreadsheet_runs_what_the_report_says(tmp_path, evil):
    assert harmless(evil).startswith("'")
    path = tmp_path / "r.csv"
    with Report(path) as report:
        report.add(3, "拒收", [evil], [evil, "x"])
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    _, written = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in written)


def test_a_report_that_was_cut_short_is_not_taken_for_a_whole(tmp_path):
    path = tmp_path / "r.csv"
    report = Report(path).__enter__()
    report.add(1, "拒收", ["x"], ["y"])
    report.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not path.exists()


def test_the_original_text_stays_on_one_line():
    assert original(["a,b", 'c"d', "e\nf"]) == '"a,b","c""d",e␊f'
