"""What a process asks for: fields of the form and questions of an action, with their choices."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from xirang.engines.cases.logic.words import FILE_KINDS, OUTCOMES, SOURCES
from xirang.foundation.declarations import Title, part
from xirang.foundation.declarations.shapes import CODE

Kind = Literal[
    "text",
    "choice",
    "choices",
    "int",
    "fen",
    "date",
    "bool",
    "phone",
    "place",
    "files",
    "organisation",
    "person",
    "unit",
    "rating",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice; `until` (ISO date) withdraws it from new cases without touching old ones."""

    code: str
    title: Title
    until: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers of a choice: written inline, or read from a file of `values/`."""

    file: str = ""
    items: tuple[Choice, ...] = ()

    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": ["string", "array", "object"],
        "pattern": r"^values/[a-z][a-z0-9_]*\.yaml$",
        "minItems": 1,
        "items": {"type": "string", "pattern": CODE},
        "minProperties": 1,
        "propertyNames": {"pattern": CODE},
        "additionalProperties": {"$ref": "#/$defs/Title"},
        "x-zh": "选项。写成 values/ 下的文件名、代码列表，或“代码: 名称”",
        "x-en": "The choices: a file below values/, a list of codes, or “code: title” lines",
        "description": "选项。写成 values/ 下的文件名、代码列表，或“代码: 名称” / The choices",
    }

    @classmethod
    def from_data(cls, data: Any) -> Choices:
        """Read the choices as written; a file's contents are filled in by `read_process`."""
        if isinstance(data, str):
            return cls(file=data)
        if isinstance(data, list):
            # A bare code has a title only where the house has fixed one, such as solved and explained.
            titles = {code: Title(*pair) for code, pair in OUTCOMES.items()}
            return cls(items=tuple(Choice(code, titles.get(code, Title(""))) for code in data))
        return cls(items=tuple(Choice(code, Title.from_data(title)) for code, title in data.items()))

    def __contains__(self, code: object) -> bool:
        return any(item.code == code for item in self.items)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order in which they are offered."""
        return tuple(item.code for item in self.items)

    def title(self, code: str, language: str = "zh") -> str:
        """What people read for a code; the code itself when it is unknown."""
        return next((item.title.text(language) for item in self.items if item.code == code), code)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of the form, or one question of an action."""

    code: str = part("代码", "Code", given=True)
    kind: Kind = part("种类", "Kind")
    title: Title = part("名称", "Title")
    help: Title | None = part("填写提示", "A hint for filling it in", default=None)
    required: bool = part("是否必填", "Whether it must be answered", default=False)
    max: int | None = part(
        "上限：文字的字数、附件的个数、数值的最大值",
        "Upper limit: characters of a text, number of files, greatest value",
        schema={"minimum": 1},
        default=None,
    )
    min: int | None = part("下限", "Lower limit", schema={"minimum": 0}, default=None)
    choices: Choices | None = part("选项", "Choices", default=None)
    source: str = part(
        "从哪里带出，例如 about.address",
        "Where it is filled from, such as about.address",
        name="from",
        schema={"enum": sorted(SOURCES)},
        default="",
    )
    because: Title | None = part(
        "为什么必须向群众要这一项", "Why it must be asked although the ground might know it", default=None
    )
    personal: Literal["", "name", "contact", "identity", "place"] = part(
        "个人信息类别",
        "The class of personal data",
        schema={"enum": ["name", "contact", "identity", "place"]},
        default="",
    )
    keep: str = part(
        "保存期限，例如 2y、6m、30d",
        "How long it is kept: 2y, 6m, 30d",
        schema={"pattern": r"^[1-9][0-9]{0,2}[ymd]$"},
        default="",
    )
    accept: tuple[str, ...] = part(
        "允许的附件类型",
        "Accepted kinds of file",
        schema={"items": {"enum": list(FILE_KINDS)}},
        default=(),
    )
    public: bool = part("是否可以公开（Open311）", "Whether it may be published through Open311", default=False)
    switch: str = part(
        "由哪个开关控制；开关关着就不问这一项",
        "The switch that governs it: off, and it is not asked",
        schema={"pattern": CODE},
        default="",
    )
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)

    @property
    def is_choice(self) -> bool:
        """Whether the answer is picked from declared choices."""
        return self.kind in ("choice", "choices")

    def with_choices(self, items: tuple[Choice, ...]) -> FieldSpec:
        """The same field with the choices that its file holds."""
        assert self.choices is not None
        return dataclasses.replace(self, choices=Choices(self.choices.file, items))
