"""The file `cases.yaml` of a pack, as the cases engine reads and proves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.proofs import check_process
from xirang.engines.cases.logic.reading import cases_schema, read_processes
from xirang.engines.cases.logic.telling import CaseTeller
from xirang.engines.cases.logic.words import OUTCOMES, SLIPS
from xirang.foundation.declarations import Document, Finding, did_you_mean
from xirang.foundation.packs import Code, Given, PackContents, PackFile, Teller

PROCESS, SERVICE = "cases.process", "cases.service"
UNITS = "values/units.yaml"
Processes = tuple[ProcessType, ...]


class CasesFile(PackFile[Processes]):
    """Process types: how a matter is opened, handled and closed."""

    engine = "cases"
    file = "cases.yaml"

    def schema(self) -> dict[str, Any]:
        return cases_schema()

    def read(self, document: Document, contents: PackContents) -> tuple[Processes, list[Finding]]:
        processes, findings = read_processes(document, contents.values)
        for process in processes:
            findings += check_process(process, contents.roles, contents.switches)
            findings += _unknown_units(process, contents.units)
        return tuple(processes), findings + _twice(processes)

    def codes(self, document: Document) -> list[Code]:
        found = []
        for path, data in _each(document.data):
            if isinstance(data.get("process"), str):
                found.append(Code(PROCESS, data["process"], "流程代码", "process code", f"{path}/process"))
            if isinstance(data.get("service_code"), str):
                found.append(Code(SERVICE, data["service_code"], "服务代码", "service code", f"{path}/service_code"))
        return found

    def switches(self, declared: Processes) -> frozenset[str]:
        return frozenset().union(*(process.switches for process in declared))

    def names(self, declared: Processes) -> Mapping[str, frozenset[str]]:
        return {
            "process": frozenset(process.code for process in declared),
            "action": frozenset(code for process in declared for code in process.actions),
            "stage": frozenset(code for process in declared for code in process.stages),
            "clock": frozenset(code for process in declared for code in process.all_clocks),
            "outcome": frozenset(OUTCOMES),
            "kind": frozenset(SLIPS),
        }

    def teller(self, declared: Processes, given: Given) -> Teller | None:
        return CaseTeller({process.code: process for process in declared}, given) if declared else None

    def starter(self) -> str:
        return STARTER


def documents_of(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The plain data of each process of a file: one, or those below `processes`."""
    return [one for _, one in _each(data)]


def _each(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    several = data.get("processes") if isinstance(data, dict) else None
    if isinstance(several, list):
        yield from ((f"/processes/{place}", one) for place, one in enumerate(several) if isinstance(one, dict))
    elif isinstance(data, dict):
        yield "", data


def _twice(processes: Iterable[ProcessType]) -> list[Finding]:
    """Two processes of one file must not share a code, nor a service code."""
    findings: list[Finding] = []
    seen: dict[tuple[str, str], ProcessType] = {}
    for process in processes:
        for path, code, zh, en in (
            ("/process", process.code, "流程代码", "process code"),
            ("/service_code", process.service_code, "服务代码", "service code"),
        ):
            other = seen.setdefault((path, code), process) if code else process
            if other is not process and process.document is not None:
                findings.append(
                    process.document.finding(
                        path,
                        "twice",
                        f"{zh} {code} 用了两次，另一处是“{other.title.zh}”。请换一个。",
                        f'The {en} {code} is used twice, also by "{other.code}". Choose another.',
                    )
                )
    return findings


def _unknown_units(process: ProcessType, units: frozenset[str]) -> list[Finding]:
    findings = []
    for rule in process.dispatch if units and process.document else ():
        if rule.to not in units and process.document is not None:
            zh, en = did_you_mean(rule.to, units)
            findings.append(
                process.document.finding(
                    f"{rule.path}/to",
                    "unknown_unit",
                    f"{UNITS} 里没有单位 {rule.to}{zh}",
                    f"{UNITS} has no unit {rule.to}{en}",
                )
            )
    return findings


STARTER = """\
# 一件事怎样办：谁提交、填什么、经过哪些环节、谁来办、多久办完。
process: {code}
title: {{zh: {title}, en: {english}}}
open_to: [resident, dispatcher]
seen_by: [dispatcher, leader]

fields:
  what: {{kind: text, title: {{zh: 要办什么, en: What is needed}}, max: 1000, required: true}}

stages:
  received: {{title: {{zh: 收到, en: Received}}, kind: open}}
  handling: {{title: {{zh: 办理, en: In hand}}, kind: open}}
  closed:   {{title: {{zh: 办结, en: Closed}}, kind: done}}

actions:
  assign:
    title: {{zh: 交办, en: Assign}}
    from: received
    to: handling
    by: dispatcher
    asks:
      unit: {{kind: unit, title: {{zh: 承办单位, en: Responsible unit}}, required: true}}
    effects: [hold: unit]
  answer:
    title: {{zh: 答复, en: Answer}}
    from: handling
    to: closed
    by: holder
    asks:
      outcome: {{kind: choice, title: {{zh: 结果, en: Outcome}}, choices: [solved, explained], required: true}}
      reply: {{kind: text, title: {{zh: 答复内容, en: Reply}}, required: true}}
    note: reply

clocks:
  handle:
    title: {{zh: 办理时限, en: Time to answer}}
    term: 5 workdays
    starts: assign
    stops: answer
    marks: {{80%: remind holder}}

views:
  mine:
    title: {{zh: 我承办的, en: Held by me}}
    where: holder == me
    sort: due
    show: [number, what, stage, due]
"""
