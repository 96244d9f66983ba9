"""What happened to a case, told to strangers: frozen facts without personal data, delivered after commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What every event of a case carries, so that a listener need not come back and ask.

    `<party>_account_id`, `<party>_unit_id`, `<party>_person_id` name who a pack's wiring may address as `<party>`, and
    `about_organisation_id` what the case is about. A pack hears only of cases of its own processes.
    """

    OWNED_BY: ClassVar[str] = "process"
    case_id: UUID
    number: str
    title: str
    process: str
    stage: str
    area_id: UUID
    url: str
    holder_unit_id: UUID | None = None
    holder_account_id: UUID | None = None
    requester_account_id: UUID | None = None
    requester_person_id: UUID | None = None
    about_organisation_id: UUID | None = None
    due_at: datetime | None = None

    @property
    def subject(self) -> tuple[str, str]:
        """What the event is about, as (kind, id)."""
        return "case", str(self.case_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(CaseFacts):
    """Somebody asked and was given a number."""

    KIND: ClassVar[str] = "cases.case_opened"
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(CaseFacts):
    """The case has a holder, new or another."""

    KIND: ClassVar[str] = "cases.case_assigned"
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseActed(CaseFacts):
    """One action of the process was taken; `action` is its code, `text` what was said to the requester."""

    KIND: ClassVar[str] = "cases.case_acted"
    action: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswered(CaseFacts):
    """The holder has answered; the requester decides whether that is the end."""

    KIND: ClassVar[str] = "cases.case_answered"
    outcome: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(CaseFacts):
    """The case was struck off. `confirmed` tells a requester's word from mere silence."""

    KIND: ClassVar[str] = "cases.case_closed"
    outcome: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(CaseFacts):
    """The requester was not content; `times` counts how often."""

    KIND: ClassVar[str] = "cases.case_reopened"
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMarked(CaseFacts):
    """A clock passed a mark of its term. `percent` is the share, `effect` what the declaration asks for."""

    KIND: ClassVar[str] = "cases.clock_marked"
    clock: str
    percent: int
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipIssued(CaseFacts):
    """A mark asks for one of the three slips: `kind` is early_warning, supervision or progress."""

    KIND: ClassVar[str] = "cases.slip_issued"
    kind: str
    clock: str
    percent: int


EVENTS = (CaseOpened, CaseAssigned, CaseActed, CaseAnswered, CaseClosed, CaseReopened, ClockMarked, SlipIssued)
