"""Static proofs over a process type: what can be known to be wrong before the first case is opened."""

from __future__ import annotations

from collections.abc import Iterable

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.proofs.asking import check_asking, check_subject
from xirang.engines.cases.logic.proofs.flow import check_flow
from xirang.engines.cases.logic.proofs.graph import running_stages
from xirang.engines.cases.logic.proofs.people import check_people
from xirang.engines.cases.logic.proofs.report import Report
from xirang.engines.cases.logic.proofs.switching import check_all_off, check_switches
from xirang.engines.cases.logic.proofs.terms import check_terms
from xirang.engines.cases.logic.proofs.titles import check_titles
from xirang.engines.cases.logic.proofs.writing import check_writing
from xirang.foundation.declarations import Finding, has_errors

__all__ = ["check_process", "running_stages"]


def check_process(
    process: ProcessType, roles: Iterable[str] | None = None, switches: Iterable[str] | None = None
) -> list[Finding]:
    """Everything that can be proven wrong about a process type, in the order of the file.

    `roles` and `switches` are those that `pack.yaml` declares; without them they are not checked. The process must
    hold with all its switches on and with all of them off. An `error` refuses the process.
    """
    known = None if roles is None else frozenset(roles)
    report = Report(process)
    check_switches(process, report, None if switches is None else frozenset(switches))
    findings = report.findings + _prove(process, known)
    findings += check_all_off(process, findings, lambda off: _prove(off, known))
    return sorted(set(findings), key=lambda found: (found.line, found.column, found.code))


def _prove(process: ProcessType, roles: frozenset[str] | None) -> list[Finding]:
    report = Report(process)
    check_subject(process, report)
    if has_errors(report.findings):
        # Every rule and field about the subject would only repeat that nothing is known of it.
        return report.findings
    check_flow(process, report)
    if not has_errors(report.findings):
        # Terms and people reason about the graph of stages; where it is broken they would only repeat the complaint.
        check_terms(process, report)
        check_people(process, report, roles)
    check_asking(process, report)
    check_writing(process, report)
    check_titles(process, report)
    return report.findings
