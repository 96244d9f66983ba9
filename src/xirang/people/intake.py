"""Taking in a register of firms: its columns, what makes a row good, doubtful or refused, and where a firm lies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from xirang.areas.models import Area
from xirang.areas.queries import AreaLocator, find_area_by_code, root_area
from xirang.foundation.actor import Actor
from xirang.foundation.intake import Checked, Column, Columns, IntakeError, Option, Row, Taken
from xirang.people.commands import OrganisationRow, upsert_organisations
from xirang.people.logic.credit_code import check_credit_code

# What offices and registers call the columns; the first one is what we call it.
COLUMNS = (
    Column(
        "name",
        ("企业名称", "单位名称", "名称", "公司名称", "市场主体名称", "主体名称", "机构名称", "企业全称", "name"),
        "name",
        required=True,
    ),
    Column(
        "credit_code",
        (
            "统一社会信用代码",
            "信用代码",
            "社会信用代码",
            "统一信用代码",
            "统一代码",
            "注册号/统一社会信用代码",
            "纳税人识别号",
            "creditcode",
        ),
        "credit code",
        required=True,
    ),
    Column(
        "registered_on",
        ("注册日期", "成立日期", "登记日期", "注册时间", "成立时间", "设立日期", "开业日期"),
        "date of registration",
    ),
    Column("company_type", ("企业类型", "类型", "主体类型", "经济类型", "登记注册类型", "市场主体类型"), "type"),
    Column("capital_text", ("注册资金", "注册资本", "注册资本(万元)", "注册资金(万元)", "出资额"), "capital"),
    Column("business_scope", ("经营范围", "主营业务", "经营业务范围", "业务范围"), "business scope"),
    Column("province", ("所在省份", "省份", "省"), "province"),
    Column(
        "region",
        ("地区", "所在地区", "所属区域", "属地", "行政区划", "街道", "所属街道", "镇街", "所在城市", "城市"),
        "region",
    ),
    Column(
        "address_text",
        ("注册地址", "地址", "住所", "企业地址", "经营地址", "经营场所", "登记住所", "详细地址"),
        "address",
    ),
    Column("industry", ("行业", "所属行业", "行业门类", "国民经济行业", "行业名称"), "industry"),
    Column("staff_count", ("职工人数", "员工人数", "从业人数", "从业人员", "人数", "参保人数"), "staff"),
)
TITLES = {column.field: column.title for column in COLUMNS}
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


class EnterpriseIntake:
    """`xirang import enterprises FILE`: firms, entered or changed by their credit code."""

    code = "enterprises"
    zh, en = "企业", "enterprises"
    key_title = "信用代码"
    columns = COLUMNS
    options = (
        Option(
            "area",
            "CODE",
            "地址对不上街道时归入的区域代码，默认为本区",
            "area code where no street is found; default: the district",
        ),
    )

    def begin(self, options: Mapping[str, str], day: date) -> EnterpriseReading:
        """Settle in which area a firm lies whose address names no street of ours."""
        code = options.get("area", "")
        area = find_area_by_code(code, day) if code else root_area(day)
        if area is None and code:
            raise IntakeError(f"没有代码为“{code}”的区域。", f"There is no area “{code}”.")
        if area is None:
            raise IntakeError(
                "系统里还没有区县，请先建立区域，或用 --area 指明区域代码。",
                "There is no district yet; create the areas first, or name one with --area.",
            )
        return EnterpriseReading(area, day)

    def take(self, entries: Sequence[OrganisationRow], *, actor: Actor, source: str, now: datetime) -> Taken:
        """Enter or change the firms of a batch."""
        done = upsert_organisations(actor=actor, rows=entries, source=source, now=now)
        batch = str(done.batch_id) if done.inserted + done.changed else None
        return Taken(done.inserted, done.changed, done.unchanged, batch)


class EnterpriseReading:
    """The import of one register of firms."""

    def __init__(self, fallback: Area, day: date) -> None:
        self.day, self.locator, self.located = day, AreaLocator(fallback, day), 0
        self.options = {"area": fallback.code}

    def check(self, row: Row, columns: Columns) -> Checked:
        """As `check_row`; no firm can have been founded after the day of the import."""
        return check_row(row, columns, self.day)

    def entry(self, checked: Checked) -> OrganisationRow:
        """The row as the register takes it, in the street or community that its address names."""
        values = checked.values
        area_id = self.locator.locate(values["province"], values["region"], values["address_text"])
        self.located += area_id != self.locator.fallback.pk
        return OrganisationRow(
            credit_code=checked.key,
            area_id=area_id,
            staff_count=values["staff_count"],
            registered_on=values["registered_on"],
            **{name: values[name] for name in LIMITS},
        )

    def remark(self) -> tuple[str, str]:
        """How many firms an address could place."""
        return (
            f"按地址归入街道或村社 {self.located:,} 行。",
            f"{self.located:,} placed in a street or community by address.",
        )


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
    values |= {"province": texts["province"], "region": texts["region"]}
    return Checked(row.line, code, values, tuple(refused), tuple(warnings))


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
