"""How a file of a pack speaks to one engine: what the engine reads and proves, keeps and opens, and how it is told.

The pure half of an engine's part (`PackFile`, `Teller`, `WiredEffect`) stands in its `spec` and needs neither Django
nor a database, so that an editor or a hook can check a pack anywhere. The other half (`PackPart`) stands in `engine`.
"""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from xirang.foundation.actor import Actor
from xirang.foundation.declarations import Document, Finding, ValueSpec
from xirang.foundation.engines import engines
from xirang.foundation.sockets import Named

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class PackContents:
    """What a file of a pack may refer to: the rest of the pack, as far as it has been read.

    `roles` are the codes that the manifest names (None where it cannot be read); of those that the pack brings itself
    `likes` says which role of the platform each is like. `switches` says how each switch stands by default.
    `values` maps files below `values/` to their named values, `texts` files below `texts/` to their text, `units` holds
    the codes of units that the pack knows (empty: any unit is taken). For the wiring, which is read last, `declared`
    holds what each file declares, by file, and `names` the values that fields of events may have with this pack.
    """

    pack: str
    roles: tuple[str, ...] | None = None
    switches: Mapping[str, bool] | None = None
    likes: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, ValueSpec]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    declared: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A code that a pack brings and that only one pack may own: what kind of thing it names, and the code itself.

    `kind` is stable (`cases.process`); `zh` and `en` say what such a thing is called; `path` is where it stands in its
    file.
    """

    kind: str
    code: str
    zh: str = field(compare=False)
    en: str = field(compare=False)
    path: str = field(default="", compare=False)


class PackFile(ABC, Generic[D]):
    """One kind of file of a pack, as the engine that it speaks to reads and proves it. Pure."""

    engine: ClassVar[str]
    file: ClassVar[str]

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The published JSON Schema (draft 2020-12) of the file."""

    @abstractmethod
    def read(self, document: Document, contents: PackContents) -> tuple[D, list[Finding]]:
        """What the file declares, as far as it can be read, and what is wrong with it; everything is proven here."""

    @abstractmethod
    def codes(self, document: Document) -> list[Code]:
        """The codes that the file brings, also where it is wrong otherwise; each belongs to the pack that brought it
        first.
        """

    def switches(self, declared: D) -> frozenset[str]:
        """The switches that something in the file heeds."""
        return frozenset()

    def names(self, declared: D) -> Mapping[str, frozenset[str]]:
        """The values that a field of the engine's events may have with this pack, by the field's name."""
        return {}

    def teller(self, declared: D, given: Given) -> Teller | None:
        """Who tells a scenario of this file; None where nothing of it can be told."""
        return None

    def starter(self) -> str:
        """A small file that passes its check, for a new pack; empty where a new pack does without."""
        return ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a scenario is given: the moment it begins, its cast and facts as written, the pack, and how switches stand.

    `process` is what the scenario names where a file declares several things. `switches` are those of this story.
    """

    at: datetime
    facts: Mapping[str, Any]
    contents: PackContents
    roles: frozenset[str] = frozenset()
    switches: Mapping[str, bool] = field(default_factory=dict)
    process: str = ""


class TellingError(Exception):
    """A step that cannot be told: `path` is where below the step (`with/need`, `who`), with a sentence about it."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.path, self.zh, self.en = path, zh, en


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not do something now, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Difference:
    """How an expectation differs from what is: the Chinese name of the thing, what was expected, what was found."""

    label: str
    expected: str
    found: str


class Teller(ABC):
    """Tells a scenario in memory by the decisions that the engine's commands take, so that no story can prove fiction.

    Every method that meets something the story may not say raises TellingError.
    """

    @abstractmethod
    def verbs(self) -> frozenset[str]:
        """What a step may say somebody does: `open` and the codes of actions."""

    @abstractmethod
    def do(self, who: str, verb: str, answers: Mapping[str, Any], now: datetime) -> None:
        """Somebody does it; TellingError where they may not or what they fill in does not fit."""

    @abstractmethod
    def why_not(self, who: str, verb: str, now: datetime) -> Refusal | None:
        """Why somebody may not do it now, before anything is filled in; None when they may."""

    @abstractmethod
    def title(self, verb: str) -> str:
        """What people call the verb, in Chinese."""

    @abstractmethod
    def pass_time(self, until: datetime) -> None:
        """Let happen by itself whatever falls due until then."""

    @abstractmethod
    def names(self) -> frozenset[str]:
        """What a step may expect, as far as it can be listed; others may be understood as well."""

    @abstractmethod
    def differs(self, name: str, wanted: Any, now: datetime) -> Difference | None:
        """How an expectation differs from what is true now; None when it holds."""


