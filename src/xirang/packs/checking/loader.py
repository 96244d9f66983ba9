"""Checks a whole pack: every file read, every declaration proven, every scenario told; the result is one report."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xirang.engines.cases.spec import ProcessType, check_process, read_processes
from xirang.foundation.declarations import (
    Document,
    Finding,
    ValueSpec,
    did_you_mean,
    has_errors,
    read_values,
    read_yaml,
)
from xirang.packs.checking.folder import PackFiles, read_folder
from xirang.packs.checking.manifest import ENGINE_FILES, READABLE, PackManifest, manifest_data, read_manifest
from xirang.packs.checking.scenarios import Scenario, read_scenarios
from xirang.packs.checking.storyteller import tell
from xirang.packs.wiring.reading import WiringLine, read_wiring
from xirang.people.spec import PLATFORM_ROLES

UNITS = "values/units.yaml"


@dataclass(frozen=True)
class PackReport:
    """What a check found, and what a pack that passed consists of.

    `documents` holds the plain data of every YAML file by path, `texts` the texts by path; both go into
    `version_hash`. `findings` with an error mean that the pack is refused.
    """

    name: str
    findings: tuple[Finding, ...]
    manifest: PackManifest | None = None
    processes: tuple[ProcessType, ...] = ()
    wiring: tuple[WiringLine, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    documents: Mapping[str, Any] = field(default_factory=dict, repr=False)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    readme: str = field(default="", repr=False)
    version_hash: str = ""

    @property
    def ok(self) -> bool:
        """Whether the pack may be installed."""
        return self.manifest is not None and not has_errors(self.findings)

    def manifest_data(self) -> dict[str, Any]:
        """The manifest as plain data, with the codes of the processes."""
        assert self.manifest is not None
        return manifest_data(self.manifest, tuple(process.code for process in self.processes))

    def process_documents(self) -> list[tuple[ProcessType, dict[str, Any]]]:
        """Each process with the plain data from which `spec.revive_process` makes it again."""
        return [(process, process.document.data) for process in self.processes if process.document is not None]

    def values_data(self) -> dict[str, Any]:
        """The plain data of the files below `values/`, by path."""
        return {path: data for path, data in self.documents.items() if path.startswith("values/")}

    def wiring_data(self) -> list[dict[str, Any]]:
        """The wiring as plain data: event, filters, effect, args."""
        return [line.as_data() for line in self.wiring]


def check_pack(path: Path | str) -> PackReport:
    """Read and check the pack in a folder; nothing is written and nothing is run."""
    files, findings = read_folder(Path(path))
    return check_files(files, findings)


def check_files(files: PackFiles, findings: list[Finding] | None = None) -> PackReport:
    """Check a pack that has been read into memory; `findings` are those of reading it."""
    return _Check(files, list(findings or [])).report()


def version_hash(documents: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The version of a pack: SHA-256 over the canonical JSON (RFC 8785) of its declarations and texts.

    Comments, order of keys, line ends and the README do not change it; what the program does with the pack does.
    """
    import rfc8785

    return hashlib.sha256(rfc8785.dumps({"files": dict(documents), "texts": dict(texts)})).hexdigest()


