"""Jobs of the cases engine: every half minute, whatever clocks have to do by then."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from procrastinate.contrib.django import app

from xirang.engines.cases import commands, queries
from xirang.foundation.actor import SYSTEM

log = logging.getLogger("xirang.tasks")


@app.periodic(cron="* * * * * */30")
@app.task(name="cases.run_clocks", queue="clocks", queueing_lock="run_clocks", lock="run_clocks")
def run_clocks(timestamp: int) -> None:
    """Run the clocks of all cases for which something has fallen due; each case is a command of its own."""
    run_due_clocks(datetime.now(UTC))


def run_due_clocks(now: datetime) -> int:
    """The clocks of every case that has something due by `now`; returns for how many cases that went wrong.

    One case that cannot be run must not stop the clocks of all the others behind it.
    """
    failed = 0
    for case_id in queries.list_cases_with_marks(now=now):
        try:
            commands.run_clock(actor=SYSTEM, case_id=case_id, now=now)
        except Exception:
            log.exception("the clocks of case %s did not run", case_id)
            failed += 1
    return failed
