"""Why a clock ends when it does: the rule, the inputs and the ruler, for the popover that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.sentences import full_moment
from xirang.engines.cases.logic.state import CaseState
from xirang.engines.cases.logic.words import OPEN
from xirang.foundation.calendar import RulerDay, Term, WorkingCalendar, local_date, ruler, term_sentence


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a calculation used: label and value in both languages."""

    label_zh: str
    label_en: str
    value_zh: str
    value_en: str


@dataclass(frozen=True, slots=True)
class ClockReason:
    """The sentence that explains a clock, and the inputs behind it."""

    zh: str
    en: str
    inputs: tuple[Input, ...]


def _act_title(process: ProcessType, act: str, language: str) -> str:
    if act == OPEN:
        return "Submission" if language == "en" else "提交"
    action = process.actions.get(act)
    return action.title.text(language) if action else act


def _present_due(state: CaseState, clock_name: str, calendar: WorkingCalendar, now: datetime | None) -> datetime:
    clock = state.clocks[clock_name]
    if clock.due_at is not None:
        return clock.due_at
    # A paused clock would end so if it went on at once; that is the honest figure to draw.
    since = clock.started_at if clock.paused_at is None else clock.paused_at
    return clock.remaining.due(max(now or since, since), calendar)


def clock_reason(process: ProcessType, state: CaseState, clock_name: str, calendar: WorkingCalendar) -> ClockReason:
    """Why a clock of this case ends when it does; KeyError when it never ran."""
    clock, spec = state.clocks[clock_name], process.all_clocks[clock_name]
    term = Term.parse(spec.term)
    due = _present_due(state, clock_name, calendar, None)
    zh = f"{spec.title.zh}：{term_sentence(term, clock.started_at, due, calendar)}"
    en = f"{spec.title.text('en')}: {term_sentence(term, clock.started_at, due, calendar, 'en')}"
    if clock.status == "paused" and clock.paused_at is not None:
        zh += f"自 {full_moment(clock.paused_at)} 起暂停计时。"
        en += f" It has stood still since {full_moment(clock.paused_at, 'en')}."
    inputs = [
        Input("规定", "Rule", f"{spec.title.zh} {spec.term}", f"{spec.title.text('en')}, {spec.term}"),
        Input(
            "起算",
            "Started",
            f"{full_moment(clock.started_at)}，{_act_title(process, clock.started_by, 'zh')}",
            f"{full_moment(clock.started_at, 'en')}, {_act_title(process, clock.started_by, 'en')}",
        ),
    ]
    for begin, end in clock.all_pauses():
        until_zh, until_en = (full_moment(end), full_moment(end, "en")) if end else ("现在", "now")
        inputs.append(
            Input("暂停", "Paused", f"{full_moment(begin)} 至 {until_zh}", f"{full_moment(begin, 'en')} to {until_en}")
        )
    if clock.stopped_at:
        inputs.append(Input("停止", "Stopped", full_moment(clock.stopped_at), full_moment(clock.stopped_at, "en")))
    inputs.append(Input("截止", "Due", full_moment(due), full_moment(due, "en")))
    return ClockReason(zh, en, tuple(inputs))


def due_ruler(
    process: ProcessType, state: CaseState, clock_name: str, now: datetime, calendar: WorkingCalendar
) -> list[RulerDay]:
    """The cells of the working-day ruler of one clock, from its start to its due day; KeyError when it never ran."""
    clock = state.clocks[clock_name]
    due = _present_due(state, clock_name, calendar, clock.stopped_at or now)
    today = local_date(clock.stopped_at or now)
    return ruler(calendar, clock.started_at, due, today, pauses=clock.all_pauses())
