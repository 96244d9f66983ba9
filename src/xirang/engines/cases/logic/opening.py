"""Whether somebody may open a case, what it is called, and to whom it goes first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from xirang.engines.cases.logic.answers import Cleaned, clean_answers
from xirang.engines.cases.logic.dispatching import Dispatch, decide_dispatch
from xirang.engines.cases.logic.ground import Ground, filled
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.rules import values_of
from xirang.foundation.calendar import WorkingCalendar

ASKING_FOR_OTHERS = ("grid_worker", "dispatcher")
"""Who takes down what somebody else asks, and names whom or what it is about."""

TITLE_LENGTH = 40
# A telephone or identity number typed into free text must not travel into lists and messages with the title.
_DIGITS = re.compile(r"(?<!\d)\d{7,}[\dXx](?!\d)")


def may_open(process: ProcessType, roles: Collection[str], *, system: bool = False) -> bool:
    """Anybody where the process is open to anyone, otherwise whoever holds one of its roles where it is in use."""
    return process.anonymous or system or any(role in process.accounts_may_open for role in roles)


def not_open(process: ProcessType) -> tuple[str, str]:
    """What is said to whoever may not open it, in Chinese and English."""
    return f"“{process.title.zh}”不对您目前的身份开放。", "This service is not open to your present role."


def clean_opening(process: ProcessType, raw: Mapping[str, Any], ground: Ground, today: date) -> Cleaned:
    """The answers of a form, checked; what the ground fills needs no answer."""
    return clean_answers(process.fields, raw, known=frozenset(filled(process, ground)), today=today)


def opened_fields(
    process: ProcessType, cleaned: Cleaned, references: Mapping[str, Any], ground: Ground
) -> dict[str, Any]:
    """The fields as the log keeps them: plain answers, what the ground fills, and `references` to what lies elsewhere
    (personal answers, places, files), which take the place of the answers themselves.
    """
    given = {**cleaned.plain, **references}
    return {**{code: value for code, value in filled(process, ground).items() if code not in given}, **given}


def first_dispatch(
    process: ProcessType, ground: Ground, fields: Mapping[str, Any], at: datetime, calendar: WorkingCalendar
) -> Dispatch | None:
    """The unit that the rules name for a case opened at `at` with these fields, or None: then the desk decides."""
    values = values_of(process, None, now=at, me="", about=ground.about, requester=ground.requester, fields=fields)
    return decide_dispatch(process, values, calendar)


def title_of(process: ProcessType, answers: Mapping[str, Any]) -> str:
    """The first sentence of the first text that was answered, otherwise what was chosen, otherwise the process."""
    for code, spec in process.fields.items():
        if spec.kind == "text" and answers.get(code) and not spec.personal:
            first = _DIGITS.sub("****", re.split(r"[。！？!?\n；;]", str(answers[code]).strip())[0].strip())
            return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
    for code, spec in process.fields.items():
        if spec.is_choice and spec.choices and answers.get(code):
            return f"{process.title.zh}：{spec.choices.title(str(answers[code]))}"
    return process.title.zh
