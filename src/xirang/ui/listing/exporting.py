"""The rows of a list as a file: the same query, columns and masks as the screen, as CSV or as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from xirang.ui.components import DueCell, LinkCell, MomentCell, NumberCell, StatusCell, StepCell
from xirang.ui.listing.declaration import Asking, Cell, Listing

R = TypeVar("R")
MOST_ROWS = 10_000
BATCH = 500
WIDEST, NARROWEST = 60, 8  # Letters of a column in the workbook.
# Spreadsheets take a text that begins so for a formula, and run it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def lines_of(listing: Listing[R], asking: Asking) -> tuple[list[list[Any]], bool]:
    """The heads and all rows that fit, in the list's order, at most MOST_ROWS; and whether there were more."""
    columns = listing.columns(asking)
    lines: list[list[Any]] = [[str(column.title) for column in columns]]
    for row in _rows(listing, asking):
        if len(lines) > MOST_ROWS:
            return lines, True
        lines.append([plain_cell(column.cell(row, asking)) for column in columns])
    return lines, False


def plain_cell(cell: Cell) -> str | int | datetime:
    """What a cell says, without its drawing: a deadline or a moment is in local time, a number stays a number."""
    if cell is None:
        return ""
    if isinstance(cell, StatusCell):
        return str(cell.word)
    if isinstance(cell, (DueCell, MomentCell)):
        return timezone.localtime(cell.at).replace(tzinfo=None, microsecond=0) if cell.at else ""
    if isinstance(cell, NumberCell):
        return "" if cell.value is None else cell.value
    if isinstance(cell, LinkCell):
        return cell.text
    if isinstance(cell, StepCell):
        return "\n".join([cell.title, *(f"{title}：{text}" for title, text in cell.facts)])
    return str(cell)


def as_csv(lines: Sequence[Sequence[Any]]) -> bytes:
    """UTF-8 with the mark that spreadsheets look for; a text that would run as a formula is preceded by a quote."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for line in lines:
        writer.writerow([_harmless(_written(value)) for value in line])
    return "\ufeff".encode() + out.getvalue().encode()


def as_workbook(lines: Sequence[Sequence[Any]], title: str) -> bytes:
    """A workbook of one sheet: bold heads that stay in sight, columns as wide as their longest text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_widths(lines), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, line in enumerate(lines):
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value=_legal(value))
            if isinstance(value, str):
                cell.data_type = "s"  # Never a formula, whatever it begins with.
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(listing: Listing[R], asking: Asking) -> Iterator[R]:
    key = ""
    while True:
        found = listing.rows(asking, key, BATCH)
        yield from found.rows
        key = found.next
        if not key:
            return


def _written(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not text.lstrip("+-").isdigit() else text


def _legal(value: Any) -> Any:
    """A workbook holds no control signs; they cannot be seen on the screen either."""
    if not isinstance(value, str):
        return value
    return "".join(sign for sign in value if sign in "\n\t" or sign >= " ")


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in r"[]:*?/\'")[:31] or "1"


def _widths(lines: Sequence[Sequence[Any]]) -> list[int]:
    """A Chinese sign is as wide as two letters."""
    widest = [NARROWEST] * len(lines[0])
    for line in lines[:200]:
        for place, value in enumerate(line):
            first = _written(value).partition("\n")[0]
            widest[place] = max(widest[place], sum(2 if sign > "\u2e80" else 1 for sign in first) + 2)
    return [min(width, WIDEST) for width in widest]
