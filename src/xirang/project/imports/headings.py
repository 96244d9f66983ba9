"""Which column of a table holds what: by the usual headings, or as somebody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xirang.project.imports.tables import TableError

# What offices and registers call the columns; the first one is what we call it.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": ("企业名称", "单位名称", "名称", "公司名称", "市场主体名称", "主体名称", "机构名称", "企业全称", "name"),
    "credit_code": (
        "统一社会信用代码",
        "信用代码",
        "社会信用代码",
        "统一信用代码",
        "统一代码",
        "注册号/统一社会信用代码",
        "纳税人识别号",
        "creditcode",
    ),
    "registered_on": ("注册日期", "成立日期", "登记日期", "注册时间", "成立时间", "设立日期", "开业日期"),
    "company_type": ("企业类型", "类型", "主体类型", "经济类型", "登记注册类型", "市场主体类型"),
    "capital_text": ("注册资金", "注册资本", "注册资本(万元)", "注册资金(万元)", "出资额"),
    "business_scope": ("经营范围", "主营业务", "经营业务范围", "业务范围"),
    "province": ("所在省份", "省份", "省"),
    "region": ("地区", "所在地区", "所属区域", "属地", "行政区划", "街道", "所属街道", "镇街", "所在城市", "城市"),
    "address_text": ("注册地址", "地址", "住所", "企业地址", "经营地址", "经营场所", "登记住所", "详细地址"),
    "industry": ("行业", "所属行业", "行业门类", "国民经济行业", "行业名称"),
    "staff_count": ("职工人数", "员工人数", "从业人数", "从业人员", "人数", "参保人数"),
}
REQUIRED = ("name", "credit_code")
TITLES = {field: names[0] for field, names in SYNONYMS.items()}
SEARCHED_ROWS = 20  # A title and notes may stand above the headings.


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each known field stands (from 0), how wide a row is, and the headings that nobody uses."""

    place: Mapping[str, int]
    width: int
    unused: tuple[str, ...]

    def pick(self, cells: Sequence[str], field: str) -> str:
        """The cell of a field, without blanks at its ends; empty where the table has no such column."""
        place = self.place.get(field)
        return cells[place].strip() if place is not None and place < len(cells) else ""


def parse_map(pairs: Sequence[str]) -> dict[str, str]:
    """`列=字段` pairs of the command line as heading → field; TableError names what cannot be used."""
    chosen: dict[str, str] = {}
    fields = {title: field for field, title in TITLES.items()} | {field: field for field in SYNONYMS}
    for pair in pairs:
        heading, sign, field = pair.partition("=")
        if not sign or not heading.strip() or field.strip() not in fields:
            raise TableError(
                f"--map 应写成“列=字段”，字段为：{'、'.join(TITLES.values())}；现为“{pair}”。",
                f"--map wants COLUMN=FIELD with one of: {', '.join(SYNONYMS)}; found “{pair}”.",
            )
        chosen[_plain(heading)] = fields[field.strip()]
    return chosen


def find_columns(cells: Sequence[str], chosen: Mapping[str, str]) -> Columns | None:
    """The columns when `cells` are headings, or None; TableError when a field is named twice by choice."""
    known = {_plain(name): field for field, names in SYNONYMS.items() for name in names}
    ranks = {_plain(name): rank for names in SYNONYMS.values() for rank, name in enumerate(names)}
    place: dict[str, int] = {}
    best: dict[str, int] = {}
    for position, cell in enumerate(cells):
        heading = _plain(cell)
        field = chosen.get(heading) or known.get(heading)
        if field is None:
            continue
        rank = -1 if heading in chosen else ranks[heading]
        if field in place and rank == best[field] == -1:
            raise TableError(f"有两列都对应“{TITLES[field]}”。", f"Two columns are mapped to {field}.")
        if field not in place or rank < best[field]:
            place[field], best[field] = position, rank
    if not all(field in place for field in REQUIRED):
        return None
    used = set(place.values())
    unused = tuple(cell.strip() for position, cell in enumerate(cells) if position not in used and cell.strip())
    return Columns(place, len(cells), unused)


def no_columns(first: Sequence[str]) -> TableError:
    """The error for a table without the two headings it needs."""
    seen = "、".join(cell.strip() for cell in first if cell.strip())[:200]
    return TableError(
        f"前 {SEARCHED_ROWS} 行里没有找到“企业名称”和“统一社会信用代码”两列。第一行是：{seen}。"
        "列名不同的，请用 --map 列=字段 指明，例如 --map 公司=企业名称。",
        f"No headings for name and credit code in the first {SEARCHED_ROWS} rows; the first row says: {seen}. "
        "Name them with --map COLUMN=FIELD, for example --map 公司=name.",
    )


def _plain(heading: str) -> str:
    return re.sub(r"[\s*＊：:_]+", "", unicodedata.normalize("NFKC", heading)).lower()
