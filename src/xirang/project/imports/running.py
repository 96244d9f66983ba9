"""One import of a file from beginning to end: check every row, take in the good ones in batches, report the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from xirang.foundation.actor import Actor
from xirang.foundation.calendar import local_date
from xirang.foundation.intake import Checked, Columns, Intake, Reading, Row
from xirang.project.imports.commands import Figures, finish_import, start_import, take_rows
from xirang.project.imports.headings import SEARCHED_ROWS, find_columns, no_columns
from xirang.project.imports.models import ImportRun
from xirang.project.imports.report import Report
from xirang.project.imports.tables import TableError, hash_of, read_rows

BATCH = 2000
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked to import, and how."""

    path: Path
    options: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    dry_run: bool = False
    batch: int = BATCH


@dataclass(slots=True)
class Outcome:
    """The figures of an import; read = new + changed + unchanged + repeated + refused."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    refused: int = 0
    warned: int = 0
    total: int = 0
    resumed_at: int = 0
    unused: tuple[str, ...] = ()
    remark: tuple[str, str] = ("", "")
    report: Path | None = None
    run_id: UUID | None = None

    def adds_up(self) -> bool:
        """Whether every row that was read is accounted for exactly once."""
        return self.read == self.new + self.changed + self.unchanged + self.repeated + self.refused


Progress = Callable[[Outcome], None]


class LostRowError(AssertionError):
    """Rows read and rows accounted for differ: a fault of the program that must never pass in silence."""


def import_file(
    intake: Intake[Any], wish: Wish, *, actor: Actor, clock: Clock, report: Path, progress: Progress
) -> Outcome:
    """Import a file by an engine's intake.

    IntakeError for a file or an option that cannot be used, LostRowError should rows not add up.
    """
    work = _Work(intake, wish, actor, clock, progress)
    work.survey()
    if wish.dry_run:
        with transaction.atomic():
            _take_in(work, report)
            transaction.set_rollback(True)
        work.outcome.run_id = None
    else:
        _take_in(work, report)
    return work.outcome


class _Work:
    """What the passes over one file share."""

    def __init__(self, intake: Intake[Any], wish: Wish, actor: Actor, clock: Clock, progress: Progress) -> None:
        self.intake, self.wish, self.actor, self.clock = intake, wish, actor, clock
        self.outcome, self.progress = Outcome(), progress
        self.reading: Reading[Any] = intake.begin(wish.options, local_date(clock()))
        self.last_line: dict[str, int] = {}
        self.hash = hash_of(wish.path)

    def survey(self) -> None:
        """The first pass: how many rows there are, and in which line each key stands last."""
        for checked, _ in self.rows():
            self.outcome.total += 1
            if not checked.refused:
                self.last_line[checked.key] = checked.line
            self.progress(self.outcome)

    def rows(self) -> Iterator[tuple[Checked, Row]]:
        """Every row below the headings, checked."""
        columns: Columns | None = None
        first: Row | None = None
        for seen, row in enumerate(read_rows(self.wish.path)):
            if columns is not None:
                yield self.reading.check(row, columns), row
                continue
            first = first or row
            columns = find_columns(row.cells, self.wish.chosen, self.intake.columns)
            if columns is not None:
                self.outcome.unused = columns.unused
            elif seen + 1 >= SEARCHED_ROWS:
                break
        if columns is None:
            if first is None:
                raise TableError("文件是空的。", "The file is empty.")
            raise no_columns(first.cells, self.intake.columns)


def _take_in(work: _Work, report: Path) -> None:
    """The second pass: batches into the register, the rest into the report."""
    wish, outcome, now = work.wish, work.outcome, work.clock()
    options = {**work.reading.options, "map": dict(wish.chosen), "source": wish.source}
    outcome.run_id = start_import(
        actor=work.actor, kind=work.intake.code, file_name=wish.path.name, file_hash=work.hash, options=options, now=now
    )
    run = ImportRun.objects.get(pk=outcome.run_id)
    outcome.new, outcome.changed, outcome.unchanged = run.new, run.changed, run.unchanged
    outcome.resumed_at = run.next_line if run.next_line > 1 else 0
    begun = run.next_line
    batch: list[Any] = []
    with Report(report) as written:
        for checked, row in work.rows():
            outcome.read += 1
            if _belongs(work, checked, row, written) and checked.line >= begun:
                batch.append(work.reading.entry(checked))
            if len(batch) >= wish.batch:
                begun, batch = _take_batch(work, batch, begun, checked.line + 1), []
            work.progress(outcome)
        if batch:
            _take_batch(work, batch, begun, checked.line + 1)
    outcome.report, outcome.remark = report, work.reading.remark()
    if not outcome.adds_up():
        raise LostRowError(f"read {outcome.read}, but accounted for otherwise: {outcome}")
    finish_import(
        actor=work.actor,
        run_id=outcome.run_id,
        report_hash=hash_of(report),
        now=work.clock(),
        figures=Figures(outcome.read, outcome.refused, outcome.repeated, outcome.warned),
    )


def _belongs(work: _Work, checked: Checked, row: Row, report: Report) -> bool:
    """Whether the row is to be taken in; whatever is to be said about it goes into the report."""
    outcome = work.outcome
    if checked.refused:
        outcome.refused += 1
        report.add(checked.line, "拒收", (*checked.refused, *checked.warnings), row.cells)
        return False
    if (last := work.last_line[checked.key]) != checked.line:
        outcome.repeated += 1
        report.add(
            checked.line,
            "重复",
            [f"{work.intake.key_title} {checked.key} 在第 {last} 行又出现，以后一行为准"],
            row.cells,
        )
        return False
    if checked.warnings:
        outcome.warned += 1
        report.add(checked.line, "已收，请核对", checked.warnings, row.cells)
    return True


def _take_batch(work: _Work, batch: list[Any], from_line: int, next_line: int) -> int:
    outcome = work.outcome
    assert outcome.run_id is not None
    new, changed, unchanged = take_rows(
        actor=work.actor,
        run_id=outcome.run_id,
        rows=batch,
        from_line=from_line,
        next_line=next_line,
        source=work.wish.source,
        now=work.clock(),
    )
    outcome.new += new
    outcome.changed += changed
    outcome.unchanged += unchanged
    return next_line
