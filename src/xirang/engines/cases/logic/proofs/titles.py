"""Proofs about titles: Chinese everywhere, and one reminder for all that lack English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.proofs.report import Report
from xirang.foundation.declarations import Title

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def _titles(process: ProcessType) -> Iterator[tuple[str, Title]]:
    yield "/title", process.title
    if process.help:
        yield "/help", process.help
    named = (process.stages, process.actions, process.clocks, process.views, process.fields)
    for table in named:
        for spec in table.values():
            yield f"{spec.path}/title", spec.title
    for action in process.actions.values():
        for asked in action.asks.values():
            yield f"{asked.path}/title", asked.title
        if action.because:
            yield f"{action.path}/because", action.because
    for rule in process.dispatch:
        if rule.because:
            yield f"{rule.path}/because", rule.because


def check_titles(process: ProcessType, report: Report) -> None:
    """A title without Chinese is an error; titles without English are one warning with their lines."""
    without: list[tuple[int, str]] = []
    for path, title in _titles(process):
        if not _CHINESE.search(title.zh):
            report.error(
                path,
                "no_chinese",
                f"“{title.zh}”没有中文。群众看到的名称必须有中文。",
                f'"{title.zh}" has no Chinese. What the public reads must be in Chinese.',
            )
        if not title.en:
            without.append((report.document.where(path)[0], path))
    if without:
        lines = sorted({line for line, _ in without})
        shown = "、".join(str(line) for line in lines[:10]) + ("…" if len(lines) > 10 else "")
        shown_en = ", ".join(str(line) for line in lines[:10]) + ("…" if len(lines) > 10 else "")
        first = min(without)[1]
        report.warn(
            first,
            "no_english",
            f"有 {len(without)} 处没有英文名称（第 {shown} 行）。请写成 {{zh: 中文, en: English}}。",
            f"{len(without)} titles lack English (lines {shown_en}). Write {{zh: 中文, en: English}}.",
        )
