"""From a file `cases.yaml` to a process type, and the JSON Schema that describes such a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

from xirang.engines.cases.logic.fields import Choice, FieldSpec
from xirang.engines.cases.logic.process import ProcessType
from xirang.foundation.declarations import Document, Finding, ValueSpec, build, did_you_mean, schema_of, validate

SCHEMA_ID = "https://xirang.example/schema/cases.schema.json"
Values = Mapping[str, Mapping[str, ValueSpec]]
"""The values of a pack: path of the file, such as `values/topics.yaml`, → its named values."""


class ProcessError(ValueError):
    """A declaration that is no process type; `findings` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("; ".join(f"{found.place} {found.en}" for found in findings))


@cache
def process_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one process type."""
    return schema_of(ProcessType, title="cases.yaml", identifier=SCHEMA_ID)


@cache
def cases_schema() -> dict[str, Any]:
    """The JSON Schema of the whole file: one process type, or several below `processes`."""
    one = dict(process_schema())
    definitions = dict(one.pop("$defs"))
    head = {key: one.pop(key) for key in ("$schema", "$id", "title")}
    definitions["ProcessType"] = one
    several = {
        "type": "object",
        "properties": {"processes": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/ProcessType"}}},
        "required": ["processes"],
        "additionalProperties": False,
    }
    return {
        **head,
        "if": {"required": ["processes"]},
        "then": several,
        "else": {"$ref": "#/$defs/ProcessType"},
        "$defs": definitions,
    }


def read_processes(document: Document, values: Values) -> tuple[list[ProcessType], list[Finding]]:
    """Every process type of a file `cases.yaml`, and what is wrong with those that cannot be read."""
    data = document.data
    if not (isinstance(data, dict) and isinstance(data.get("processes"), list)):
        single, wrong = read_process(document, values)
        return ([single] if single else []), wrong
    if not data["processes"] or set(data) != {"processes"}:
        return [], validate(document, cases_schema())
    processes: list[ProcessType] = []
    findings: list[Finding] = []
    for place in range(len(data["processes"])):
        process, found = read_process(document.part(f"/processes/{place}"), values)
        processes += [process] if process else []
        findings += found
    return processes, findings


def read_process(document: Document, values: Values) -> tuple[ProcessType | None, list[Finding]]:
    """One process type, or None with the findings that say why its text is none; call `check_process` afterwards."""
    findings = validate(document, process_schema())
    if findings:
        return None, findings
    process: ProcessType = build(ProcessType, document.data, document=document)
    return _with_choices(process, values, document)


def parse_process(document: Document, values: Values) -> ProcessType:
    """One process type; raises ProcessError with its findings. `values` maps files to their named values."""
    process, findings = read_process(document, values)
    if process is None or findings:
        raise ProcessError(findings)
    return process


def revive_process(document: Mapping[str, Any], values: Mapping[str, Any]) -> ProcessType:
    """A process type from what the database keeps: its plain data, and the plain data of the files of `values/`.

    It was checked when it was installed and is not checked again: a schema that has grown stricter since must not
    stop cases that are running.
    """
    source = Document("cases.yaml", document)
    known = {file: build(Mapping[str, ValueSpec], data) for file, data in values.items()}
    process, findings = _with_choices(build(ProcessType, document, document=source), known, source)
    if process is None:
        raise ProcessError(findings)
    return process


def _with_choices(process: ProcessType, values: Values, document: Document) -> tuple[ProcessType | None, list[Finding]]:
    findings: list[Finding] = []

    def filled(specs: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
        return {code: _filled(spec, values, document, findings) for code, spec in specs.items()}

    actions = {code: dataclasses.replace(action, asks=filled(action.asks)) for code, action in process.actions.items()}
    process = dataclasses.replace(process, fields=filled(process.fields), actions=actions)
    return (None if findings else process), findings


def _filled(spec: FieldSpec, values: Values, document: Document, findings: list[Finding]) -> FieldSpec:
    if spec.choices is None or not spec.choices.file:
        return spec
    path, file = f"{spec.path}/choices", spec.choices.file
    if file not in values:
        zh, en = did_you_mean(file, values)
        findings.append(
            document.finding(path, "unknown_values", f"没有找到文件 {file}{zh}", f"There is no file {file}{en}")
        )
        return spec
    lists = [value for value in values[file].values() if value.type == "choices"]
    if len(lists) != 1:
        findings.append(
            document.finding(
                path,
                "choices_file",
                f"{file} 里应当正好有一组选项（type: choices），现在有 {len(lists)} 组。",
                f"{file} must hold exactly one list of choices (type: choices); it holds {len(lists)}.",
            )
        )
        return spec
    items = (Choice(code, choice.title, choice.until) for code, choice in lists[0].choices.items())
    return spec.with_choices(tuple(items))
