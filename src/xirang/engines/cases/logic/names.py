"""The names that a process's expressions may use, with their types, and the columns that lists may filter by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.kept import kept_fields
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.words import OUTCOMES
from xirang.foundation.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    INT,
    TEXT,
    Code,
    ListOf,
    OptionalOf,
    Record,
    Type,
)

_MAYBE_TEXT, _MAYBE_INT, _MAYBE_CODE = OptionalOf(TEXT), OptionalOf(INT), OptionalOf(Code())

ON_FILE = "on_file"
PERSONAL_FACTS = ("name", "phone", "address")
"""What of a natural person lies in the vault. A rule learns only whether it is on file: `has(about.address)`."""

_ON_FILE = OptionalOf(Code(frozenset({ON_FILE})))

# What the registers answer of the subject, and nothing else: a rule or a scenario that used more would promise what
# no case can keep. Nearly everything may be missing in real registers, and the types say so.
_ABOUT: Mapping[str, Mapping[str, Type]] = MappingProxyType(
    {
        "organisation": {
            "name": TEXT,
            "credit_code": OptionalOf(Code()),
            "address": _MAYBE_TEXT,
            "area": _MAYBE_CODE,
            "staff": _MAYBE_INT,
            "industry": _MAYBE_CODE,
            "kind": _MAYBE_CODE,
            "registered_on": OptionalOf(DATE),
        },
        "person": {**dict.fromkeys(PERSONAL_FACTS, _ON_FILE), "area": _MAYBE_CODE},
    }
)
_REQUESTER: Mapping[str, Type] = MappingProxyType(
    {
        **dict.fromkeys(PERSONAL_FACTS, _ON_FILE),
        "organisation": _MAYBE_CODE,
        "anonymous": BOOL,
        "kind": Code(frozenset({"account", "person", "organisation", "anonymous"})),
    }
)
_CLOCK = Record.of({"due": OptionalOf(DATETIME), "running": BOOL, "started": BOOL})
_KIND_TYPES: Mapping[str, Type] = MappingProxyType(
    {
        "text": TEXT,
        "phone": TEXT,
        "place": TEXT,
        "int": INT,
        "rating": INT,
        "fen": FEN,
        "date": DATE,
        "bool": BOOL,
        "organisation": Code(),
        "person": Code(),
        "unit": Code(),
        "files": INT,
    }
)

RESERVED = frozenset(
    [
        "about",
        "requester",
        "holder",
        "me",
        "stage",
        "now",
        "end_of_day",
        "outcome",
        "reopened",
        "due",
        "number",
        "area",
        "title",
        "opened_at",
        "closed_at",
    ]
)
"""Names with a fixed meaning; no field, question or clock may take one."""


REGISTERED = tuple(_ABOUT)
"""The kinds of subject for which a register answers; `about:` takes one of these or `none`."""


def about_names(kind: str) -> Mapping[str, Type]:
    """What `about.` knows for one kind of subject; nothing where no register answers."""
    return _ABOUT.get(kind, {})


def requester_names() -> Mapping[str, Type]:
    """What `requester.` knows."""
    return _REQUESTER


def about_values(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about a subject as rules see them: of a natural person only that something is on file."""
    # A register that has a field but nothing in it answers with an empty text.
    seen = {name: None if facts.get(name) == "" else facts.get(name) for name in about_names(kind)}
    return _on_file(seen) if kind == "person" else seen | {"name": seen.get("name") or ""}


