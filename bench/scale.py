"""How much is measured: everything by default, more where it was asked for, a small round that proves the way."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes and times of a run. `seconds` is one window of load, `rounds` how often the sides take turns."""

    cases: int = 100_000
    million: bool = False
    rounds: int = 7
    calls: int = 12
    requests: int = 60
    seconds: float = 8.0
    turns: int = 2
    backlog: int = 3_000
    overdue: int = 20_000
    finished: int = 400
    all_overdue: bool = False


BRIEF = Scale(
    cases=4_000, rounds=2, calls=4, requests=10, seconds=1.5, turns=1, backlog=150, overdue=600, finished=20
)  # It proves that the bench works; its figures are not for anybody.
_chosen = Scale()


def choose(*, brief: bool, million: bool, overdue: bool) -> Scale:
    """What this run measures; `million` and `overdue` add the long parts."""
    global _chosen
    _chosen = replace(BRIEF if brief else Scale(), million=million, all_overdue=overdue)
    return _chosen


def chosen() -> Scale:
    """The sizes of this run."""
    return _chosen
