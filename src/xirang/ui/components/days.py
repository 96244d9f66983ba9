"""Shapes of the working-day ruler and of the steps of a process."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from xirang.ui.wording import weekday_name


@dataclass(frozen=True, slots=True)
class RulerDay:
    """One day of the ruler; ``counted_index`` is its number within the term, None where the day does not count."""

    date: date
    kind: Literal["workday", "rest", "holiday", "makeup"]
    name: str = ""
    counted_index: int | None = None
    is_start: bool = False
    is_today: bool = False
    is_due: bool = False

    @property
    def weekday(self) -> str:
        """The short weekday, “三” in Chinese and “Wed” in English."""
        return weekday_name(self.date.weekday()).removeprefix("周")

    @property
    def css(self) -> str:
        """Classes that draw this day; several states may hold at once."""
        states = []
        if self.kind in ("rest", "holiday"):
            states.append("is-rest")
        if self.kind == "makeup":
            states.append("is-makeup")
        if self.counted_index is not None:
            states.append("is-counted")
        if self.is_today:
            states.append("is-today")
        if self.is_due:
            states.append("is-due")
        return " ".join(states)

    @property
    def words(self) -> tuple[str, ...]:
        """What stands under the date, most important word first."""
        words = []
        if self.is_start:
            words.append(self.name or _("受理"))
        if self.is_due:
            words.append(_("截止"))
        if self.is_today:
            words.append(_("今天"))
        if self.counted_index is not None:
            words.append(_("第 %(count)s 天") % {"count": self.counted_index})
        if self.kind == "makeup" and not self.is_today:
            words.insert(0, _("调休"))
        if self.kind == "rest" and not words:
            words.append(_("休"))
        if self.kind == "holiday" and not self.is_start:
            words.append(self.name or _("放假"))
        return tuple(words)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process: its name, short notes beneath, and how far it has come."""

    name: str
    notes: tuple[str, ...] = ()
    state: Literal["ok", "now", "todo", "bad", "plain"] = "todo"
