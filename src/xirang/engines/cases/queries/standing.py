"""One case as an actor stands before it: the facts by which logic decides what may be done."""

from __future__ import annotations

from datetime import datetime

from xirang.engines.cases import policy
from xirang.engines.cases.logic.acting import Standing
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.rules import guard_names
from xirang.engines.cases.logic.state import CaseState
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import installed, prefill
from xirang.engines.cases.queries.replaying import CALENDAR
from xirang.foundation.actor import Actor


def standing_of(
    case: Case, process: ProcessType, state: CaseState, *, actor: Actor, now: datetime, action: str = ""
) -> Standing:
    """What decides what the actor may do with a case now; `process` and `state` as the log gives them.

    The facts about subject and requester are read at this moment and stored nowhere, and only where a guard names them:
    that of `action` where it alone is to be decided, otherwise those of all actions of the present stage.
    """
    offered = installed.offered_to(case)
    deciding = [one for one in offered.actions_from(state.stage) if action in ("", one.code)]
    return Standing(
        process,
        offered,
        state,
        policy.party_of(actor, case),
        policy.sides_of(case, state),
        prefill.ground_of_case(offered, case, guard_names(offered, deciding)),
        now,
        CALENDAR,
    )
