"""What owners of objects tell the ledger: how an object is called, and how its records read to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from xirang.foundation.actor import Actor


class Entry(Protocol):
    """What an owner needs to know of a record to put it into words."""

    pk: int
    action: str
    subject_kind: str
    subject_id: str
    body: dict[str, Any]


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
    """One record in the reader's words: what was done, its particulars as (title, text), and to what it was done."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    subject: str = ""


Describe = Callable[[Actor, str, datetime], Subject]
"""The object of this id for this actor; NotFoundError when the actor may not see it."""

Speak = Callable[[Sequence[Entry]], Mapping[int, Said]]
"""Several records of one kind of object in words, by the record's number, in a bounded number of queries."""

Retell = Callable[[Sequence[Entry]], Sequence[Entry]]
"""Several records of one kind of object with titles in place of codes, in their order; at most one query."""
