"""Checks a whole pack: every file read, every declaration proven, every scenario told; the result is one report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xirang.foundation.declarations import Document, Finding, ValueSpec, has_errors, read_values, read_yaml
from xirang.foundation.packs import Code, PackContents, PackFile, pack_words
from xirang.packs.checking.folder import PackFiles, read_folder
from xirang.packs.checking.manifest import PackManifest, codes_of, engine_files, manifest_data, read_manifest
from xirang.packs.checking.owning import Owners, check_owners, owners_beside
from xirang.packs.checking.scenarios import Scenario, read_scenarios
from xirang.packs.checking.storyteller import tell
from xirang.packs.wiring.reading import WiringLine, read_wiring
from xirang.people.spec import PLATFORM_ROLES

UNITS = "values/units.yaml"


@dataclass(frozen=True, slots=True)
class Declared:
    """What one file of a pack declares to its engine."""

    file: PackFile[Any]
    document: Document
    said: Any


@dataclass(frozen=True)
class PackReport:
    """What a check found, and what a pack that passed consists of.

    `documents` holds the plain data of every YAML file by path, `texts` the texts by path; both go into
    `version_hash`. `findings` with an error mean that the pack is refused. `codes` are those that the pack brings.
    """

    name: str
    findings: tuple[Finding, ...]
    manifest: PackManifest | None = None
    declared: tuple[Declared, ...] = ()
    codes: tuple[Code, ...] = ()
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
        """The manifest as plain data, with the codes that the pack brings."""
        assert self.manifest is not None
        return manifest_data(self.manifest, self.codes)

    def values_data(self) -> dict[str, Any]:
        """The plain data of the files below `values/`, by path."""
        return {path: data for path, data in self.documents.items() if path.startswith("values/")}

    def wiring_data(self) -> list[dict[str, Any]]:
        """The wiring as plain data: event, filters, effect, args."""
        return [line.as_data() for line in self.wiring]


def check_pack(path: Path | str, owners: Owners | None = None) -> PackReport:
    """Read and check the pack in a folder; nothing is written and nothing is run.

    `owners` says which pack owns which code already; without it the packs in the folders beside are asked.
    """
    files, findings = read_folder(Path(path))
    return check_files(files, findings, owners_beside(Path(path)) if owners is None else owners)


def check_files(files: PackFiles, findings: list[Finding] | None = None, owners: Owners | None = None) -> PackReport:
    """Check a pack that has been read into memory; `findings` are those of reading it."""
    return _Check(files, list(findings or []), owners or {}).report()


def version_hash(documents: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The version of a pack: SHA-256 over the canonical JSON (RFC 8785) of its declarations and texts.

    Comments, order of keys, line ends and the README do not change it; what the program does with the pack does.
    """
    import rfc8785

    return hashlib.sha256(rfc8785.dumps({"files": dict(documents), "texts": dict(texts)})).hexdigest()


class _Check:
    """One pack under examination."""

    def __init__(self, files: PackFiles, findings: list[Finding], owners: Owners) -> None:
        self.files, self.findings, self.owners = files, findings, owners
        self.documents: dict[str, Document] = {}
        self.texts: dict[str, str] = {}

    def report(self) -> PackReport:
        if not self.files.texts:
            return PackReport(self.files.name, tuple(self.findings))
        self._read()
        manifest = self._manifest()
        contents = self._contents(manifest)
        declared = self._declared(contents)
        codes = self._codes(manifest, declared)
        wiring = self._wiring(declared, contents)
        scenarios = self._scenarios(declared, manifest, contents)
        self._check_uses(manifest, wiring)
        self._check_switches(manifest, declared)
        documents = {path: document.data for path, document in self.documents.items()}
        findings = sorted(set(self.findings), key=lambda found: (found.file, found.line, found.column, found.code))
        return PackReport(
            self.files.name,
            tuple(findings),
            manifest,
            declared,
            codes,
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

    def _contents(self, manifest: PackManifest | None) -> PackContents:
        values = self._values()
        return PackContents(
            self.files.name,
            roles=manifest.role_codes if manifest else None,
            switches={code: switch.on for code, switch in manifest.switches.items()} if manifest else None,
            likes={role.code: role.like for role in manifest.own_roles} if manifest else {},
            values=values,
            texts=self.texts,
            units=_units(values),
        )

    def _declared(self, contents: PackContents) -> tuple[Declared, ...]:
        """What each file says to its engine."""
        found = []
        for name, file in pack_words().files.items():
            if (document := self.documents.get(name)) is not None:
                said, findings = file.read(document, contents)
                self.findings += findings
                found.append(Declared(file, document, said))
        return tuple(found)

    def _codes(self, manifest: PackManifest | None, declared: Iterable[Declared]) -> tuple[Code, ...]:
        """The codes that the pack brings; one that belongs to another pack is refused."""
        groups = [(one.document, one.file.codes(one.document)) for one in declared]
        if manifest is not None:
            groups.append((self.documents["pack.yaml"], codes_of(manifest)))
        for document, codes in groups:
            self.findings += check_owners(document, codes, self.owners, self.files.name)
        return tuple(code for _, codes in groups for code in codes)

    def _wiring(self, declared: tuple[Declared, ...], contents: PackContents) -> tuple[WiringLine, ...]:
        document = self.documents.get("wiring.yaml")
        if document is None:
            return ()
        names: dict[str, frozenset[str]] = {}
        for one in declared:
            for name, values in one.file.names(one.said).items():
                names[name] = names.get(name, frozenset()) | values
        contents = replace(contents, declared={one.file.file: one.said for one in declared})
        lines, found = read_wiring(document, contents, names)
        self.findings += found
        return tuple(lines)

    def _scenarios(
        self, declared: tuple[Declared, ...], manifest: PackManifest | None, contents: PackContents
    ) -> tuple[Scenario, ...]:
        document = self.documents.get("scenarios.yaml")
        if document is None:
            return ()
        scenarios, found = read_scenarios(document)
        self.findings += found
        if has_errors(self.findings) or not any(one.said for one in declared) or manifest is None:
            # A declaration that is wrong in itself would only make every story fail for the same reason.
            return scenarios
        # A story may also say what somebody may not do whose role the pack does not use at all.
        roles = frozenset(manifest.role_codes) | frozenset(PLATFORM_ROLES)
        told = [(one.file, one.said) for one in declared]
        for scenario in scenarios:
            self.findings += tell(scenario, document, told, contents, roles)
        return scenarios

    def _check_uses(self, manifest: PackManifest | None, wiring: tuple[WiringLine, ...]) -> None:
        """The engines named in the manifest are those whose files are there or whose effects are wired."""
        document = self.documents.get("pack.yaml")
        if manifest is None or document is None:
            return
        needed = {engine: file for file, engine in engine_files().items() if file in self.files.texts}
        wired = {line.effect.partition(".")[0] for line in wiring}
        for file in sorted(needed.values()):
            if file not in pack_words().files:
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

    def _check_switches(self, manifest: PackManifest | None, declared: tuple[Declared, ...]) -> None:
        """A switch that nothing heeds would let a district believe that it has turned something off."""
        document = self.documents.get("pack.yaml")
        if manifest is None or document is None or {one.file.file for one in declared} & self._broken():
            return
        used = frozenset[str]().union(*(one.file.switches(one.said) for one in declared))
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


def _units(values: Mapping[str, Mapping[str, ValueSpec]]) -> frozenset[str]:
    lists = values.get(UNITS, {}).values()
    return frozenset(f"unit/{code}" for one in lists if one.type == "choices" for code in one.choices)
