"""The manifest `pack.yaml`: what a pack is called, which engines and roles it uses, what a district may switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from xirang.foundation.declarations import Document, Finding, Title, build, did_you_mean, part, schema_of, validate
from xirang.foundation.declarations.shapes import CODE
from xirang.people.spec import PLATFORM_ROLES

SCHEMA_ID = "https://xirang.example/schema/pack.schema.json"
ENGINES = ("cases", "bulletin", "cockpit", "exchange", "bookings", "programmes", "signals", "provenance", "places")
ENGINE_FILES = {
    "cases.yaml": "cases",
    "bulletin.yaml": "bulletin",
    "board.yaml": "cockpit",
    "exchange.yaml": "exchange",
    "bookings.yaml": "bookings",
    "programmes.yaml": "programmes",
    "signals.yaml": "signals",
}
READABLE = frozenset({"cases.yaml"})
"""The declarations that this version can read; the others come with their engines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchSpec:
    """Something a district may turn on or off."""

    code: str = part("代码", "Code", given=True)
    title: Title = part("名称", "Title")
    default: Literal["on", "off", True, False] = part("未设置时：on 开，off 关", "When nobody has set it: on or off")
    restricted: bool = part(
        "是否属于减负自查的受限功能",
        "Whether the rules on burdens restrict it, so that turning it on is shown",
        default=False,
    )
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)

    @property
    def on(self) -> bool:
        """The default as a truth value."""
        return self.default in ("on", True)


@dataclass(frozen=True, kw_only=True)
class PackManifest:
    """Everything that `pack.yaml` says."""

    pack: str = part(
        "应用包代码，与文件夹同名", "The code of the pack, also the name of its folder", schema={"pattern": CODE}
    )
    title: Title = part("名称", "Title")
    answers: tuple[str, ...] = part(
        "对应业务清单中的哪一项，例如 S4",
        "Which system of the list it makes work, such as S4",
        one_or_many=True,
        schema={"minItems": 1, "items": {"type": "string", "pattern": "^S[0-9]{1,2}$"}},
    )
    keepers: tuple[str, ...] = part("由哪些单位维护", "Who keeps it", schema={"minItems": 1})
    uses: tuple[str, ...] = part(
        "用到的引擎", "The engines it uses", schema={"minItems": 1, "items": {"enum": list(ENGINES)}}
    )
    roles: tuple[str, ...] = part("用到的角色", "The roles it uses", schema={"minItems": 1})
    grade: Literal["A", "B", "C"] = part("等级：A 只有数据", "Grade: A is data only")
    version: str = part("版本，例如 1.0", "Version, such as 1.0", schema={"pattern": r"^[0-9]+\.[0-9]+(\.[0-9]+)?$"})
    help: Title | None = part("一句话说明", "One sentence about it", default=None)
    switches: Mapping[str, SwitchSpec] = part("可由区县开关的功能", "What a district may switch", default_factory=dict)


@cache
def manifest_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `pack.yaml`."""
    return schema_of(PackManifest, title="pack.yaml", identifier=SCHEMA_ID)


def read_manifest(document: Document) -> tuple[PackManifest | None, list[Finding]]:
    """The manifest, or None with the findings that say why it cannot be read."""
    findings = validate(document, manifest_schema())
    if findings:
        return None, findings
    manifest: PackManifest = build(PackManifest, document.data)
    return manifest, _check(document, manifest)


def _check(document: Document, manifest: PackManifest) -> list[Finding]:
    findings = []
    for place, role in enumerate(manifest.roles):
        if role not in PLATFORM_ROLES:
            zh, en = did_you_mean(role, PLATFORM_ROLES)
            findings.append(
                document.finding(
                    f"/roles/{place}", "unknown_role", f"平台没有叫 {role} 的角色{zh}", f'There is no role "{role}"{en}'
                )
            )
    if manifest.grade != "A":
        findings.append(
            document.finding(
                "/grade",
                "grade",
                f"目前只接受 A 级（只有数据）应用包，这里写的是 {manifest.grade}。",
                f"Only packs of grade A (data only) are taken for now; this one says {manifest.grade}.",
            )
        )
    return findings


def manifest_data(manifest: PackManifest, processes: tuple[str, ...]) -> dict[str, Any]:
    """The manifest as plain data for the database and the pages, with the codes of the pack's processes."""

    def title(value: Title) -> dict[str, str]:
        return {"zh": value.zh, "en": value.en or value.zh}

    return {
        "pack": manifest.pack,
        "title": title(manifest.title),
        "help": title(manifest.help) if manifest.help else None,
        "answers": list(manifest.answers),
        "keepers": list(manifest.keepers),
        "uses": list(manifest.uses),
        "roles": list(manifest.roles),
        "grade": manifest.grade,
        "version": manifest.version,
        "switches": {
            code: {"default": switch.on, "title": title(switch.title), "restricted": switch.restricted}
            for code, switch in manifest.switches.items()
        },
        "processes": list(processes),
    }
