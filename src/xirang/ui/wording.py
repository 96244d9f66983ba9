"""Says dates, lists and names in the language of the reader; components and pages share it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, Protocol

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.language import is_english

# Spelled out, because the C library names months in the language of the server, not of the reader.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Spelled out so that the catalogue finds each of them; translated when one is said.
_WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


def reader_language() -> Literal["zh", "en"]:
    """The language of the page; Chinese for everybody who does not read it in English."""
    return "en" if is_english(get_language() or "") else "zh"


def speaks_english() -> bool:
    """Whether the page is read in English; Chinese is said to everybody else."""
    return reader_language() == "en"


def weekday_name(day_of_week: int) -> str:
    """Name of a weekday, Monday being 0, in the language of the request."""
    return str(_WEEKDAYS[day_of_week])


def day_text(day: date) -> str:
    """A day of this year as prose: “11 月 21 日”, “21 Nov”."""
    return f"{day.day} {_MONTHS[day.month - 1]}" if speaks_english() else f"{day.month} 月 {day.day} 日"


def short_day(day: date, today: date) -> str:
    """A day for a cell: “9-22” or “22 Sep”; with its year where that is not the present one."""
    if day.year != today.year:
        return f"{day:%Y-%m-%d}"
    return day_text(day) if speaks_english() else f"{day.month}-{day.day:02d}"


def moment_text(at: datetime | date, form: str = "") -> str:
    """A moment as prose: “11 月 21 日 16:28”, “21 Nov 16:28”; forms: empty, day (no time), weekday (with its name)."""
    local = timezone.localtime(at) if isinstance(at, datetime) else at
    day = local.date() if isinstance(local, datetime) else local
    said = _day_and_weekday(day, reader_language()) if form == "weekday" else day_text(day)
    return f"{said} {local:%H:%M}" if isinstance(local, datetime) and form != "day" else said


@lru_cache(maxsize=2048)
def _day_and_weekday(day: date, language: Literal["zh", "en"]) -> str:
    """A day with its weekday, kept for each language: a list names the same few days in line after line."""
    with override("en" if language == "en" else "zh-hans"):
        name, said = weekday_name(day.weekday()), day_text(day)
    return f"{name} {said}" if language == "en" else f"{said} {name}"


class Bilingual(Protocol):
    """Whatever carries a sentence in Chinese and one in English: a finding, an error, a title."""

    @property
    def zh(self) -> str:
        """What readers of Chinese get."""
        ...

    @property
    def en(self) -> str:
        """What readers of English get, or empty where there is none."""
        ...


def spoken(either: Bilingual) -> str:
    """The reader's side of whatever carries a Chinese and an English text; the Chinese one where there is no other."""
    return (either.en if speaks_english() else "") or either.zh


def listed(parts: Iterable[str]) -> str:
    """Several words in a row: “甲、乙”, “A, B”."""
    return _("、").join(parts)


def paired(title: str, text: str) -> str:
    """A word and what it stands for: “结果：已解决”, “Outcome: Solved”."""
    return f"{title}{_('：')}{text}"


def aside(word: str, remark: str) -> str:
    """A word with a remark in brackets."""
    return _("%(word)s（%(remark)s）") % {"word": word, "remark": remark}


def actor_name(name: str) -> str:
    """Who acted, for the page: people keep their names, the system and the public have one in each language."""
    return {SYSTEM.name: _("系统"), PUBLIC.name: _("公众")}.get(name, name)
