"""Static proofs over a process type: what can be known to be wrong before the first case is opened."""

from __future__ import annotations

from collections.abc import Iterable

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.proofs.asking import check_asking
from xirang.engines.cases.logic.proofs.flow import check_flow
from xirang.engines.cases.logic.proofs.graph import running_stages
from xirang.engines.cases.logic.proofs.people import check_people
from xirang.engines.cases.logic.proofs.report import Report
from xirang.engines.cases.logic.proofs.terms import check_terms
from xirang.engines.cases.logic.proofs.titles import check_titles
from xirang.engines.cases.logic.proofs.writing import check_writing
from xirang.foundation.declarations import Finding, has_errors

__all__ = ["check_process", "running_stages"]


def check_process(process: ProcessType, roles: Iterable[str] | None = None) -> list[Finding]:
    """Everything that can be proven wrong about a process type, in the order of the file.

    `roles` are those that `pack.yaml` declares; without them roles are not checked. An `error` refuses the process.
    """
    report = Report(process)
    check_flow(process, report)
    if not has_errors(report.findings):
        # Terms and people reason about the graph of stages; where it is broken they would only repeat the complaint.
        check_terms(process, report)
        check_people(process, report, None if roles is None else frozenset(roles))
    check_asking(process, report)
    check_writing(process, report)
    check_titles(process, report)
    return sorted(set(report.findings), key=lambda found: (found.line, found.column, found.code))
