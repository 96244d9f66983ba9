"""From what queries return to the shapes that the components draw."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import segno
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from xirang.engines.cases import policy
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.words import OUTCOMES, titled
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import CaseView, installed, prefill
from xirang.engines.cases.queries.detail import ClockView, Entry
from xirang.engines.cases.queries.rows import CaseRow
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import RulerDay as Day
from xirang.foundation.pages import Asked
from xirang.ui.components import (
    Fact,
    KnownField,
    KnownGroup,
    Link,
    Receipt,
    RulerDay,
    StatusCell,
    Step,
    TimelineItem,
    Why,
    WhyInput,
)
from xirang.ui.wording import actor_name, aside, listed, moment_text, paired

RULER_CELLS = 14
_DONE_KINDS = {"solved": "done", "explained": "said"}


@dataclass(frozen=True, slots=True)
class Service:
    """One thing that somebody may ask for on the portal."""

    code: str
    title: str
    help: str
    url: str
    icon: str
    needs_account: bool


def services(actor: Actor, area_path: Sequence[UUID], language: str) -> list[Service]:
    """What is open in the district; for those not signed in also what they could ask after signing in."""
    found = []
    for active in installed.active_processes():
        if active.area_id not in area_path:
            continue
        process = active.process
        may = policy.can_open_case(actor, process, active.area_path)
        if may or actor.ref.kind == "public":
            icon = _icon(process)
            found.append(
                Service(
                    process.code,
                    process.title.text(language),
                    process.help.text(language) if process.help else "",
                    reverse("cases:ask", args=[process.code]),
                    icon,
                    not may,
                )
            )
    return found


def _icon(process: ProcessType) -> str:
    if process.about == "organisation":
        return "building"
    if any(spec.kind == "place" for spec in process.fields.values()):
        return "camera"
    return "chat-square-text"


def status_of(case: Case, process: ProcessType, language: str) -> StatusCell:
    """Dot and word: solved and explained are never told as the same."""
    return _status_of(process, case.stage, case.stage_kind, case.outcome, language)


def _status_of(process: ProcessType, stage: str, stage_kind: str, outcome: str, language: str) -> StatusCell:
    title = process.stages[stage].title.text(language)
    if stage_kind == "done":
        return StatusCell(_DONE_KINDS.get(outcome, "plain"), titled(OUTCOMES, outcome, language) if outcome else title)
    if outcome == "on_account":
        return StatusCell("hang", titled(OUTCOMES, "on_account", language))
    if outcome == "reopened":
        return StatusCell("again", _("已重开"))
    assignment = process.assignment
    askers = {who for action in process.actions_from(stage) for who in action.by if not action.clock}
    waits = askers == {"requester"} or (
        stage_kind == "waiting"
        or stage == process.first_stage.code
        or (assignment is not None and stage == assignment.to)
    )
    return StatusCell("wait" if waits else "doing", title)


def status_of_row(case: CaseRow, language: str) -> StatusCell:
    """As `status_of`, for a row of a list."""
    return _status(case.process_id, case.stage, case.stage_kind, case.outcome, language)


@lru_cache(maxsize=4096)
def _status(version_id: UUID, stage: str, stage_kind: str, outcome: str, language: str) -> StatusCell:
    """A version of a process never changes, so the word for a stage is found once in each language."""
    with translation.override("en" if language == "en" else "zh-hans"):
        return _status_of(installed.process_of(version_id), stage, stage_kind, outcome, language)


def bulk_action(process: ProcessType, stage: str) -> str:
    """The holder's action of a stage that asks nothing, so that several may be done at one click."""
    return next(
        (
            action.code
            for action in process.actions_from(stage)
            if "holder" in action.by and not action.asks and not action.guard and action.to
        ),
        "",
    )


def known_groups(known: prefill.Known, process: ProcessType, language: str) -> tuple[KnownGroup, ...]:
    """What need not be filled in, by source."""
    groups = []
    for source in known.sources:
        titles = {"name": _("企业名称"), "credit_code": _("统一社会信用代码"), "person": _("办理的是谁的事")}
        fields = [KnownField(titles[name], text) for name, text in source.about.items()]
        fields += [KnownField(process.fields[code].title.text(language), text) for code, text in source.shown.items()]
        title = source.title_en if language == "en" else source.title_zh
        groups.append(
            KnownGroup(
                title,
                tuple(fields),
                saved=len(fields),
                updated=source.checked_at,
                own=source.key == "account",
                icon="person-check" if source.key == "account" else "building-check",
            )
        )
    return tuple(groups)


def steps(view: CaseView) -> tuple[Step, ...]:
    """The main way through the process, with when each stage was reached; a side stage shows only while it lasts."""
    process, reached, here = view.process, _reached(view), view.case.stage
    way = main_way(process)
    if here not in way:
        behind = max((way.index(code) for code in reached if code in way), default=0)
        way = (*way[: behind + 1], here, *([] if view.state.closed else way[behind + 1 :]))
    place = way.index(here)
    return tuple(
        Step(
            process.stages[code].title.text(view.language),
            _notes(reached[code]) if code in reached and at <= place else (),
            "now" if at == place and not view.state.closed else "ok" if at <= place else "todo",
        )
        for at, code in enumerate(way)
    )


