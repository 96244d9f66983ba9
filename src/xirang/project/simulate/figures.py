"""The closing table: what came in and what became of it, every rate with its denominator."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import installed
from xirang.project.simulate.month import Month

# The first row is the sum of the next five; the last two are parts of what is in hand.
ROWS = (
    ("收到", "received"),
    ("已解决", "closed as solved"),
    ("已解释", "closed as explained"),
    ("不予受理", "not accepted"),
    ("撤回", "withdrawn"),
    ("在办", "in hand"),
    ("在办：挂账", "in hand, on account"),
    ("在办：超期", "in hand, late"),
    ("重开过", "reopened at least once"),
)
OUTCOMES = {"solved": "已解决", "explained": "已解释", "not_accepted": "不予受理", "withdrawn": "撤回"}


def table(month: Month, now: datetime) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """(titles of the processes, rows of figures): in hand and late are those of `now`."""
    cases = Case.objects.all_unscoped("the simulation counts its own cases").filter(pk__in=list(month.opened))
    counted: dict[str, Counter[str]] = {}
    for process, outcome, kind, reopened, due in cases.values_list(
        "process_code", "outcome", "stage_kind", "reopened", "due_at"
    ):
        row = counted.setdefault(process, Counter())
        row["收到"] += 1
        row["重开过"] += reopened > 0
        if kind == "done":
            row[OUTCOMES[outcome]] += 1
            continue
        row["在办"] += 1
        row["在办：挂账"] += outcome == "on_account"
        row["在办：超期"] += due is not None and due < now
    titles = installed.titles()
    codes = sorted(counted)
    return [titles[code][0] for code in codes], [(zh, [counted[code][zh] for code in codes]) for zh, _ in ROWS]


def english(zh: str) -> str:
    """A row's name in English."""
    return dict(ROWS)[zh]
