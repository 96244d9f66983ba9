"""The manifest `pack.yaml`: what a pack is called, which engines and roles it uses, what a district may switch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from xirang.foundation.declarations import Document, Finding, Title, build, did_you_mean, part, schema_of, validate
from xirang.foundation.declarations.shapes import CODE
from xirang.foundation.packs import Code, pack_words
from xirang.people.spec import ADMINISTRATORS, PLATFORM_ROLES

SCHEMA_ID = "https://xirang.example/schema/pack.schema.json"
PLANNED_FILES = {
    "bulletin.yaml": "bulletin",
    "board.yaml": "cockpit",
    "exchange.yaml": "exchange",
    "bookings.yaml": "bookings",
    "programmes.yaml": "programmes",
    "signals.yaml": "signals",
}
"""Files of the published formats whose engines this version may lack: named, so that the refusal can say so."""


def engine_files() -> dict[str, str]:
    """Every file that may speak to an engine, and to which one."""
    return PLANNED_FILES | {name: file.engine for name, file in pack_words().files.items()}


def _engines() -> list[str]:
    """What `uses` may name: engines with a file, and those whose effects can be wired."""
    wired = {kind.partition(".")[0] for kind in pack_words().effects}
    return sorted({*engine_files().values(), *wired, "places"})


@dataclass(frozen=True, slots=True)
class RoleUse:
    """A role that a pack uses: one of the platform, or one of its own that is `like` a role of the platform.

    Whoever holds a role of a pack's own may do what the role that it is like may do, and what the pack says besides.
    """

    code: str
    title: Title | None = None
    like: str = ""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": ["string", "object"],
        "pattern": CODE,
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"pattern": CODE},
        "additionalProperties": {
            "type": "object",
            "properties": {"title": Title.SCHEMA, "like": {"type": "string", "pattern": CODE}},
            "required": ["title", "like"],
            "additionalProperties": False,
        },
        "x-zh": "平台的角色代码，或自带的角色，例如 lawyer: {title: 律师, like: handler}",
        "x-en": "a role of the platform, or one of the pack's own, such as lawyer: {title: Lawyer, like: handler}",
    }

    @classmethod
    def from_data(cls, data: str | Mapping[str, Any]) -> RoleUse:
        """Read `handler`, or `{lawyer: {title: 律师, like: handler}}`."""
        if isinstance(data, str):
            return cls(data)
        code, own = next(iter(data.items()))
        return cls(code, Title.from_data(own["title"]), own["like"])


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
        "用到的引擎", "The engines it uses", schema={"minItems": 1, "items": {"enum": _engines()}}
    )
    roles: tuple[RoleUse, ...] = part("用到的角色", "The roles it uses", schema={"minItems": 1})
    grade: Literal["A", "B", "C"] = part("等级：A 只有数据", "Grade: A is data only")
    version: str = part("版本，例如 1.0", "Version, such as 1.0", schema={"pattern": r"^[0-9]+\.[0-9]+(\.[0-9]+)?$"})
    help: Title | None = part("一句话说明", "One sentence about it", default=None)
    switches: Mapping[str, SwitchSpec] = part("可由区县开关的功能", "What a district may switch", default_factory=dict)

    @property
    def role_codes(self) -> tuple[str, ...]:
        """The codes of the roles it uses."""
        return tuple(role.code for role in self.roles)

    @property
    def own_roles(self) -> tuple[RoleUse, ...]:
        """The roles that the pack brings itself."""
        return tuple(role for role in self.roles if role.like)


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
        findings += _check_role(document, f"/roles/{place}", role)
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


def _check_role(document: Document, path: str, role: RoleUse) -> list[Finding]:
    """A role is one of the platform's, or the pack's own under a code of its own and like one that everybody knows."""
    if not role.like and role.code not in PLATFORM_ROLES:
        zh, en = did_you_mean(role.code, PLATFORM_ROLES)
        said = (f"平台没有叫 {role.code} 的角色{zh}", f'There is no role "{role.code}"{en}')
        return [document.finding(path, "unknown_role", *said)]
    if role.like and role.code in PLATFORM_ROLES:
        said = (
            f"{role.code} 是平台的角色，应用包不能另行定义。请换一个代码，或直接写 {role.code}。",
            f'"{role.code}" is a role of the platform and cannot be declared anew. Choose another code.',
        )
        return [document.finding(path, "platform_role", *said)]
    if role.like and role.like not in MAY_BE_LIKE:
        zh, en = did_you_mean(role.like, MAY_BE_LIKE)
        said = (f"自带的角色不能像 {role.like}{zh}", f'A role of a pack cannot be like "{role.like}"{en}')
        return [document.finding(f"{path}/{role.code}/like", "unlike", *said)]
    return []


MAY_BE_LIKE = tuple(code for code in PLATFORM_ROLES if code not in ADMINISTRATORS)
"""A pack from strangers must not make administrators."""


def codes_of(manifest: PackManifest) -> list[Code]:
    """The codes that the manifest itself brings: those of its own roles."""
    return [
        Code("people.role", role.code, "角色代码", "role code", f"/roles/{place}/{role.code}")
        for place, role in enumerate(manifest.roles)
        if role.like
    ]


def manifest_data(manifest: PackManifest, codes: Iterable[Code]) -> dict[str, Any]:
    """The manifest as plain data for the database and the pages, with the codes that the pack brings, by kind."""
    owned: dict[str, list[str]] = {}
    for code in codes:
        owned.setdefault(code.kind, []).append(code.code)
    return {
        "pack": manifest.pack,
        "title": _title(manifest.title),
        "help": _title(manifest.help) if manifest.help else None,
        "answers": list(manifest.answers),
        "keepers": list(manifest.keepers),
        "uses": list(manifest.uses),
        "roles": list(manifest.role_codes),
        "own_roles": {
            role.code: {"title": _title(role.title), "like": role.like} for role in manifest.own_roles if role.title
        },
        "grade": manifest.grade,
        "version": manifest.version,
        "switches": {
            code: {"default": switch.on, "title": _title(switch.title), "restricted": switch.restricted}
            for code, switch in manifest.switches.items()
        },
        "codes": owned,
    }


def _title(value: Title) -> dict[str, str]:
    return {"zh": value.zh, "en": value.en or value.zh}
