"""What is true of one case: a value computed from its events, and the events themselves."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from xirang.foundation.calendar import Term


class LogicError(ValueError):
    """An event that cannot have happened: `code`, and a sentence in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.zh, self.en = code, zh, en
        super().__init__(en)


class SequenceError(LogicError):
    """Somebody else's event came first: the number is not the next one."""

    def __init__(self, expected: int, found: int) -> None:
        self.expected, self.found = expected, found
        super().__init__(
            "sequence",
            "这件事刚刚被别人办过，内容已有变化。请刷新后再办。",
            f"Somebody has just acted on this case: event {expected} was expected, {found} came. Reload and try again.",
        )


EventKind = Literal["opened", "acted", "noted", "marked"]
EVENT_KINDS: dict[str, EventKind] = {kind: kind for kind in get_args(EventKind)}


@dataclass(frozen=True, slots=True)
class Participant:
    """Who did it: a reference (kind, id), as what they acted (a role or relation), and for which unit."""

    kind: str
    id: str
    relation: str = ""
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case, in the order of `seq` from 1.

    | kind   | action             | body |
    |--------|--------------------|------|
    | opened | `open`             | `fields`: the answers of the form |
    | acted  | code of the action | `answers`: the answers of its questions |
    | noted  | ``                 | `text`, `visibility` (internal or reply) |
    | marked | code of the clock  | `percent`, `verb`, `argument` |
    """

    seq: int
    at: datetime
    kind: EventKind
    action: str
    by: Participant
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock of a case.

    `started_at` and `first_due` belong to the run as a whole; `running_from`, `due_at` and `remaining` to the stretch
    since the last pause. While paused, `due_at` is None and `remaining` is what is left.
    """

    started_at: datetime
    started_by: str
    first_due: datetime
    remaining: Term
    running_from: datetime | None
    due_at: datetime | None
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: str = ""
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    fired: tuple[str, ...] = ()

    @property
    def status(self) -> Literal["running", "paused", "stopped"]:
        """Whether the clock runs, stands still or has ended."""
        if self.stopped_at is not None:
            return "stopped"
        return "paused" if self.paused_at is not None else "running"

    def all_pauses(self) -> tuple[tuple[datetime, datetime | None], ...]:
        """Every pause as (from, to); the open one ends in None, or at the stop."""
        if self.paused_at is None:
            return self.pauses
        return (*self.pauses, (self.paused_at, self.stopped_at))


@dataclass(frozen=True, slots=True)
class NextMark:
    """The next thing a clock will do: fire a mark, or (verb `act`) drive the action named by `argument`."""

    at: datetime
    clock: str
    percent: int
    verb: str
    argument: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case after its events: nothing here is stored that the events do not say.

    `holder_unit`, `holder_account`, `co_holders` and `responsible_leader` are the ids that the answers carried.
    `counts` says how often each action was taken. `outcome` is kept when a case is closed by lapse: `closed_by` tells
    a confirmation from a silent end. `confirmed` is true only when the requester closed the case in person.
    """

    process: str
    seq: int
    stage: str
    stage_kind: str
    stage_since: datetime
    opened_at: datetime
    last_at: datetime
    requester: Participant
    values: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    holder_unit: str | None = None
    holder_account: str | None = None
    co_holders: tuple[str, ...] = ()
    responsible_leader: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    reopened: int = 0
    clocks: Mapping[str, ClockState] = field(default_factory=dict)
    due_at: datetime | None = None
    due_clock: str = ""
    next_mark: NextMark | None = None
    slips: tuple[str, ...] = ()
    escalated: int = 0
    closed_at: datetime | None = None
    closed_by: str = ""
    confirmed: bool = False
    rating: int | None = None

    @property
    def closed(self) -> bool:
        """Whether the case stands in an end stage."""
        return self.stage_kind == "done"

    @property
    def next_mark_at(self) -> datetime | None:
        """When the next mark falls due, for the index of the clock task."""
        return self.next_mark.at if self.next_mark else None

    def count(self, action: str) -> int:
        """How often an action was taken."""
        return self.counts.get(action, 0)

    def clock(self, code: str) -> ClockState | None:
        """One clock, or None when it never ran."""
        return self.clocks.get(code)

    def changed(self, **values: Any) -> CaseState:
        """A copy with some values replaced."""
        return CaseState(**(dict(zip(_NAMES, _all_values(self), strict=True)) | values))


# As `dataclasses.replace`, which asks each field about itself anew; a log is replayed for every step of every case.
_NAMES = tuple(one.name for one in dataclasses.fields(CaseState))
_all_values = operator.attrgetter(*_NAMES)
