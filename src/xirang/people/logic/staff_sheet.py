"""The staff sheet: reading an Excel file row by row, each fault at its cell, and writing sheets without formulas."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

HEADINGS = ("姓名", "用户名", "单位代码", "手机", "角色", "区域代码", "起", "止")
REQUIRED = ("姓名", "用户名", "单位代码")
EXAMPLE = ("沈岚", "shen.lan", "power_supply", "13800000000", "经办", "330402001000", "2026-12-01", "2027-11-30")
MOST_ROWS = 200
MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_FORMULA = "=+-@\t\r\n"


class SheetError(ValueError):
    """A file that cannot be read as a staff sheet at all; `zh` and `en` say what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in one cell: the row as Excel numbers it, the heading, and a sentence."""

    row: int
    heading: str
    zh: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of the sheet, as written; `row` is Excel's number."""

    row: int
    name: str
    username: str
    unit_code: str
    phone: str
    role: str
    area_code: str
    valid_from: date | None
    valid_to: date | None


def read_sheet(data: bytes) -> tuple[list[StaffRow], list[CellFault]]:
    """The rows of the first sheet and the faults that show without a database; SheetError for the file as a whole."""
    lines = _lines(data)
    if not lines:
        raise SheetError("表格是空的。请下载模板，从第二行开始填写。", "The sheet is empty. Start from the template.")
    columns = _columns(lines[0])
    filled = [(number, line) for number, line in enumerate(lines[1:], 2) if any(text_of(cell) for cell in line)]
    if not filled:
        raise SheetError("表格里没有人员。请从第二行开始填写。", "There are no rows below the headings.")
    if len(filled) > MOST_ROWS:
        raise SheetError(
            f"一次最多导入 {MOST_ROWS} 人，这张表有 {len(filled)} 人。请分成几张表。",
            f"At most {MOST_ROWS} rows at a time, this sheet has {len(filled)}. Please split it.",
        )
    rows, faults = [], []
    for number, line in filled:
        row, wrong = _row(number, {name: line[place] if place < len(line) else None for name, place in columns.items()})
        rows.append(row)
        faults += wrong
    return rows, faults + _repeated(rows)


def _lines(data: bytes) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    broken = SheetError(
        "打不开这个文件。请上传 XLSX 格式的表格（在 Excel 或 WPS 里另存为 .xlsx）。",
        "This file cannot be opened. Please upload an XLSX sheet.",
    )
    if len(data) > MOST_BYTES:
        raise SheetError("文件超过 2 MB。人员表用不了这么大，请删去图片和多余的工作表。", "The file exceeds 2 MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise SheetError("文件解开后太大，不能导入。", "The file is too large when unpacked.")
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except SheetError:
        raise
    except Exception as error:  # The parser has many ways to say that a file is no workbook.
        raise broken from error


def _columns(heads: Sequence[Any]) -> dict[str, int]:
    found = {text_of(head): place for place, head in enumerate(heads)}
    if missing := [name for name in HEADINGS if name not in found]:
        raise SheetError(
            f"第一行缺少列：{'、'.join(missing)}。请用模板的表头，不要改名。",
            f"Missing headings: {', '.join(missing)}. Please keep the template's first row.",
        )
    return {name: found[name] for name in HEADINGS}


def _row(number: int, cells: dict[str, Any]) -> tuple[StaffRow, list[CellFault]]:
    faults = [CellFault(number, name, f"请填写{name}。") for name in REQUIRED if not text_of(cells[name])]
    for name in ("姓名", "用户名", "角色"):
        if text_of(cells[name])[:1] in tuple(_FORMULA):
            faults.append(CellFault(number, name, f"{name}不能以“{text_of(cells[name])[0]}”开头。"))
    days: dict[str, date | None] = {}
    for name in ("起", "止"):
        try:
            days[name] = day_of(cells[name])
        except ValueError:
            days[name] = None
            faults.append(CellFault(number, name, f"“{text_of(cells[name])[:20]}”不是日期，请写成 2026-12-01。"))
    if days["起"] and days["止"] and days["止"] < days["起"]:
        faults.append(CellFault(number, "止", "止日不能早于起日。"))
    name, username, unit_code, phone, role, area_code = (text_of(cells[heading]) for heading in HEADINGS[:6])
    row = StaffRow(number, name, username, unit_code, phone, role, area_code, days["起"], days["止"])
    return row, faults


def _repeated(rows: Iterable[StaffRow]) -> list[CellFault]:
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        name = row.username.lower()
        if name and first.setdefault(name, row.row) != row.row:
            faults.append(CellFault(row.row, "用户名", f"与第 {first[name]} 行的用户名相同。"))
    return faults


def text_of(cell: Any) -> str:
    """A cell as text: Excel keeps telephone numbers and codes as numbers with a point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def day_of(cell: Any) -> date | None:
    """A cell as a date, None when empty; ValueError otherwise."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if not text:
        return None
    found = _DATE.match(text.split(" ")[0])
    if found is None:
        raise ValueError(text)
    return date(*(int(part) for part in found.groups()))


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in tuple(_FORMULA) else text


def write_sheet(title: str, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    """An XLSX file of plain texts; nothing in it is a formula, whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, line in enumerate([heads, *lines], 1):
        for place, value in enumerate(line, 1):
            cell = sheet.cell(number, place)
            cell.value = harmless(str(value))
            cell.data_type = "s"
            cell.number_format = "@"
            if number == 1:
                cell.font = Font(bold=True)
    for place in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