def main_way(process: ProcessType) -> tuple[str, ...]:
    """The stages of a case that goes straight through: from each, the first action written that leads on."""
    way = [process.first_stage.code]
    while step := _leads_on(process, way):
        way.append(step.to)
    return tuple(way)


def _leads_on(process: ProcessType, way: Sequence[str]) -> ActionSpec | None:
    """The action that leads from the last stage of a way to a new one: work first, then an end; never a detour."""
    actions = [
        action for action in process.actions_from(way[-1]) if action.to and action.to not in way and not action.clock
    ]
    for kind in ("open", "done"):
        for action in actions:
            if process.stages[action.to].kind == kind and not is_destructive(action, process):
                return action
    return None


def _reached(view: CaseView) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in reversed(view.entries):
        if entry.kind == "opened":
            found[view.process.first_stage.code] = entry
        elif entry.kind == "acted" and (to := view.process.actions[entry.action].to):
            left = [view.process.stages[stage].kind for stage in view.process.actions[entry.action].from_]
            # Whoever supplied what was missing did not take the case in hand.
            if to not in found or set(left) != {"waiting"}:
                found[to] = entry
    return found


def _notes(entry: Entry) -> tuple[str, ...]:
    return moment_text(entry.at), " ".join(part for part in (entry.unit, actor_name(entry.who)) if part)


def timeline(entries: Iterable[Entry], limit: int = 0) -> tuple[TimelineItem, ...]:
    """The history, newest first; slips and marks are drawn square, the newest step solid."""
    found = []
    for place, entry in enumerate(entries):
        given = [shown for shown in entry.answers if shown.text]
        lines = [paired(shown.title, shown.text) if shown.title else shown.text for shown in given]
        lines += [entry.because] if entry.because else []
        kind: Literal["", "now", "slip"] = "slip" if entry.kind == "marked" else "now" if place == 0 else ""
        who = " ".join(part for part in (entry.unit, actor_name(entry.who)) if part)
        title = aside(entry.title, _("内部")) if entry.internal and entry.kind == "noted" else entry.title
        told = _("；").join(lines)
        found.append(TimelineItem(title, entry.at, told, kind, who=who if entry.kind != "marked" else ""))
        if limit and len(found) == limit:
            break
    return tuple(found)


