"""Forty cases with a past: who asked when, what happened next, and where each of them stands today."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from xirang.foundation.calendar import SHANGHAI, WorkingCalendar
from xirang.project.demo import texts
from xirang.project.demo.areas import code_of
from xirang.project.demo.cast import CHANGDI, COLD, HENGTUO
from xirang.project.demo.living import ANYBODY, HEAD, HOLDER, REQUESTER, Request

SEED = 417
UNIT_OF = {
    "power": "power_supply",
    "road": "transport",
    "labour": "human_resources",
    "finance": "economy",
    "policy": "economy",
    "research": "economy",
    "space": "enterprise_service",
    "complaint": "street_ting_chao",
    "other": "enterprise_service",
    "street_lamp": "urban_management",
    "manhole": "urban_management",
    "garbage": "urban_management",
    "road_damage": "transport",
    "parking": "urban_management",
    "noise": "street_ting_chao",
}
FIRM_OF = {"shenmingzhe": HENGTUO, "qiaojin": CHANGDI, "lianbo": COLD}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next: after so much office time (or time by the clock, where `natural`) somebody does something."""

    after: timedelta
    who: str
    action: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    natural: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One case from its opening on; steps that would lie in the future have not happened yet."""

    key: str
    days_ago: int
    hour: int
    minute: int
    request: Request
    steps: tuple[Step, ...]

    def opened_at(self, today: date, calendar: WorkingCalendar) -> datetime:
        """The moment of opening: so many working days before today, at this time of day."""
        day = calendar.workday_after(today, -self.days_ago)
        return datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=SHANGHAI)


def hours(number: float) -> timedelta:
    """So many hours, in whole minutes."""
    return timedelta(minutes=round(number * 60))


# (path, topic, who asks, working days ago); the path is what became of it, see `help_path`.
PLAN = (
    ("fresh", "space", "shenmingzhe", 1),
    ("fresh", "complaint", "lianbo", 1),
    ("fresh", "other", "qiaojin", 1),
    ("assigned", "power", "shenmingzhe", 1),
    ("assigned", "road", "lianbo", 2),
    ("handling", "power", "lianbo", 3),
    ("handling", "labour", "qiaojin", 4),
    ("handling", "policy", "shenmingzhe", 5),
    ("handling", "research", "shenmingzhe", 5),
    ("late", "road", "shenmingzhe", 8),
    ("late", "finance", "qiaojin", 11),
    ("waiting", "finance", "shenmingzhe", 4),
    ("waiting", "power", "qiaojin", 6),
    ("answered", "labour", "shenmingzhe", 6),
    ("answered", "power", "lianbo", 7),
    ("answered_explained", "policy", "qiaojin", 5),
    ("confirmed", "power", "shenmingzhe", 12),
    ("confirmed", "labour", "lianbo", 14),
    ("confirmed", "policy", "qiaojin", 16),
    ("confirmed", "other", "shenmingzhe", 18),
    ("confirmed", "finance", "lianbo", 21),
    ("confirmed_late", "road", "qiaojin", 24),
    ("explained", "policy", "shenmingzhe", 15),
    ("explained", "research", "qiaojin", 22),
    ("lapsed", "power", "qiaojin", 26),
    ("lapsed", "complaint", "shenmingzhe", 28),
    ("returned", "road", "lianbo", 10),
    ("objected", "road", "shenmingzhe", 4),
    ("refused", "complaint", "qiaojin", 9),
    ("withdrawn", "other", "lianbo", 13),
    ("on_account", "space", "qiaojin", 17),
    ("reopened", "labour", "lianbo", 19),
    ("reopened_open", "power", "shenmingzhe", 9),
)
# (path, category, who reports, working days ago, in which street)
SEEN = (
    ("fresh", "noise", "fangqing", 1, "听潮"),
    ("dispatched", "street_lamp", "fangqing", 1, "听潮"),
    ("dispatched", "manhole", ANYBODY, 2, "听潮"),
    ("late", "road_damage", ANYBODY, 5, "南埠"),
    ("mended", "street_lamp", ANYBODY, 6, "松塘"),
    ("mended", "garbage", "fangqing", 8, "鹭洲"),
    ("settled", "parking", "fangqing", 7, "听潮"),
    ("mended", "manhole", "chenli", 12, "听潮"),
    ("lapsed", "other", "fangqing", 16, "听潮"),
    ("reopened", "garbage", "fangqing", 10, "听潮"),
)


def stories() -> Iterator[Story]:
    """All of them, the same every time."""
    dice = random.Random(SEED)
    for number, (path, topic, who, days) in enumerate(PLAN, 1):
        need, solved, explained = dice.choice(texts.NEEDS[topic])
        request = Request("enterprise_help", who, {"topic": topic, "need": need}, about=FIRM_OF[who])
        hour, minute = dice.randrange(8, 17), dice.randrange(0, 60)
        yield Story(
            f"demo-help-{number:02d}",
            days,
            hour,
            minute,
            request,
            tuple(help_path(path, topic, solved, explained, dice)),
        )
    for number, (path, category, who, days, town) in enumerate(SEEN, 1):
        what, where, mended = dice.choice(texts.SIGHTS[category])
        request = Request(
            "snap_report",
            who,
            {"category": category, "what": what},
            area=code_of(town),
            address=f"{town}{where}",
            channel="phone" if who == ANYBODY else "portal",
        )
        hour, minute = dice.randrange(6, 22), dice.randrange(0, 60)
        steps = tuple(snap_path(path, category, mended, dice))
        yield Story(f"demo-snap-{number:02d}", days, hour, minute, request, steps)


def help_path(path: str, topic: str, solved: str, explained: str, dice: random.Random) -> Iterator[Step]:
    """The steps of a firm's request, by what became of it."""
    unit = UNIT_OF[topic]
    if path == "fresh":
        return
    if path == "refused":
        yield Step(hours(3), "hejing", "refuse", {"reason": texts.REFUSAL})
        return
    if path == "withdrawn":
        yield Step(hours(1), REQUESTER, "withdraw", natural=True)
        return
    if path == "returned":
        yield _assign("urban_management", hours(1.5), dice)
        yield Step(hours(4), HOLDER, "return", {"reason": texts.RETURNS})
        yield _assign(unit, hours(2), dice)
    elif path in ("objected", "ruled"):
        yield _assign("urban_management", hours(1), dice)
        yield Step(hours(3), HOLDER, "return", {"reason": texts.RETURNS})
        yield _assign(unit, hours(1), dice)
        yield Step(hours(5), HOLDER, "objection", {"reason": texts.OBJECTION})
        if path == "objected":
            return
        yield Step(hours(4), "xuwangshu", "rule", {"unit": f"unit/{unit}", "grounds": texts.RULING})
    elif path == "slow":
        yield _assign(unit, hours(11), dice)
    else:
        yield _assign(unit, hours(dice.choice((0.4, 0.8, 1.5, 2.6, 4))), dice)
    if path != "assigned":
        yield Step(hours(dice.choice((0.5, 1, 2, 5))), HOLDER, "accept")
        yield from _handled(path, solved, explained, dice)


