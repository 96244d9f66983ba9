"""`xirang work`: the background worker alone, delivering events, sending messages and keeping the clocks."""

from __future__ import annotations

import argparse
import os

from xirang.project.running.parent_death import VARIABLE, tie_to_parent


def configure(parser: argparse.ArgumentParser) -> None:
    """The number of jobs done side by side."""
    parser.add_argument("-c", "--concurrency", type=int, default=2, metavar="N", help="同时做几件 / jobs at a time (2)")


def run(args: argparse.Namespace) -> int:
    """Work until told to stop; a job under way is finished first."""
    tie_to_parent()
    os.environ.pop(VARIABLE, None)
    from django.core.management import execute_from_command_line

    worker = ["xirang", "procrastinate", "worker", "--concurrency", str(args.concurrency)]
    # New jobs are heard of at once; polling is only for a notification that was lost, and the sweeps come each minute.
    execute_from_command_line([*worker, "--fetch-job-polling-interval", "60", "--delete-jobs", "successful"])
    return 0