def ruler_days(days: Sequence[Day], language: str) -> tuple[RulerDay, ...]:
    """The cells around today: a long term is cut, its sentence says the rest."""
    cells = [
        RulerDay(
            day.date,
            day.kind.value,
            day.name_en if language == "en" else day.name,
            day.counted_index,
            day.is_start,
            day.is_today,
            day.is_due,
        )
        for day in days
    ]
    if len(cells) <= RULER_CELLS:
        return tuple(cells)
    today = next((place for place, cell in enumerate(cells) if cell.is_today), 0)
    begin = max(0, min(today - RULER_CELLS // 2, len(cells) - RULER_CELLS))
    return tuple(cells[begin : begin + RULER_CELLS])


def clock_why(clock: ClockView, language: str) -> Why:
    """Why a clock ends when it does."""
    english = language == "en"
    inputs = tuple(
        WhyInput(i.label_en if english else i.label_zh, i.value_en if english else i.value_zh)
        for i in clock.reason.inputs
    )
    return Why(_("为什么是这个期限"), clock.reason.en if english else clock.reason.zh, inputs=inputs)


def dispatch_why(view: CaseView) -> Why | None:
    """Why this unit: the rule by which the system assigned, or who assigned by hand."""
    assigned = next(
        (entry for entry in view.entries if entry.kind == "acted" and view.process.actions[entry.action].holds("hold")),
        None,
    )
    if assigned is None:
        return None
    rule = assigned.because or _("由%(who)s人工交办，没有套用分派规则。") % {"who": actor_name(assigned.who)}
    inputs = tuple(WhyInput(shown.title, shown.text) for shown in assigned.answers if shown.text)
    decided = _("自动分派") if assigned.because and assigned.who == "系统" else assigned.who
    objection = next(
        (
            action
            for action in view.allowed
            if ("holder" in action.by and action.holds("release")) or action.code in ("return", "objection")
        ),
        None,
    )
    link = (
        Link(objection.title.text(view.language), reverse("cases:act", args=[view.case.pk, objection.code]))
        if objection
        else None
    )
    return Why(_("为什么派给这个单位"), rule, decided_by=decided, inputs=inputs, objection=link)


def facts(view: CaseView) -> tuple[Fact, ...]:
    """The answers of the form as a definition list; files are listed apart."""
    return tuple(Fact(shown.title, shown.text or "—") for shown in view.fields if not shown.files)


def attachments(view: CaseView) -> list[tuple[str, str, int]]:
    """Every file of the case that this actor may open: name, address, bytes."""
    shown = [*view.fields, *(one for entry in view.entries for one in entry.answers)]
    return [
        (item.name, reverse("cases:attachment", args=[view.case.pk, item.pk]), item.size)
        for one in shown
        for item in one.files
    ]


def sentence_about_rest(view: CaseView) -> str:
    """One sentence about what is not offered, and why."""
    english = view.language == "en"
    if view.withheld:
        return " ".join((w.en if english else w.zh) for w in view.withheld[:2])
    if not view.allowed and not view.state.closed:
        waiting = sorted(
            {
                _who(who, view)
                for action in view.offered.actions_from(view.case.stage)
                for who in action.by
                if not who.startswith("clock ") and who != "system"
            }
        )
        if waiting:
            return _("现在轮到：%(who)s。") % {"who": listed(waiting)}
    return _("这里只列您现在能办的。") if view.allowed else ""


def _who(who: str, view: CaseView) -> str:
    from xirang.engines.cases.logic.sentences import who_text

    return who_text(view.process, who, view.language)


def ordered_actions(view: CaseView) -> tuple[list[ActionSpec], list[ActionSpec]]:
    """The actions that move the case on, the one of the main way first, and those that refuse or send it back."""
    backwards = [action for action in view.allowed if is_destructive(action, view.process)]
    forwards = [action for action in view.allowed if action not in backwards]
    ahead = _stages_ahead(view)
    return sorted(forwards, key=lambda action: action.to not in ahead), backwards


def _stages_ahead(view: CaseView) -> tuple[str, ...]:
    """Where the main way leads next; from a side stage, wherever it rejoins the way, no earlier than it left it."""
    way, here = main_way(view.process), view.case.stage
    if here in way:
        return way[way.index(here) + 1 :][:1]
    return way[max((way.index(stage) for stage in _reached(view) if stage in way), default=0) :]


def is_destructive(action: ActionSpec, process: ProcessType) -> bool:
    """Whether an action refuses, returns or withdraws: it is outlined in red and asks first."""
    return action.outcome in ("not_accepted", "withdrawn") or bool(action.holds("release"))


def public_context(view: CaseView, now: datetime) -> dict[str, Any]:
    """What the requester's page shows besides the case itself."""
    forwards, backwards = ordered_actions(view)
    return {
        "status": status_of(view.case, view.process, view.language),
        "steps": steps(view),
        "facts": facts(view),
        "files": attachments(view),
        "timeline": timeline(view.entries),
        "forwards": forwards,
        "backwards": backwards,
        "clock": view.clock,
        "days": ruler_days(view.clock.days, view.language) if view.clock else (),
        "clock_why": clock_why(view.clock, view.language) if view.clock else None,
        "clock_sentence": (view.clock.reason.en if view.language == "en" else view.clock.reason.zh)
        if view.clock
        else "",
        "rest": sentence_about_rest(view),
        "seq": view.case.last_seq,
    }


def receipt_card(view: CaseView, code: str, address: str) -> Receipt:
    """The receipt: a QR code that opens the tracking page with the number filled in, and the query code in words."""
    buffer = io.BytesIO()
    segno.make(address, error="m").save(
        buffer, kind="svg", scale=3, border=1, xmldecl=False, svgclass=None, lineclass=None, dark="#1a2233"
    )
    return Receipt(
        _("受理回执"),
        view.case.number,
        qr_svg=mark_safe(buffer.getvalue().decode()),
        lookup_code=code,
        note=_("凭编号和查询码可随时查进度，不用登录。"),
    )


def seq_of(request: Asked) -> int | None:
    """The number of the last event that the page showed, so that a stale page cannot act on changed ground."""
    text = request.POST.get("seq", "")
    return int(text) if text.isdigit() and len(text) < 9 else None


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of the bar of public figures, in thousandths of its width."""

    kind: str
    x: int
    width: int


def bar(figures: Any) -> tuple[BarPart, ...]:
    """The parts of the bar; they add up to what was received."""
    found, at = [], 0
    for kind, count in figures.parts:
        end = at + count
        left, right = at * 1000 // max(figures.received, 1), end * 1000 // max(figures.received, 1)
        if count:
            found.append(BarPart(kind, left, max(right - left - 2, 1)))
        at = end
    return tuple(found)


def what_happens() -> tuple[Step, ...]:
    """What happens after somebody asked, for the first page."""
    return (
        Step(_("收集"), (_("当场出回执"), _("已有资料自动带入")), "plain"),
        Step(_("交办"), (_("按规则派到责任单位"), _("为什么派给他，可查")), "plain"),
        Step(_("办理"), (_("期限按工作日计"), _("放假、调休都写明")), "plain"),
        Step(_("反馈"), (_("办没办成由您说了算"), _("评价匿名")), "plain"),
        Step(_("销号"), (_("不满意可以重开"), _("次数如实公布")), "plain"),
    )
