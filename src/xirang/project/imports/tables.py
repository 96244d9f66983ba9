"""Reading a table whatever wrote it: CSV or XLSX, packed or not, in UTF-8, GBK or a mixture, row by row."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from xirang.foundation.intake import IntakeError, Row

GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_EXCEL_BYTES = 512 * 1024 * 1024  # A small archive may unpack to more than the machine has.
MOST_LINES_OF_A_ROW = 200
MOST_CELL = 1_000_000
SAMPLE = 256 * 1024
BLOCK = 1024 * 1024


class TableError(IntakeError):
    """A file that cannot be read as a table at all, or not as the table that is wanted."""


def hash_of(path: Path) -> str:
    """SHA-256 of the file as it lies on disk; what names a run of the import."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_rows(path: Path) -> Iterator[Row]:
    """Every row that holds anything, from the first line on; TableError for a file that is no table."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
        with gzip.open(path) if packed else path.open("rb") as opened:
            start = opened.read(4)
            opened.seek(0)
            if start in (ZIP, OLD_EXCEL):
                yield from _excel_rows(opened)
            else:
                yield from _text_rows(opened)
    except (gzip.BadGzipFile, EOFError, zipfile.BadZipFile) as error:
        raise TableError(
            f"文件不完整或已损坏（{error}）。请重新传一份。",
            f"The file is damaged or cut short ({error}). Please fetch it again.",
        ) from error


# ---------------------------------------------------------------- text


def _text_rows(file: BinaryIO | gzip.GzipFile) -> Iterator[Row]:
    """Split bytes into rows first and decode each by itself.

    In UTF-8 and in GB18030 alike no byte of a Chinese sign looks like a comma, a quote or a line end, so rows can be
    told apart before anybody knows in which of the two they are written.
    """
    sample = file.read(SAMPLE)
    file.seek(0)
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        sixteen = io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="")
        lines: Iterator[str] = (line.encode().decode("latin-1") for line in sixteen)
        mostly = "utf-8"
    else:
        if sample.startswith(b"\xef\xbb\xbf"):
            file.read(3)
        lines = iter(io.TextIOWrapper(file, encoding="latin-1", newline=""))
        mostly = main_encoding(sample)
    old = csv.field_size_limit(MOST_CELL)
    try:
        for line, cells, broken in _split(lines, _delimiter(sample)):
            decoded, odd, lost = _decode(cells, mostly)
            if any(cell.strip() for cell in decoded):
                yield Row(line, decoded, odd, broken or lost)
    finally:
        csv.field_size_limit(old)


def main_encoding(sample: bytes) -> str:
    """`utf-8` or `gb18030`: in which of them more lines of the sample can be read; UTF-8 when both can."""
    lines = [line for line in sample.split(b"\n")[:-1] or [sample] if not line.isascii()]
    good = sum(_reads(line, "utf-8") for line in lines)
    return "utf-8" if good * 2 >= len(lines) else "gb18030"


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(sample: bytes) -> str:
    head = sample.split(b"\n", 1)[0]
    return max(",\t;", key=lambda sign: (head.count(sign.encode()), sign == ","))


def _split(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """(line, cells, why broken) of every row; an unpaired quote costs its own row and never swallows the next ones."""
    waiting: list[str] = []
    number, width = 0, 0
    while True:
        line = waiting.pop(0) if waiting else next(lines, "")
        if not line:
            return
        number += 1
        cells, broken, taken = _cells(line, delimiter), "", 1
        if line.count('"') % 2:
            cells, broken, taken, waiting = _quoted(line, waiting, lines, delimiter, width)
        # The heading, or whatever stands first, says how wide a row is.
        width = width or len(cells)
        yield number, cells, broken
        number += taken - 1


def _quoted(
    line: str, waiting: list[str], lines: Iterator[str], delimiter: str, width: int
) -> tuple[list[str], str, int, list[str]]:
    """A row whose quotes do not pair on its first line: with its next lines where that fits, else the line alone."""
    held, pending = [line], list(waiting)
    while sum(part.count('"') for part in held) % 2 and len(held) < MOST_LINES_OF_A_ROW:
        more = pending.pop(0) if pending else next(lines, "")
        if not more:
            break
        held.append(more)
    if sum(part.count('"') for part in held) % 2 == 0:
        cells = _cells("".join(held), delimiter)
        if not width or len(cells) == width:
            return cells, "", len(held), pending
    cells = _cells(line, delimiter)
    ends_open = line.rstrip("\r\n").rsplit(delimiter, 1)[-1].count('"') % 2 == 1
    fits = width and len(cells) == width and not ends_open
    return cells, "" if fits else "引号不成对，这一行的各列分不清", 1, held[1:] + pending


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:  # A cell of more than a million signs.
        return [text.strip()]
    return rows[0] if len(rows) == 1 else [cell for row in rows for cell in row]


def _decode(cells: list[str], mostly: str) -> tuple[tuple[str, ...], str, str]:
    """The cells as text; what was odd about the encoding; and why the row is lost, when it is."""
    raw = [cell.encode("latin-1") for cell in cells]
    joined = b"\x00".join(raw)
    if joined.isascii():
        return tuple(cells), "", ""
    encoding = _encoding_of(joined, mostly)
    if encoding:
        odd = "" if encoding == mostly else f"本行编码与全文不同，已按 {encoding.upper()} 读出"
        return tuple(cell.decode(encoding) for cell in raw), odd, ""
    texts = []
    lost = False
    for cell in raw:
        own = _encoding_of(cell, mostly)
        texts.append(cell.decode(own or mostly, "strict" if own else "replace"))
        lost = lost or not own
    if lost:
        return tuple(texts), "", "含有读不出的字节，既不是 UTF-8 也不是 GBK"
    return tuple(texts), "本行各列编码不同，已逐列读出", ""


def _encoding_of(data: bytes, mostly: str) -> str:
    """In which of the two the bytes can be read; where both can, the file's own unless UTF-8 cannot be chance."""
    if _reads(data, "utf-8"):
        # Three bytes a sign, all continuing rightly, four times over: GBK does not do that by chance.
        sure = mostly == "utf-8" or sum(0xE0 <= byte <= 0xEF for byte in data) >= 4
        if sure or not _reads(data, "gb18030"):
            return "utf-8"
    return "gb18030" if _reads(data, "gb18030") else ""


# ---------------------------------------------------------------- Excel


def _excel_rows(file: BinaryIO | gzip.GzipFile) -> Iterator[Row]:
    from python_calamine import CalamineError, CalamineWorkbook

    data = file.read(MOST_EXCEL_BYTES + 1)
    if len(data) > MOST_EXCEL_BYTES or _unpacked(data) > MOST_EXCEL_BYTES:
        raise TableError("表格超过 512 MB。请另存为 CSV 再导入。", "The sheet exceeds 512 MB. Please save it as CSV.")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, IndexError) as error:
        raise TableError(
            "打不开这个表格。请在 Excel 或 WPS 里另存为 .xlsx 或 CSV。",
            "The sheet cannot be opened. Please save it as .xlsx or CSV.",
        ) from error
    first = sheet.start[0] + 1 if sheet.start else 1
    for number, cells in enumerate(sheet.iter_rows(), first):
        texts = tuple(_excel_text(cell) for cell in cells)
        if any(texts):
            yield Row(number, texts)


def _unpacked(data: bytes) -> int:
    if not data.startswith(ZIP):
        return len(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(member.file_size for member in archive.infolist())


def _excel_text(cell: object) -> str:
    """A cell as one reads it; a code that Excel took for a number loses nothing that is still there."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
