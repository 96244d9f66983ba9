"""What clocks do by themselves: marks that remind, slips, and actions that a clock drives when it runs out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.engines.cases.commands import log
from xirang.engines.cases.commands.acting import perform
from xirang.engines.cases.events import ClockMarked, SlipIssued
from xirang.engines.cases.logic.state import Event, Participant
from xirang.engines.cases.models import Case, ClockFailure
from xirang.engines.cases.queries import lock_case_unscoped, lock_due
from xirang.engines.cases.queries.replaying import state_of
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, publish, record, unchanged
from xirang.foundation.outbox import LONGEST_ERROR
from xirang.foundation.permits import Permit

logger = logging.getLogger("xirang.clocks")
AT_ONCE = 20
# Cases of one transaction: a person who wants to act on one of them waits for the others, some tenths of a second.
BLOCK = 50
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A case of a block, locked and read together with the others, and where its steps are gathered."""

    case: Case
    events: list[Event]
    steps: log.Steps


@command(_("时限到点"), permit=Permit(("system",), _("系统")))
def run_clock(*, actor: Actor, case_id: UUID, now: datetime, held: Held | None = None) -> int:
    """Let the clocks of one case do everything that has fallen due by `now`; returns how many things they did.

    Only the system runs clocks. A second call finds nothing due and does nothing: the log remembers what was done.
    What is `held` for a block needs not be fetched, and is written with the block.
    """
    run_clock.permit.require(actor)
    case = held.case if held else lock_case_unscoped(case_id, "clocks belong to no actor")
    steps = held.steps if held else None
    process, state = state_of(case, held.events if held else None)
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
                steps=steps,
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
                steps=steps,
            )
            _tell(case, mark.clock, mark.percent, mark.verb, mark.argument)
        done += 1
    return done or unchanged(0)


@command(_("时限到点（成批）"), permit=Permit(("system",), _("系统")))
def run_clocks(*, actor: Actor, now: datetime, limit: int = BLOCK) -> tuple[int, int]:
    """Run the clocks of the longest overdue cases, each as an act of its own; how many went well, and how many not.

    One that has failed before may fail again: it undoes only itself, and is set back. Where any other fails, all of it
    is undone and the error passed on: then each has to be run by itself (`run_one_clock`). (0, 0) means that nothing
    is due any more.
    """
    run_clocks.permit.require(actor)
    well, failed, steps = 0, 0, log.Steps()
    for due in lock_due(now=now, limit=limit):
        if due.tries:
            went_well = _run_or_set_back(due.case.pk, due.tries, actor=actor, now=now)
            well, failed = well + went_well, failed + (not went_well)
        else:
            # Without a savepoint: nearly all go well, and one that does not costs the others a second run.
            run_clock.as_part(actor=actor, case_id=due.case.pk, now=now, held=Held(due.case, due.log, steps))
            well += 1
    steps.write()
    # Each case has recorded what it did under its own name; the block itself is no fact of the field.
    return unchanged((well, failed))


@command(_("时限未能执行，改期再试"), permit=Permit(("system",), _("系统")))
def set_back_clock(*, actor: Actor, case_id: UUID, error: str, now: datetime) -> int:
    """Note that the clocks of a case could not be run, and try again later, each time twice as long; which try it was.

    The record says how often it failed, not why: the reason may name what stands in the case.
    """
    set_back_clock.permit.require(actor)
    found, _new = ClockFailure.objects.select_for_update().get_or_create(
        case_id=case_id,
        defaults={"tries": 0, "failed_at": now, "next_try_at": now, "last_error": ""},
    )
    found.next_try_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(found.tries, 16))
    found.tries += 1
    found.last_error = error[:LONGEST_ERROR]
    found.save(update_fields=["tries", "next_try_at", "last_error"])
    area_id = Case.objects.all_unscoped("clocks belong to no actor").values_list("area_id", flat=True).get(pk=case_id)
    record(Ref("case", str(case_id)), {"clock_tries": found.tries}, area_id=area_id)
    return found.tries


def run_one_clock(case_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """The clocks of one case in a transaction of its own, where its block could not commit; whether it went well."""
    return _run_or_set_back(case_id, 1, actor=actor, now=now)


def _run_or_set_back(case_id: UUID, tries: int, *, actor: Actor, now: datetime) -> bool:
    try:
        # Nothing to do, though it was found due: its row does not agree with its log. It would be found for ever.
        error = "" if run_clock(actor=actor, case_id=case_id, now=now) else "nothing is due by the log of the case"
    except Exception as failure:
        logger.exception("the clocks of case %s did not run", case_id)
        error = f"{type(failure).__name__}: {failure}"
    if error:
        set_back_clock(actor=actor, case_id=case_id, error=error, now=now)
    elif tries:
        ClockFailure.objects.filter(case_id=case_id).delete()
    return not error


def _tell(case: Case, clock: str, percent: int, verb: str, argument: str) -> None:
    facts = log.facts(case)
    if verb == "slip":
        publish(SlipIssued(**facts, kind=argument, clock=clock, percent=percent))
    publish(ClockMarked(**facts, clock=clock, percent=percent, effect=f"{verb} {argument}".strip()))
