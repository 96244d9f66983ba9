"""One row of a register of firms: what it says, why it is refused, or what should be looked at again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xirang.people.logic.credit_code import check_credit_code
from xirang.project.imports.headings import TITLES, Columns
from xirang.project.imports.tables import Row

# The limits of the register's columns, in characters.
LIMITS = {
    "name": 200,
    "address_text": 300,
    "industry": 80,
    "company_type": 60,
    "capital_text": 300,
    "business_scope": 20_000,
}
EARLIEST = date(1840, 1, 1)
MOST_STAFF = 5_000_000
LOST = "\ufffd"
_DECISIVE = ("name", "credit_code", "address_text", "region")
_EMPTY = frozenset({"", "n/a", "na", "null", "none", "nan", "-", "--", "—", "/", "\\n", "#n/a", "无数据"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d.*)?$|(\d{4})(\d{2})(\d{2})$")
_EXCEL_DAY_ONE = date(1899, 12, 30)
_CODE = re.compile(r"[0-9A-Z]{18}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a row: the values of a firm, or the reasons for which it is refused; warnings in both cases."""

    line: int
    code: str
    values: dict[str, Any]
    refused: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    province: str = ""
    region: str = ""


def check_row(row: Row, columns: Columns, today: date, known_region: Callable[[str], bool] | None = None) -> Checked:
    """Check one row. `today` is the day after which no firm can have been founded."""
    warnings = [row.odd] if row.odd else []
    refused = [row.broken] if row.broken else []
    refused += _misplaced(row.cells, columns)
    raw = {field: columns.pick(row.cells, field) for field in TITLES}
    _lost(raw, refused, warnings)
    texts = {field: _text(cell, field, warnings) for field, cell in raw.items()}
    code = _credit_code(texts, row.cells, columns, refused, warnings, known_region)
    if len(texts["name"]) < 2 and not any("名称" in reason for reason in refused):
        refused.append("缺企业名称")
    values: dict[str, Any] = {field: _limited(texts[field], field, refused, warnings) for field in LIMITS}
    values["registered_on"] = _day(texts["registered_on"], today, warnings)
    values["staff_count"] = _staff(texts["staff_count"], warnings)
    return Checked(row.line, code, values, tuple(refused), tuple(warnings), texts["province"], texts["region"])


def _misplaced(cells: Sequence[str], columns: Columns) -> list[str]:
    if any(cell.strip() for cell in cells[columns.width :]):
        return [f"有 {len(cells)} 列，表头只有 {columns.width} 列：内容里可能有没加引号的逗号"]
    return []


def _lost(raw: dict[str, str], refused: list[str], warnings: list[str]) -> None:
    """Signs that somebody's conversion has replaced cannot be guessed back."""
    lost = [field for field, cell in raw.items() if LOST in cell]
    if lost:
        serious = any(field in _DECISIVE for field in lost)
        sentence = f"“{'、'.join(TITLES[field] for field in lost)}”里有乱码，来源中这些字已经丢失"
        (refused if serious else warnings).append(sentence)


def _text(cell: str, field: str, warnings: list[str]) -> str:
    if cell.lower() in _EMPTY:
        return ""
    title = TITLES[field]
    if _PRIVATE.search(cell):
        warnings.append(f"“{title}”里有自造字，换一台电脑可能显示不出")
    if _CONTROL.search(cell):
        warnings.append(f"“{title}”里的不可见字符已去掉")
        cell = _CONTROL.sub("", cell)
    return cell.strip() if field == "business_scope" else " ".join(cell.split())


def _credit_code(
    texts: dict[str, str],
    cells: Sequence[str],
    columns: Columns,
    refused: list[str],
    warnings: list[str],
    known_region: Callable[[str], bool] | None,
) -> str:
    check = check_credit_code(texts["credit_code"], known_region)
    warnings.extend(finding.zh.rstrip("。") for finding in check.warnings)
    if check.ok:
        return check.number
    own = columns.place["credit_code"]
    elsewhere = next((place for place, cell in enumerate(cells) if place != own and _looks_like_code(cell)), None)
    if elsewhere is not None:
        refused.append(f"信用代码在第 {elsewhere + 1} 列，应在第 {own + 1} 列：本行各列错位")
    elif not any("信用代码" in reason for reason in refused):
        # The first finding is enough: a row of garbage would otherwise fill the report with eighteen of them.
        refused.append(check.errors[0].zh.rstrip("。"))
    return ""


def _looks_like_code(cell: str) -> bool:
    text = unicodedata.normalize("NFKC", cell).strip().upper()
    return bool(_CODE.fullmatch(text)) and check_credit_code(text).ok


def _limited(text: str, field: str, refused: list[str], warnings: list[str]) -> str:
    limit = LIMITS[field]
    if len(text) <= limit:
        return text
    if field == "name":
        refused.append(f"企业名称有 {len(text)} 个字，最多 {limit} 个")
    else:
        warnings.append(f"“{TITLES[field]}”有 {len(text)} 个字，只存前 {limit} 个")
    return text[:limit]


def _day(text: str, today: date, warnings: list[str]) -> date | None:
    if not text:
        return None
    day = parse_day(text)
    if day is None:
        warnings.append(f"看不懂成立日期“{text[:30]}”，留空")
    elif not EARLIEST <= day <= today:
        warnings.append(f"成立日期 {day} 不在 1840 年至今天之间，留空")
        day = None
    return day


def parse_day(text: str) -> date | None:
    """A day as offices write it (2001-03-09, 2001/3/9, 2001年3月9日, 20010309, Excel's serial), or None."""
    found = _DATE.fullmatch(text.strip())
    try:
        if found:
            return date(*(int(part) for part in found.groups() if part))
        if re.fullmatch(r"\d{4,5}", text) and int(text) > 2200:
            return _EXCEL_DAY_ONE + timedelta(days=int(text))
    except (ValueError, OverflowError):
        return None
    return None


def _staff(text: str, warnings: list[str]) -> int | None:
    number = text.replace(",", "").removesuffix("人")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) <= 9 and int(number) <= MOST_STAFF):
        warnings.append(f"看不懂职工人数“{text[:30]}”，留空")
        return None
    return int(number)
