"""Shapes of the cards: figures, reasons, receipts, known facts and what happened."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """A link or, with ``post``, a button that posts to ``url``."""

    title: str
    url: str
    icon: str = ""
    kind: Literal["", "primary", "danger", "quiet"] = ""
    post: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a definition list; ``url`` turns the value into a link, ``note`` follows in grey."""

    label: str
    value: object
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class KnownField:
    """A fact the ground already knows; an empty value is shown as missing, never as a blank."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """Known facts of one source; ``saved`` says how many fields nobody has to fill."""

    source: str
    fields: tuple[KnownField, ...]
    icon: str = "building-check"
    saved: int = 0
    updated: date | datetime | None = None
    correct_url: str = ""
    own: bool = False

    @property
    def figure(self) -> int:
        """How many facts this source stands for where it is only counted."""
        return self.saved or len(self.fields)


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure with its unit, its scope and the list behind it; ``stale`` such as “停更 47 分钟” greys it."""

    label: str
    figure: str
    unit: str = ""
    scope: str = ""
    url: str = ""
    link_text: str = ""
    tone: Literal["", "red", "amber", "green"] = ""
    stale: str = ""
    loading: bool = False
    status: str = ""
    trend: tuple[int, ...] = ()

    @property
    def trend_points(self) -> str:
        """The trend as points of an SVG polyline in a box of 100 by 28."""
        if len(self.trend) < 2:
            return ""
        low, high = min(self.trend), max(self.trend)
        span = (high - low) or 1
        last = len(self.trend) - 1
        return " ".join(
            f"{index * 100 // last},{26 - (value - low) * 24 // span}" for index, value in enumerate(self.trend)
        )


@dataclass(frozen=True, slots=True)
class WhyInput:
    """One input of a decision: what was looked at, what was found, and where it came from."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in the order people need it: rule, document, inputs, the calculation, a way to object."""

    title: str
    rule: str
    document: str = ""
    clause: str = ""
    version: str = ""
    effective: str = ""
    document_url: str = ""
    decided_by: str = ""
    inputs: tuple[WhyInput, ...] = ()
    links: tuple[Link, ...] = ()
    objection: Link | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that something was accepted; ``qr_svg`` is a trusted SVG made by the caller."""

    title: str
    number: str
    qr_svg: str = ""
    lookup_code: str = ""
    record_number: str = ""
    witnessed: int = 0
    witnesses: int = 0
    note: str = ""
    download_url: str = ""
    verify_url: str = ""
    how_to_verify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """Something that happened; ``at`` is a datetime shown relative to today, or ready words."""

    title: str
    at: datetime | str = ""
    body: str = ""
    kind: Literal["", "now", "slip", "bad", "good"] = ""
    url: str = ""
    who: str = ""
