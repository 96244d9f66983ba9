"""What owners of objects tell whoever shows records: how an object is called, and how its records read to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from xirang.foundation.actor import Actor


class Entry(Protocol):
    """What an owner needs to know of a record to put it into words."""

    @property
    def pk(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def subject_kind(self) -> str: ...
    @property
    def subject_id(self) -> str: ...
    @property
    def body(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Retold:
    """A record told again with titles where it holds codes, so that plain words do for the rest."""

    pk: int
    action: str
    subject_kind: str
    subject_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """How a page names an object: its title and, where it has one, its address.

    `hidden` names the actions whose records its owner keeps from this reader.
    """

    title: str
    url: str = ""
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One record in the reader's words: what was done, its particulars as (title, text), and to what it was done.

    `actor` and `stands_in_for` are shown names as of now; the ledger fills them in, no owner of objects does.
    """

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    actor: str = ""
    stands_in_for: str = ""


Describe = Callable[[Actor, str, datetime], Subject]
"""The object of this id for this actor; NotFoundError when the actor may not see it."""

Speak = Callable[[Sequence[Entry]], Mapping[int, Said]]
"""Several records of one kind of object in words, by the record's number, in a bounded number of queries."""

Retell = Callable[[Sequence[Entry]], Sequence[Entry]]
"""Several records of one kind of object with titles in place of codes, in their order; at most one query."""

Names = Callable[[Iterable[str]], Mapping[str, str]]
"""The names of several objects by id (or by code, where records hold codes), in the reader's language; one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """A kind of object that records are about: offered by the engine that owns it.

    `title` is a sentence of the catalogue. `describe` leads from a record to the object; `names` puts names in place of
    ids; `coded` says that the id itself is a code that people read. `retell` puts titles in place of codes that plain
    words cannot know, and `speak` finds words for everything itself.
    """

    kind: str
    title: Any
    describe: Describe | None = None
    names: Names | None = None
    coded: bool = False
    retell: Retell | None = None
    speak: Speak | None = None


@dataclass(frozen=True, slots=True)
class ActorKind:
    """Somebody who acts without an account, and what records call them; `title` is a sentence of the catalogue."""

    kind: str
    title: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWords:
    """What the parts of an engine's records are called.

    `parts` gives the title of a word of the body, `values` that of certain values under certain words. `points_to` says
    of a word whose values are ids which kind of object they name, and `spoken` how the values of a word read where
    neither a title nor a name will do. One word means one thing in the whole house: two engines may declare the same
    word only alike.
    """

    parts: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    points_to: Mapping[str, str] = field(default_factory=dict)
    spoken: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