def _assign(unit: str, after: timedelta, dice: random.Random) -> Step:
    advice = dice.choice(texts.ADVICE)
    return Step(after, "hejing", "assign", {"unit": f"unit/{unit}"} | ({"advice": advice} if advice else {}))


def _handled(path: str, solved: str, explained: str, dice: random.Random) -> Iterator[Step]:
    """What follows once somebody has accepted it."""
    question, supplied = dice.choice(texts.QUESTIONS)
    if path in ("handling", "late"):
        return
    if path == "waiting":
        yield Step(hours(3), HOLDER, "ask", {"question": question})
        return
    if path == "on_account":
        yield Step(hours(9), HEAD, "suspend", {"reason": texts.SUSPENSION})
        return
    if path == "confirmed" and dice.random() < 0.4:
        yield Step(hours(4), HOLDER, "ask", {"question": question})
        yield Step(hours(20), REQUESTER, "supply", {"more": supplied}, natural=True)
    outcome = "explained" if path in ("explained", "answered_explained") else "solved"
    takes = hours(60) if path in ("confirmed_late", "slow") else hours(dice.choice((6, 9, 14, 20, 25)))
    if path.startswith("answered"):
        takes = hours(8)
    yield Step(takes, HOLDER, "answer", {"outcome": outcome, "reply": explained if outcome == "explained" else solved})
    if path in ("confirmed", "confirmed_late", "slow", "explained", "returned", "ruled"):
        yield _confirm(dice, worse=path in ("confirmed_late", "slow"))
    if path.startswith("reopened"):
        yield Step(hours(20), REQUESTER, "reopen", {"reason": dice.choice(texts.REOPENINGS[:3])}, natural=True)
        yield Step(hours(2), HOLDER, "accept")
    if path == "reopened":
        yield Step(hours(10), HOLDER, "answer", {"outcome": "solved", "reply": "余下部分已全部落实，企业现场确认。"})
        yield _confirm(dice)


def _confirm(dice: random.Random, worse: bool = False) -> Step:
    remark = dice.choice(texts.REMARKS)
    rating = dice.choice((2, 3) if worse else (4, 5, 5, 5))
    return Step(
        hours(dice.choice((2, 5, 20, 28))),
        REQUESTER,
        "confirm",
        {"rating": rating} | ({"remark": remark} if remark and not worse else {}),
        natural=True,
    )


def snap_path(path: str, category: str, mended: str, dice: random.Random) -> Iterator[Step]:
    """The steps of a snap report; some are dispatched by rule the moment they arrive."""
    if path == "fresh":
        return
    if path == "settled":
        yield Step(hours(1), "chenli", "settle", {"reply": mended})
        yield Step(hours(5), REQUESTER, "confirm", {"rating": 5}, natural=True)
        return
    if category in ("parking", "noise", "other"):
        yield Step(hours(1), "hejing", "assign", {"unit": f"unit/{UNIT_OF.get(category, 'street_ting_chao')}"})
    if path in ("dispatched", "late"):
        return
    yield Step(hours(dice.choice((3, 6, 10))), HOLDER, "answer", {"outcome": "solved", "reply": mended})
    if path == "mended" and category != "street_lamp":
        yield Step(hours(9), REQUESTER, "confirm", {"rating": 5}, natural=True)
    if path == "reopened":
        yield Step(hours(30), REQUESTER, "reopen", {"reason": texts.REOPENINGS[3]}, natural=True)
