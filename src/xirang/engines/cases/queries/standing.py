"""One case as an actor stands before it: the facts by which logic decides what may be done."""

from __future__ import annotations

from datetime import datetime

from xirang.engines.cases import policy
from xirang.engines.cases.logic.acting import Standing
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.state import CaseState
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import installed, prefill
from xirang.engines.cases.queries.replaying import CALENDAR
from xirang.foundation.actor import Actor


def standing_of(case: Case, process: ProcessType, state: CaseState, *, actor: Actor, now: datetime) -> Standing:
    """What decides what the actor may do with a case now; `process` and `state` as the log gives them.

    The facts about subject and requester are read at this moment and stored nowhere.
    """
    offered = installed.offered_to(case)
    return Standing(
        process,
        offered,
        state,
        policy.party_of(actor, case),
        policy.sides_of(case, state),
        prefill.ground_of_case(offered, case),
        now,
        CALENDAR,
    )
