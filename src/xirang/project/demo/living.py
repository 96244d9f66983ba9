"""How somebody of the cast lives a case: every step a command at its own moment, every clock run when it falls due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from xirang.engines.cases.commands import act_on_case, open_case, run_clock
from xirang.engines.cases.commands.opening import Opening, PlaceGiven
from xirang.engines.cases.models import Case
from xirang.foundation.actor import PUBLIC, SYSTEM, Actor
from xirang.project.demo.areas import DISTRICT
from xirang.project.demo.cast import Players

MOST_MARKS = 40  # A clock that never stops marking is a fault of the process.
ANYBODY, HOLDER, HEAD, REQUESTER = "anybody", "holder", "holder.leader", "requester"


class StrayedError(AssertionError):
    """A story says that somebody acts for whom there is nobody in the cast."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks: the process, in which area (by code), the answers, and where."""

    process: str
    who: str
    answers: Mapping[str, Any]
    area: str = DISTRICT
    address: str = ""
    about: str = ""
    channel: str = "portal"


class Life:
    """The district as commands see it, with everybody who may act in it."""

    def __init__(self, players: Players, areas: Mapping[str, UUID], organisations: Mapping[str, UUID]) -> None:
        self.players, self.areas, self.organisations = players, areas, organisations

    def open(self, request: Request, at: datetime, key: str | None = None) -> UUID:
        """Open a case; with `key` a second call is the same case."""
        places = {"place": PlaceGiven(address=request.address)} if request.address else {}
        opening = Opening(
            process=request.process,
            area_id=self.areas[request.area],
            answers=dict(request.answers),
            places=places,
            channel=request.channel,
            about_id=self.organisations[request.about] if request.about else None,
        )
        return open_case.once(key, actor=self._requester(request.who), opening=opening, now=at)

    def act(self, case_id: UUID, who: str, action: str, answers: Mapping[str, Any], at: datetime) -> None:
        """Take a step: `who` is a user name, `holder`, `holder.leader` or `requester`."""
        row = self.run_clocks(case_id, at)
        act_on_case(actor=self._actor(row, who), case_id=case_id, action=action, answers=dict(answers), now=at)

    def run_clocks(self, case_id: UUID, until: datetime) -> Case:
        """Let the case's clocks do whatever falls due up to a moment, each thing at its own; returns the row."""
        for _ in range(MOST_MARKS):
            row = self.case(case_id)
            if row.next_mark_at is None or row.next_mark_at > until:
                return row
            run_clock(actor=SYSTEM, case_id=case_id, now=row.next_mark_at)
        raise StrayedError(f"the clocks of {row.number} never come to rest")

    def case(self, case_id: UUID) -> Case:
        """The row as it stands."""
        return Case.objects.all_unscoped("the demo district looks at its own stories").get(pk=case_id)

    def _requester(self, who: str) -> Actor:
        return PUBLIC if who == ANYBODY else self.players.actor(who)

    def _actor(self, row: Case, who: str) -> Actor:
        if who in (HOLDER, HEAD):
            role = "handler" if who == HOLDER else "unit_leader"
            name = self.players.at_unit(row.holder_unit_id, role) if row.holder_unit_id else ""
        elif who == REQUESTER:
            name = next((name for name, pk in self.players.ids.items() if pk == row.requester_account_id), "")
        else:
            name = who
        if not name:
            raise StrayedError(f"nobody of the cast is the {who} of {row.number}")
        return self.players.actor(name)
