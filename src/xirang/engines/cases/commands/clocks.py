"""What clocks do by themselves: marks that remind, slips, and actions that a clock drives when it runs out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.engines.cases.commands import log
from xirang.engines.cases.commands.acting import perform
from xirang.engines.cases.events import ClockMarked, SlipIssued
from xirang.engines.cases.logic.state import Participant
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import lock_case_unscoped
from xirang.engines.cases.queries.replaying import state_of
from xirang.foundation.actor import Actor
from xirang.foundation.commands import command, publish, unchanged
from xirang.foundation.permits import Permit

AT_ONCE = 20


@command(_("时限到点"), permit=Permit(("system",), _("系统")))
def run_clock(*, actor: Actor, case_id: UUID, now: datetime) -> int:
    """Let the clocks of one case do everything that has fallen due by `now`; returns how many things they did.

    Only the system runs clocks. A second call finds nothing due and does nothing: the log remembers what was done.
    """
    run_clock.permit.require(actor)
    case = lock_case_unscoped(case_id, "clocks belong to no actor")
    process, state = state_of(case)
    by, done = Participant("system", "system", "system"), 0
    while state.next_mark is not None and state.next_mark.at <= now and done < AT_ONCE:
        mark = state.next_mark
        if mark.verb == "act":
            state = perform(
                case,
                process,
                state,
                process.actions[mark.argument],
                actor=actor,
                by=Participant(actor.ref.kind, actor.ref.id, f"clock {mark.clock}"),
                answers={},
                now=now,
            )
        else:
            body = {"percent": mark.percent, "verb": mark.verb, "argument": mark.argument}
            state = log.append(
                case,
                process,
                state,
                actor=actor,
                by=by,
                kind="marked",
                action=mark.clock,
                body=body,
                now=now,
                internal=True,
                recorded=body | {"clock": mark.clock},
            )
            _tell(case, mark.clock, mark.percent, mark.verb, mark.argument)
        done += 1
    return done or unchanged(0)


def _tell(case: Case, clock: str, percent: int, verb: str, argument: str) -> None:
    facts = log.facts(case)
    if verb == "slip":
        publish(SlipIssued(**facts, kind=argument, clock=clock, percent=percent))
    publish(ClockMarked(**facts, clock=clock, percent=percent, effect=f"{verb} {argument}".strip()))
