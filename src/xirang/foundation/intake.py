"""How an engine takes in the rows of a file: what `project.imports` asks of it, and the words in which both speak.

The engine knows its columns, its checks and its command; reading tables, batches, resuming and the report are the
same for all and belong to `project.imports`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from xirang.foundation.actor import Actor

Entry = TypeVar("Entry")
EntryMade = TypeVar("EntryMade", covariant=True)


class IntakeError(ValueError):
    """An import that cannot even begin, or go on; `zh` and `en` say what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written: the line it begins at (from 1), its cells, and what was odd about reading it.

    `broken` says why the row could not be read for certain; such a row must not be taken in.
    """

    line: int
    cells: tuple[str, ...]
    odd: str = ""
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A field that a file may bring: its Chinese headings, the first of which is its title, and its English one."""

    field: str
    headings: tuple[str, ...]
    en: str
    required: bool = False

    @property
    def title(self) -> str:
        """What we call the column."""
        return self.headings[0]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each known field of one file stands (from 0), how wide a row is, and the headings that nobody uses."""

    place: Mapping[str, int]
    width: int
    unused: tuple[str, ...]

    def pick(self, cells: Sequence[str], field: str) -> str:
        """The cell of a field, without blanks at its ends; empty where the table has no such column."""
        place = self.place.get(field)
        return cells[place].strip() if place is not None and place < len(cells) else ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that the command line offers as `--name VALUE`; empty where nobody says anything."""

    name: str
    metavar: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a row: its key and values, or the reasons for which it is refused; warnings in both cases.

    Of rows with the same key the last one counts.
    """

    line: int
    key: str
    values: Mapping[str, Any]
    refused: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch did; `batch_id` names it in the record, None where nothing was new or changed."""

    new: int
    changed: int
    unchanged: int
    batch_id: str | None = None


class Reading(Protocol[EntryMade]):
    """One import of one file, its options settled."""

    @property
    def options(self) -> Mapping[str, str]:
        """The options as they apply; a run with other options is another run."""

    def check(self, row: Row, columns: Columns) -> Checked:
        """Judge one row by itself; called for every row twice, so it neither counts nor asks the database."""

    def entry(self, checked: Checked) -> EntryMade:
        """A row that is to be taken in, as `take` wants it; called once for each such row."""

    def remark(self) -> tuple[str, str]:
        """What is worth saying about the entries made so far, in Chinese and in English; both empty for nothing."""


class Intake(Protocol[Entry]):
    """What an engine declares so that `xirang import CODE FILE` works."""

    @property
    def code(self) -> str:
        """The word on the command line and in the table of runs, such as `enterprises`."""

    @property
    def zh(self) -> str:
        """What is imported, in Chinese."""

    @property
    def en(self) -> str:
        """What is imported, in English."""

    @property
    def key_title(self) -> str:
        """What the key of a row is called in the report."""

    @property
    def columns(self) -> Sequence[Column]:
        """What a file may bring; the required ones must be there."""

    @property
    def options(self) -> Sequence[Option]:
        """What may be chosen on the command line."""

    def begin(self, options: Mapping[str, str], day: date) -> Reading[Entry]:
        """Settle the options as of `day`, which for rows is today; IntakeError for one that cannot be used."""

    def take(self, entries: Sequence[Entry], *, actor: Actor, source: str, now: datetime) -> Taken:
        """Write a batch by one command of the engine, in the transaction of whoever calls; never empty.

        `source` says where the file comes from. The command refuses what the actor may not do.
        """


@dataclass(frozen=True, slots=True)
class Importer:
    """Offered by an engine: one kind of file that `xirang import` can take in."""

    intake: Intake[Any]
