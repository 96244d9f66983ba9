"""Writing an import: each batch of rows and the progress of its run commit together, so no row is taken in twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import ConflictError, NotAllowedError, NotFoundError
from xirang.foundation.ids import new_id
from xirang.foundation.sealing import sealed
from xirang.project.imports.kinds import get_intake
from xirang.project.imports.models import ImportRun
from xirang.project.imports.policy import IMPORTING, can_import_files


class ImportElsewhereError(ConflictError):
    code = "import_elsewhere"
    zh = "这个文件正由另一个程序导入，已到第 {line} 行。请等它结束后再导入。"
    en = "Another process is importing this file and has reached line {line}. Please wait for it to end."


@dataclass(frozen=True, slots=True)
class Figures:
    """What a whole file came to besides what the batches counted; `warned` rows were taken in with a remark."""

    read: int
    refused: int
    repeated: int
    warned: int


@command(_("开始导入文件"), permit=IMPORTING)
def start_import(
    *, actor: Actor, kind: str, file_name: str, file_hash: str, options: Mapping[str, Any], now: datetime
) -> UUID:
    """The run of this file with these options: the unfinished one where there is one, else a new one."""
    if not can_import_files(actor):
        raise NotAllowedError()
    run = ImportRun.objects.filter(
        kind=kind, file_hash=file_hash, options=dict(options), finished_at__isnull=True
    ).first()
    if run is None:
        run = ImportRun.objects.create(
            id=new_id(now),
            kind=kind,
            file_name=file_name[:200],
            file_hash=file_hash,
            options=dict(options),
            started_by=str(actor.ref),
            started_at=now,
            updated_at=now,
        )
    record(
        Ref("import_run", str(run.pk)),
        {
            "kind": kind,
            "file": sealed(file_name[:200]),
            "sha256": file_hash,
            "options": {name: sealed(_said(value)) for name, value in options.items()},
            "from_line": run.next_line,
        },
    )
    return run.pk


@command(_("导入一批"), permit=IMPORTING)
def take_rows(
    *,
    actor: Actor,
    run_id: UUID,
    rows: Sequence[Any],
    from_line: int,
    next_line: int,
    source: str,
    now: datetime,
) -> tuple[int, int, int]:
    """Let the engine take a batch and move the run on to `next_line`; returns how many were new, changed, unchanged.

    `rows` are what the intake of the run's kind calls its entries.
    ImportElsewhereError when the run does not stand at `from_line`: somebody else is at the same file.
    """
    if not can_import_files(actor):
        raise NotAllowedError()
    run = _locked(run_id)
    if run.next_line != from_line:
        raise ImportElsewhereError(line=run.next_line)
    outcome = get_intake(run.kind).take(rows, actor=actor, source=source, now=now)
    run.new += outcome.new
    run.changed += outcome.changed
    run.unchanged += outcome.unchanged
    run.next_line, run.updated_at = next_line, now
    run.save(update_fields=["new", "changed", "unchanged", "next_line", "updated_at"])
    record(
        Ref("import_run", str(run.pk)),
        {
            "lines": [from_line, next_line - 1],
            "batch": outcome.batch_id,
            "new": outcome.new,
            "changed": outcome.changed,
            "unchanged": outcome.unchanged,
        },
    )
    return outcome.new, outcome.changed, outcome.unchanged


@command(_("结束导入"), permit=IMPORTING)
def finish_import(*, actor: Actor, run_id: UUID, figures: Figures, report_hash: str, now: datetime) -> UUID:
    """End a run with the figures of the whole file; a run that does not add up is refused by the table itself."""
    if not can_import_files(actor):
        raise NotAllowedError()
    run = _locked(run_id)
    run.read, run.refused, run.repeated, run.warned = figures.read, figures.refused, figures.repeated, figures.warned
    run.finished_at = run.updated_at = now
    run.save(update_fields=["read", "refused", "repeated", "warned", "finished_at", "updated_at"])
    record(
        Ref("import_run", str(run.pk)),
        {
            "read": run.read,
            "new": run.new,
            "changed": run.changed,
            "unchanged": run.unchanged,
            "refused": run.refused,
            "repeated": run.repeated,
            "warned": run.warned,
            "report_sha256": report_hash,
        },
    )
    return run.pk


def _said(option: Any) -> str:
    """An option in words: headings and sources are whatever somebody typed, so none of it stands in plain."""
    pairs = option.items() if isinstance(option, Mapping) else ()
    return "、".join(f"{heading}={column}" for heading, column in pairs) if pairs else str(option or "")


def _locked(run_id: UUID) -> ImportRun:
    run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFoundError(code="no_such_import", zh="没有这次导入。", en="There is no such import.")
    if run.finished_at is not None:
        raise ConflictError(code="import_finished", zh="这次导入已经完成。", en="This import is finished.")
    return run
