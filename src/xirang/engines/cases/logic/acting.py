"""One case as somebody stands before it: what they may do, why not the rest, and as what they do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xirang.engines.cases.logic.actions import Withheld, allowed_actions, switched_off, why_not
from xirang.engines.cases.logic.ground import Ground
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.relations import Party, Sides, relations_of, unit_acting
from xirang.engines.cases.logic.rules import values_of
from xirang.engines.cases.logic.state import CaseState
from xirang.foundation.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides what a party may do with a case now; a page, a command and a scenario each make one.

    `whole` is the process as its log is read, `offered` the same without what is switched off where the case lies.
    """

    whole: ProcessType
    offered: ProcessType
    state: CaseState
    party: Party
    sides: Sides
    ground: Ground
    now: datetime
    calendar: WorkingCalendar

    @property
    def relations(self) -> frozenset[str]:
        """The party's roles where the case lies, and what the party is to it."""
        return relations_of(self.party, self.sides)

    def values(self, answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The values behind the names of a guard. `me` is the unit where the party acts for the holder."""
        me = self.state.holder_unit or "" if "holder" in self.relations else self.party.id
        return values_of(
            self.offered,
            self.state,
            now=self.now,
            me=me,
            about=self.ground.about,
            requester=self.ground.requester,
            answers=answers,
        )

    def why_not(self, action: str, answers: Mapping[str, Any] | None = None) -> Withheld | None:
        """Why the party may not take an action of the whole process now, or None when it may."""
        if action not in self.offered.actions:
            return switched_off(self.whole.actions[action])
        return why_not(
            self.offered,
            self.state,
            action,
            self.relations,
            self.now,
            self.values(answers) if self.offered.actions[action].guard else {},
            self.calendar,
            answered=answers is not None,
        )

    def allowed(self) -> tuple[tuple[ActionSpec, ...], tuple[Withheld, ...]]:
        """The actions that the party is offered now, and those withheld that are worth a sentence."""
        return allowed_actions(self.offered, self.state, self.relations, self.now, self.values(), self.calendar)

    def acts_as(self, action: ActionSpec) -> tuple[str, str | None]:
        """As what the party takes an action, and for which unit: the first of those the action is for."""
        relation = next((who for who in action.by if who in self.relations), action.by[0])
        return relation, unit_acting(self.party, self.sides, relation)
