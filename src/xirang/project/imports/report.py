"""The report of an import: a CSV that Excel opens, one line for each refused, repeated or doubtful row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

HEADINGS = ("行号", "处理", "原因", "原文")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Report:
    """Writes beside its place and moves there once complete, so that a cut-short report is never taken for a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._unfinished = self.path.with_name(self.path.name + ".unfinished")
        # Excel takes a file for UTF-8 only when it begins with the mark.
        self._file = self._unfinished.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADINGS)
        return self

    def add(self, line: int, verdict: str, reasons: Sequence[str], cells: Sequence[str]) -> None:
        """Put down one row with its reasons and its text as it stood in the file."""
        self.lines += 1
        self._writer.writerow([line, verdict, harmless("；".join(reasons)), harmless(original(cells))])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None:
            self._unfinished.replace(self.path)


def harmless(text: str) -> str:
    """The text such that no spreadsheet runs it as a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def original(cells: Sequence[str]) -> str:
    """The row as one line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue().replace("\r", "␍").replace("\n", "␊").replace("\x00", "␀")