class PackPart(ABC):
    """An engine's half of a pack that needs the database: every method is called inside a command of packs."""

    file: PackFile[Any]

    @abstractmethod
    def keep(
        self,
        *,
        actor: Actor,
        pack: str,
        version_hash: str,
        document: Mapping[str, Any],
        values: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Keep what one version of a pack declares in this file; the same version twice is kept once.

        `document` is the plain data of the file, `values` that of the files below `values/` by path.
        """

    @abstractmethod
    def open(
        self,
        *,
        actor: Actor,
        pack: str,
        version_hash: str,
        area_id: UUID,
        switches: Mapping[str, bool],
        now: datetime,
    ) -> None:
        """Open everything that this version declares in an area; what an older one declared besides is closed."""

    @abstractmethod
    def switch(self, *, actor: Actor, pack: str, area_id: UUID, switches: Mapping[str, bool], now: datetime) -> None:
        """Let the switches stand so in an area, for what is new and what is running."""

    @abstractmethod
    def close(self, *, actor: Actor, pack: str, area_id: UUID, now: datetime) -> None:
        """Close everything of this pack in an area; what is running goes on to its end."""


Complain = Callable[[str, str, str, str], None]
"""Say what is wrong with a line of wiring: (`when` or `then`, code, Chinese, English)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WiredEffect:
    """How a line of `wiring.yaml` asks for an effect. Pure: checked without a database, built from an event.

    `question` is the effect's type; its `KIND` is the name in the file. `arguments` are those that a line may give,
    each with whether it must; with `others` a line may give more, and `check` judges them.
    `check(event_type, args, contents, complain)` says what is wrong beyond that. `build(event, args, contents)` makes
    the question, or None where the event gives no reason to ask. `causes(args)` names the events to which the effect
    itself leads, by the value of their type's `OWNED_BY`; lines that lead back to themselves are refused.
    """

    question: type[Named]
    arguments: Mapping[str, bool]
    check: Callable[[type, Mapping[str, Any], PackContents, Complain], None]
    build: Callable[[Any, Mapping[str, Any], PackContents], Any]
    others: bool = False
    causes: Callable[[Mapping[str, Any]], tuple[str, str] | None] = lambda args: None

    @property
    def kind(self) -> str:
        """The name in the file, such as `bulletin.notify`."""
        return self.question.KIND


@dataclass(frozen=True, slots=True)
class PackWords:
    """What packs can say to the house: files by name, events and wired effects by kind. Known without a database."""

    files: Mapping[str, PackFile[Any]]
    events: Mapping[str, type]
    effects: Mapping[str, WiredEffect]


@cache
def pack_words() -> PackWords:
    """Everything that the rooms `spec` and `events` of all engines and floors offer to packs.

    A room offers by plain names: `spec.PACK_FILE`, `spec.WIRED`, `events.EVENTS`.
    """
    specs, events = list(_rooms("spec")), list(_rooms("events"))
    files = [room.PACK_FILE for room in specs if hasattr(room, "PACK_FILE")]
    wired = [one for room in specs for one in getattr(room, "WIRED", ())]
    return PackWords(
        {one.file: one for one in files},
        {one.KIND: one for room in events for one in room.EVENTS},
        {one.kind: one for one in wired},
    )


def _rooms(name: str) -> Iterable[Any]:
    """The rooms of this name in every engine and floor, in the order of their names."""
    for package in ("xirang", "xirang.engines"):
        for found in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
            room = f"{found.name}.{name}"
            if found.ispkg and find_spec(room) is not None:
                yield import_module(room)


def pack_parts() -> list[PackPart]:
    """How files of packs speak to the installed engines, lower floors first."""
    return [offer for engine in engines() for offer in engine.offers if isinstance(offer, PackPart)]
