"""Jobs of the cases engine: every half minute, whatever clocks have to do by then."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from xirang.engines.cases import commands, queries
from xirang.foundation.actor import SYSTEM


@app.periodic(cron="* * * * * */30")
@app.task(name="cases.run_clocks", queue="clocks", queueing_lock="run_clocks", lock="run_clocks")
def run_clocks(timestamp: int) -> None:
    """Run the clocks of all cases for which something has fallen due; each case is a command of its own."""
    now = datetime.now(UTC)
    for case_id in queries.list_cases_with_marks(now=now):
        commands.run_clock(actor=SYSTEM, case_id=case_id, now=now)
