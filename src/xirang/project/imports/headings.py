"""Which column of a table holds what: by the usual headings, or as somebody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from xirang.foundation.intake import Column, Columns
from xirang.project.imports.tables import TableError

SEARCHED_ROWS = 20  # A title and notes may stand above the headings.


def parse_map(pairs: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """`列=字段` pairs of the command line as heading → field; TableError names what cannot be used."""
    chosen: dict[str, str] = {}
    fields = {column.title: column.field for column in columns} | {column.field: column.field for column in columns}
    for pair in pairs:
        heading, sign, field = pair.partition("=")
        if not sign or not heading.strip() or field.strip() not in fields:
            raise TableError(
                f"--map 应写成“列=字段”，字段为：{'、'.join(one.title for one in columns)}；现为“{pair}”。",
                f"--map wants COLUMN=FIELD with one of: {', '.join(one.field for one in columns)}; found “{pair}”.",
            )
        chosen[_plain(heading)] = fields[field.strip()]
    return chosen


def find_columns(cells: Sequence[str], chosen: Mapping[str, str], columns: Sequence[Column]) -> Columns | None:
    """Where the columns stand when `cells` are headings, or None; TableError when a field is named twice by choice."""
    known = {_plain(name): column.field for column in columns for name in column.headings}
    ranks = {_plain(name): rank for column in columns for rank, name in enumerate(column.headings)}
    place: dict[str, int] = {}
    best: dict[str, int] = {}
    for position, cell in enumerate(cells):
        heading = _plain(cell)
        field = chosen.get(heading) or known.get(heading)
        if field is None:
            continue
        rank = -1 if heading in chosen else ranks[heading]
        if field in place and rank == best[field] == -1:
            title = next(column.title for column in columns if column.field == field)
            raise TableError(f"有两列都对应“{title}”。", f"Two columns are mapped to {field}.")
        if field not in place or rank < best[field]:
            place[field], best[field] = position, rank
    if not all(column.field in place for column in columns if column.required):
        return None
    used = set(place.values())
    unused = tuple(cell.strip() for position, cell in enumerate(cells) if position not in used and cell.strip())
    return Columns(place, len(cells), unused)


def no_columns(first: Sequence[str], columns: Sequence[Column]) -> TableError:
    """The error for a table without the headings it needs."""
    needed = [column for column in columns if column.required]
    titles, fields = [f"“{column.title}”" for column in needed], [column.en for column in needed]
    seen = "、".join(cell.strip() for cell in first if cell.strip())[:200]
    return TableError(
        f"前 {SEARCHED_ROWS} 行里没有找齐这些列：{'、'.join(titles)}。第一行是：{seen}。"
        f"列名不同的，请用 --map 列=字段 指明，例如 --map 表里的列名={needed[0].title}。",
        f"No headings for {' and '.join(fields)} in the first {SEARCHED_ROWS} rows; the first row says: {seen}. "
        f"Name them with --map COLUMN=FIELD, for example --map HEADING={needed[0].field}.",
    )


def _plain(heading: str) -> str:
    return re.sub(r"[\s*＊：:_]+", "", unicodedata.normalize("NFKC", heading)).lower()
