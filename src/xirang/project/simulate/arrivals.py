"""When things are asked in a month, by whom, and what becomes of each; decided beforehand by one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from xirang.foundation.calendar import SHANGHAI, WorkingCalendar
from xirang.project.demo import texts
from xirang.project.demo.areas import TOWNS
from xirang.project.demo.living import ANYBODY, Request
from xirang.project.demo.stories import FIRM_OF, Step, help_path, snap_path

# Of a hundred requests of firms; the names are those of `help_path`.
HELP_PATHS = {
    "confirmed": 38,
    "explained": 14,
    "lapsed": 13,
    "slow": 6,
    "confirmed_late": 5,
    "returned": 6,
    "ruled": 2,
    "reopened": 6,
    "refused": 4,
    "withdrawn": 3,
    "on_account": 2,
    "answered": 1,
}
SNAP_PATHS = {"mended": 62, "lapsed": 18, "settled": 8, "reopened": 8, "late": 4}
TOPICS = {
    "power": 22,
    "policy": 18,
    "labour": 15,
    "finance": 11,
    "road": 10,
    "other": 8,
    "space": 6,
    "complaint": 6,
    "research": 4,
}
CATEGORIES = {"garbage": 24, "street_lamp": 18, "parking": 17, "road_damage": 14, "noise": 12, "manhole": 8, "other": 7}
# Arrivals by hour of the day: firms ask in office hours and in the evening, residents also at night.
FIRM_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 9, 16, 14, 9, 4, 6, 12, 11, 8, 4, 2, 2, 2, 1, 1, 0)
STREET_HOURS = (2, 1, 1, 0, 0, 1, 4, 8, 8, 6, 5, 5, 6, 5, 5, 5, 6, 8, 9, 9, 8, 6, 5, 3)
REST_DAY_SHARE = {"enterprise_help": 0.15, "snap_report": 0.9}  # Of what a working day brings.
SNAP_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Arrival:
    """One case to come: when it is asked, what, and the steps that follow."""

    at: datetime
    request: Request
    steps: tuple[Step, ...]


def arrivals(count: int, until: datetime, days: int, seed: int) -> list[Arrival]:
    """`count` arrivals over the `days` before `until`, by time; the same seed and moment give the same ones."""
    dice = random.Random(seed)
    found = [_one(dice, until, days) for _ in range(count)]
    return sorted(found, key=lambda arrival: arrival.at)


def _one(dice: random.Random, until: datetime, days: int) -> Arrival:
    snap = dice.random() < SNAP_SHARE
    process = "snap_report" if snap else "enterprise_help"
    at = _moment(dice, until, days, process)
    return Arrival(at, *(_sight(dice, at) if snap else _need(dice)))


def _moment(dice: random.Random, until: datetime, days: int, process: str) -> datetime:
    calendar, hours = WorkingCalendar(), STREET_HOURS if process == "snap_report" else FIRM_HOURS
    while True:
        day: date = (until - timedelta(days=dice.randrange(days + 1))).astimezone(SHANGHAI).date()
        if not calendar.is_workday(day) and dice.random() > REST_DAY_SHARE[process]:
            continue
        hour = dice.choices(range(24), hours)[0]
        at = datetime.combine(day, time(hour, dice.randrange(60), dice.randrange(60)), SHANGHAI)
        if until - timedelta(days=days) <= at <= until:
            return at


def _need(dice: random.Random) -> tuple[Request, tuple[Step, ...]]:
    topic, path, who = _draw(dice, TOPICS), _draw(dice, HELP_PATHS), dice.choice(list(FIRM_OF))
    if path == "on_account":  # Premises are what most often cannot be had at once.
        topic = "space"
    need, solved, explained = dice.choice(texts.NEEDS[topic])
    request = Request("enterprise_help", who, {"topic": topic, "need": need}, about=FIRM_OF[who])
    return request, tuple(help_path(path, topic, solved, explained, dice))


def _sight(dice: random.Random, at: datetime) -> tuple[Request, tuple[Step, ...]]:
    category, path, town = _draw(dice, CATEGORIES), _draw(dice, SNAP_PATHS), dice.choice(TOWNS)
    what, where, mended = dice.choice(texts.SIGHTS[category])
    # Who gives no name cannot be asked to confirm; their reports lapse.
    who = "fangqing" if path in ("settled", "reopened") or dice.random() < 0.4 else ANYBODY
    if path == "mended" and who == ANYBODY:
        path = "lapsed"
    if path == "settled":  # Settled on the spot is what no rule dispatches, in the grid worker's own street.
        category, town = "parking", TOWNS[0]
        what, where, mended = texts.SIGHTS[category][0]
    request = Request(
        "snap_report",
        who,
        {"category": category, "what": what},
        area=town.code,
        address=f"{town.short}{where}",
        channel="phone" if who == ANYBODY else "portal",
    )
    return request, tuple(snap_path(path, category, mended, dice))


def _draw(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def thinned(found: list[Arrival], processes: set[str]) -> Iterator[Arrival]:
    """Only those whose process is open for use."""
    return (arrival for arrival in found if arrival.request.process in processes)