def requester_values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about whoever asks as rules see them."""
    return _on_file({name: facts.get(name) for name in _REQUESTER})


def _on_file(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {name: ON_FILE if facts.get(name) else None for name in PERSONAL_FACTS}


def field_type(spec: FieldSpec) -> Type:
    """The type of a field in expressions: optional unless it must be answered; `files` counts as their number.

    What a switch governs is optional even where it must be answered: cases opened while it was off lack it.
    """
    if spec.is_choice:
        codes = frozenset(spec.choices.codes) if spec.choices else frozenset()
        plain: Type = Code(codes or None)
        if spec.kind == "choices":
            return ListOf(plain)
    else:
        plain = _KIND_TYPES[spec.kind]
    always = spec.required and not spec.switch
    return plain if always or spec.kind == "files" else OptionalOf(plain)


def names_of(process: ProcessType, action: ActionSpec | None = None) -> dict[str, Type | Mapping[str, Any]]:
    """Every name an expression of this process may use; a guard may also use the questions of its own action."""
    names: dict[str, Any] = {
        "requester": Record.of(_REQUESTER),
        "holder": _MAYBE_CODE,
        "me": Code(),
        "stage": Code(frozenset(process.stages)),
        "outcome": OptionalOf(Code(frozenset(OUTCOMES))),
        "reopened": INT,
        "now": DATETIME,
        "end_of_day": DATETIME,
        "due": OptionalOf(DATETIME),
        "opened_at": DATETIME,
    }
    if process.about in REGISTERED:
        names["about"] = Record.of(_ABOUT[process.about])
    names |= {code: _CLOCK for code in process.all_clocks}
    names |= {code: field_type(spec) for code, spec in process.fields.items()}
    if action is not None:
        names |= {code: field_type(spec) for code, spec in action.asks.items()}
    return names


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One thing a list may show, and the column of the case's row that it may filter or sort by.

    `filter` is a column of the row (`holder` and `requester` stand for the account or the unit, whichever matches);
    `sort` is the tail of the indexes that carry every list. Empty means that a list may only show it.
    """

    title_zh: str
    title_en: str
    filter: str = ""
    sort: str = ""


VIEW_COLUMNS: Mapping[str, ViewColumn] = MappingProxyType(
    {
        "number": ViewColumn("编号", "Number"),
        "title": ViewColumn("事项", "Matter"),
        "about": ViewColumn("关于", "About"),
        "area": ViewColumn("辖区", "Area"),
        "stage": ViewColumn("环节", "Stage", filter="stage"),
        "holder": ViewColumn("承办", "Held by", filter="holder"),
        "requester": ViewColumn("求助人", "Requester", filter="requester"),
        "outcome": ViewColumn("结果", "Outcome", filter="outcome"),
        "reopened": ViewColumn("重开次数", "Times reopened", filter="reopened"),
        "due": ViewColumn("最近期限", "Next due", filter="due_at", sort="order_at"),
        "opened_at": ViewColumn("提交时间", "Opened", filter="opened_at", sort="opened_at"),
        "closed_at": ViewColumn("办结时间", "Closed", filter="closed_at"),
    }
)
"""The columns of every list. `CLOCK.due` of a declared clock comes on top: the row's due moment, where the row's due
clock is that clock; the check refuses it for a clock that may run beside another one."""

VIEW_CONSTANTS = frozenset({"me", "now", "end_of_day"})
"""What a list's condition may compare columns with, besides written values."""


def view_names(process: ProcessType) -> dict[str, Type | Mapping[str, Any]]:
    """The names of a list's condition: columns that the row carries and the answers that are kept apart, none
    optional, because a row without the value is simply not in the list, and the constants it may compare them with.
    """
    names: dict[str, Any] = {
        "stage": Code(frozenset(process.stages)),
        "holder": Code(),
        "requester": Code(),
        "outcome": Code(frozenset(OUTCOMES)),
        "reopened": INT,
        "due": DATETIME,
        "opened_at": DATETIME,
        "closed_at": DATETIME,
        "me": Code(),
        "now": DATETIME,
        "end_of_day": DATETIME,
    }
    names |= {code: Record.of({"due": DATETIME}) for code in process.all_clocks}
    return names | {code: _always(field_type(spec)) for code, spec in kept_fields(process).items()}


def _always(kind: Type) -> Type:
    return kind.inner if isinstance(kind, OptionalOf) else kind


def view_columns(process: ProcessType) -> dict[str, ViewColumn]:
    """The columns for lists of this process: the fixed ones, the due moments of its clocks, its own fields to show."""
    found = dict(VIEW_COLUMNS)
    for code, clock in process.all_clocks.items():
        en = f"{clock.title.en or code}: due"
        found[f"{code}.due"] = ViewColumn(f"{clock.title.zh}截止", en, filter="due_at", sort="order_at")
    for code, spec in process.fields.items():
        found[code] = ViewColumn(spec.title.zh, spec.title.en or code)
    return found
