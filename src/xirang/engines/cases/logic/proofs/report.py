"""Where the proofs write down what they find, with the place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from xirang.engines.cases.logic.process import ProcessType
from xirang.foundation.declarations import Document, Finding


class Report:
    """Collects findings about one process type."""

    def __init__(self, process: ProcessType) -> None:
        self.document = process.document or Document("cases.yaml", None)
        self.findings: list[Finding] = []

    def error(self, path: str, code: str, zh: str, en: str, *, key: bool = False) -> None:
        """Something that refuses the process."""
        self._add("error", path, code, zh, en, key)

    def warn(self, path: str, code: str, zh: str, en: str, *, key: bool = False) -> None:
        """Something that is probably not meant."""
        self._add("warning", path, code, zh, en, key)

    def _add(self, level: Literal["error", "warning"], path: str, code: str, zh: str, en: str, key: bool) -> None:
        self.findings.append(self.document.finding(path, code, zh, en, level=level, key=key))

    def spots(self, path: str, items: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Each item of a value that may be written bare or as a list, with its own place."""
        for place, item in enumerate(items):
            below = f"{path}/{place}"
            yield (below if below in self.document.values else path), item
