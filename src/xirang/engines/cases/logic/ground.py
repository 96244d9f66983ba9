"""What the ground knows about who asks and what a case is about, and which fields it fills so that nobody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from xirang.engines.cases.logic.names import PERSONAL_FACTS, about_names
from xirang.engines.cases.logic.process import ProcessType

DRAWERS: Mapping[str, str] = MappingProxyType(
    {"name": "name", "contact": "phone", "identity": "identity_number", "place": "address"}
)
"""Which drawer of the vault holds an answer of each class of personal data."""

NOBODY: Mapping[str, Any] = {"anonymous": True, "kind": "anonymous"}


@dataclass(frozen=True, slots=True)
class Ground:
    """Facts by the names of `names.about_names` and `names.requester_names`; what is absent is not known.

    Of a natural person a fact is only that something is on file: `about_person` and `requester_person` say in whose
    drawers of the vault it lies, and no value of the vault is ever among the facts. `organisation_name` of the
    requester stands beside its id for fields that take text.
    """

    about: Mapping[str, Any] = field(default_factory=dict)
    requester: Mapping[str, Any] = field(default_factory=lambda: NOBODY)
    about_person: str = ""
    requester_person: str = ""


def requester_kind(*, account: bool, person: bool) -> dict[str, Any]:
    """What rules may use of whoever asks without asking the vault: signed in, known by a contact, or nobody."""
    kind = "account" if account else "person" if person else "anonymous"
    return {"anonymous": kind == "anonymous", "kind": kind}


def filled(process: ProcessType, ground: Ground) -> dict[str, Any]:
    """The fields that say `from:` and that the ground can fill, as the log keeps them.

    What lies in the vault is kept as a reference to its drawer, anything else as it is.
    """
    found: dict[str, Any] = {}
    for code, spec in process.fields.items():
        thing, _, name = spec.source.partition(".")
        if thing == "about":
            facts, person = ground.about, ground.about_person
        else:
            facts, person = ground.requester, ground.requester_person
        if not facts.get(name):
            continue
        if person and name in PERSONAL_FACTS:
            found[code] = {"person": person, "drawer": name}
        elif name == "organisation" and spec.kind == "text":
            found[code] = facts.get("organisation_name") or facts[name]
        else:
            found[code] = {"address": str(facts[name])} if spec.kind == "place" else str(facts[name])
    return found


def asks(names: Iterable[str], thing: str) -> bool:
    """Whether rules that use these names need anything of `about` or `requester` that a register must be asked for."""
    plain = ("requester.anonymous", "requester.kind")
    return any(name.partition(".")[0] == thing and name not in plain for name in names)


def names_filling(process: ProcessType, thing: str) -> frozenset[str]:
    """What is known of `about` or of `requester` that fills a field of the form, such as `phone`."""
    sources = [spec.source.partition(".") for spec in process.fields.values()]
    return frozenset(name for of, _dot, name in sources if of == thing)


def unanswerable(process: ProcessType, facts: Mapping[str, Any]) -> list[str]:
    """Those of the facts about the subject that no register answers for this process."""
    return [name for name in facts if name not in about_names(process.about)]