class _Check:
    """One pack under examination."""

    def __init__(self, files: PackFiles, findings: list[Finding]) -> None:
        self.files, self.findings = files, findings
        self.documents: dict[str, Document] = {}
        self.texts: dict[str, str] = {}

    def report(self) -> PackReport:
        if not self.files.texts:
            return PackReport(self.files.name, tuple(self.findings))
        self._read()
        manifest = self._manifest()
        values = self._values()
        processes = self._processes(values, manifest)
        wiring = self._wiring(processes)
        units = self._units(values)
        self._check_units(processes, units)
        scenarios = self._scenarios(processes, manifest, units)
        self._check_uses(manifest, wiring)
        self._check_switches(manifest, processes)
        documents = {path: document.data for path, document in self.documents.items()}
        findings = sorted(set(self.findings), key=lambda found: (found.file, found.line, found.column, found.code))
        return PackReport(
            self.files.name,
            tuple(findings),
            manifest,
            processes,
            wiring,
            scenarios,
            documents,
            self.texts,
            self._readme(),
            "" if has_errors(findings) else version_hash(documents, self.texts),
        )

    def _refuse(self, file: str, code: str, zh: str, en: str) -> None:
        self.findings.append(Finding(file, 0, 0, code, "error", zh, en))

    def _read(self) -> None:
        for path, raw in self.files.texts.items():
            if path.endswith(".yaml"):
                document, found = read_yaml(raw, path)
                self.findings += found
                if document is not None:
                    self.documents[path] = document
            elif path.startswith("texts/"):
                self._read_text(path, raw)

    def _read_text(self, path: str, raw: bytes) -> None:
        try:
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self._refuse(
                path,
                "not_utf8",
                "文件不是 UTF-8 编码。请用编辑器另存为 UTF-8。",
                "The file is not encoded in UTF-8. Save it as UTF-8.",
            )
            return
        subject = text.partition("\n")[0].lstrip("# ").strip()
        if not subject or not text.partition("\n")[2].strip():
            self._refuse(
                path,
                "text",
                "第一行应当是标题（# 标题），下面是正文。",
                "The first line must be the subject (# Subject), the body follows.",
            )
        self.texts[path] = text

    def _readme(self) -> str:
        return self.files.texts.get("README.md", b"").decode("utf-8", "replace")

    def _missing(self, file: str, zh: str, en: str) -> None:
        if file not in self.files.texts:
            self._refuse(file, "missing_file", zh, en)

    def _manifest(self) -> PackManifest | None:
        self._missing(
            "pack.yaml",
            "缺少 pack.yaml。每个应用包都要有一份清单。",
            "pack.yaml is missing: every pack has a manifest.",
        )
        self._missing(
            "README.md",
            "缺少 README.md。请写明这个应用包为谁做什么、有什么限制。",
            "README.md is missing. Say what the pack does, for whom, and its limits.",
        )
        self._missing(
            "scenarios.yaml",
            "缺少 scenarios.yaml。没有情景的应用包不能安装，请至少写一个情景。",
            "scenarios.yaml is missing. A pack without scenarios is refused; write at least one.",
        )
        document = self.documents.get("pack.yaml")
        if document is None:
            return None
        manifest, found = read_manifest(document)
        self.findings += found
        if manifest is not None and manifest.pack != self.files.name:
            self.findings.append(
                document.finding(
                    "/pack",
                    "folder_name",
                    f"代码“{manifest.pack}”和文件夹名“{self.files.name}”不一致。请改成一样。",
                    f'The code "{manifest.pack}" differs from the folder\'s name "{self.files.name}". Make them equal.',
                )
            )
        return manifest

    def _values(self) -> dict[str, dict[str, ValueSpec]]:
        found: dict[str, dict[str, ValueSpec]] = {}
        for path, document in self.documents.items():
            if path.startswith("values/"):
                found[path], wrong = read_values(document)
                self.findings += wrong
        return found

    def _processes(
        self, values: Mapping[str, Mapping[str, ValueSpec]], manifest: PackManifest | None
    ) -> tuple[ProcessType, ...]:
        document = self.documents.get("cases.yaml")
        if document is None:
            return ()
        processes, found = read_processes(document, values)
        self.findings += found
        seen: dict[str, ProcessType] = {}
        services: dict[str, ProcessType] = {}
        for process in processes:
            self.findings += check_process(
                process, manifest.roles if manifest else None, manifest.switches if manifest else None
            )
            self._once(seen, process, process.code, "/process", "流程代码", "process code")
            if process.service_code:
                self._once(services, process, process.service_code, "/service_code", "服务代码", "service code")
        return tuple(processes)

    def _once(self, seen: dict[str, ProcessType], process: ProcessType, key: str, path: str, zh: str, en: str) -> None:
        if key in seen and process.document is not None:
            self.findings.append(
                process.document.finding(
                    path,
                    "twice",
                    f"{zh} {key} 用了两次，另一处是“{seen[key].title.zh}”。请换一个。",
                    f'The {en} {key} is used twice, also by "{seen[key].code}". Choose another.',
                )
            )
        seen.setdefault(key, process)

    def _units(self, values: Mapping[str, Mapping[str, ValueSpec]]) -> frozenset[str]:
        lists = values.get(UNITS, {}).values()
        return frozenset(f"unit/{code}" for one in lists if one.type == "choices" for code in one.choices)

    def _check_units(self, processes: tuple[ProcessType, ...], units: frozenset[str]) -> None:
        for process in processes:
            for rule in process.dispatch if units and process.document else ():
                if rule.to not in units:
                    zh, en = did_you_mean(rule.to, units)
                    self.findings.append(
                        process.document.finding(  # type: ignore[union-attr]
                            f"{rule.path}/to",
                            "unknown_unit",
                            f"{UNITS} 里没有单位 {rule.to}{zh}",
                            f"{UNITS} has no unit {rule.to}{en}",
                        )
                    )

    def _wiring(self, processes: tuple[ProcessType, ...]) -> tuple[WiringLine, ...]:
        document = self.documents.get("wiring.yaml")
        if document is None:
            return ()
        lines, found = read_wiring(document, processes, self.texts)
        self.findings += found
        return tuple(lines)

    def _scenarios(
        self, processes: tuple[ProcessType, ...], manifest: PackManifest | None, units: frozenset[str]
    ) -> tuple[Scenario, ...]:
        document = self.documents.get("scenarios.yaml")
        if document is None:
            return ()
        scenarios, found = read_scenarios(document)
        self.findings += found
        if has_errors(self.findings) or not processes or manifest is None:
            # A process that is wrong in itself would only make every story fail for the same reason.
            return scenarios
        by_code = {process.code: process for process in processes}
        # A story may also say what somebody may not do whose role the pack does not use at all.
        roles = frozenset(manifest.roles) | frozenset(PLATFORM_ROLES)
        for scenario in scenarios:
            self.findings += tell(scenario, document, by_code, roles, units, manifest.switches)
        return scenarios

    def _check_uses(self, manifest: PackManifest | None, wiring: tuple[WiringLine, ...]) -> None:
        """The engines named in the manifest are those whose files are there or whose effects are wired."""
        document = self.documents.get("pack.yaml")
        if manifest is None or document is None:
            return
        needed = {engine: file for file, engine in ENGINE_FILES.items() if file in self.files.texts}
        wired = {line.effect.partition(".")[0] for line in wiring}
        for file in sorted(needed.values()):
            if file not in READABLE:
                self._refuse(
                    file,
                    "engine",
                    f"这个版本还不能读 {file}。请先移出这个文件。",
                    f"This version cannot read {file} yet. Take the file out for now.",
                )
        for engine in sorted({*needed, *wired} - set(manifest.uses)):
            where = needed.get(engine, "wiring.yaml")
            self.findings.append(
                document.finding(
                    "/uses",
                    "uses",
                    f"{where} 用到了 {engine}，请把 {engine} 写进 uses。",
                    f"{where} uses {engine}; name {engine} in uses.",
                )
            )
        for place, engine in enumerate(manifest.uses):
            if engine not in needed and engine not in wired and "wiring.yaml" not in self._broken():
                self.findings.append(
                    document.finding(
                        f"/uses/{place}",
                        "uses",
                        f"uses 里写了 {engine}，但没有它的文件，也没有接到它。请删去或补上文件。",
                        f"uses names {engine}, but there is no file for it and nothing is wired to it.",
                    )
                )

    def _check_switches(self, manifest: PackManifest | None, processes: tuple[ProcessType, ...]) -> None:
        """A switch that nothing heeds would let a district believe that it has turned something off."""
        document = self.documents.get("pack.yaml")
        if manifest is None or document is None or "cases.yaml" in self._broken():
            return
        used = frozenset().union(*(process.switches for process in processes))
        for code, switch in manifest.switches.items():
            if code not in used:
                self.findings.append(
                    document.finding(
                        switch.path,
                        "unused_switch",
                        f"开关“{switch.title.zh}”（{code}）没有任何地方用到。"
                        f"请在它控制的字段、问题或动作上写 switch: {code}，或删去这个开关。",
                        f'Nothing heeds the switch "{code}". '
                        f"Write switch: {code} on the field, question or action it governs, or remove it.",
                        key=True,
                    )
                )

    def _broken(self) -> set[str]:
        """The files with errors, about which nothing further can be concluded."""
        return {found.file for found in self.findings if found.level == "error"}
