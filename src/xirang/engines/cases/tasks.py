"""Jobs of the cases engine: every minute, whatever clocks have to do by then."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from datetime import UTC, datetime

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from xirang.engines.cases import commands, queries
from xirang.engines.cases.commands.clocks import BLOCK
from xirang.foundation.actor import SYSTEM
from xirang.foundation.tasks import SECONDS_AT_ONCE

log = logging.getLogger("xirang.tasks")
WORDS_SECONDS = 30.0


@app.periodic(cron="* * * * *")
@app.task(name="cases.run_clocks", queue="clocks", queueing_lock="run_clocks", lock="run_clocks")
def run_clocks(timestamp: int) -> None:
    """Run the clocks of all cases for which something has fallen due, and go on at once where many have."""
    _failed, finished = run_due_clocks(datetime.now(UTC), seconds=SECONDS_AT_ONCE)
    if not finished:
        with suppress(AlreadyEnqueued):  # Then the next minute's turn waits already.
            run_clocks.configure(task_kwargs={"timestamp": timestamp}).defer()


def run_due_clocks(now: datetime, *, seconds: float | None = None) -> tuple[int, bool]:
    """The clocks of every case that has something due by `now`, in blocks, until none is left or the time is over.

    For how many cases that went wrong, and whether nothing is left.
    """
    failed, began = 0, time.monotonic()
    while seconds is None or time.monotonic() - began < seconds:
        well, wrong = _run_block(now)
        if not well + wrong:
            return failed, True
        failed += wrong
    return failed, False


def _run_block(now: datetime) -> tuple[int, int]:
    try:
        return commands.run_clocks(actor=SYSTEM, now=now)
    except Exception as error:
        # One of the block failed, or it could not commit. Nothing of it is left; now each has to do it by itself.
        log.warning("a block of clocks could not be run together: %s", error)
    due = queries.list_cases_with_marks(now=now, limit=BLOCK)
    went_well = [commands.run_one_clock(case_id, actor=SYSTEM, now=now) for case_id in due]
    return sum(went_well), len(due) - sum(went_well)


@app.periodic(cron="* * * * *")
@app.task(name="cases.keep_words", queue="upkeep", queueing_lock="keep_words", lock="keep_words")
def keep_words(timestamp: int) -> None:
    """Take in what was written since, so that the search finds it; for no longer than the turn lasts."""
    until = time.monotonic() + WORDS_SECONDS
    while commands.keep_words(now=datetime.now(UTC)) and time.monotonic() < until:
        pass
