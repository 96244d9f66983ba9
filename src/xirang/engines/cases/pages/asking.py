"""What somebody asks of a list of cases: its filters, and from the address to what is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.areas.queries import get_area
from xirang.engines.cases import queries
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.kept import kept_fields
from xirang.engines.cases.logic.process import ProcessType, ViewSpec
from xirang.engines.cases.logic.words import OUTCOMES, titled
from xirang.engines.cases.queries import CaseFilter, DeclaredView, installed
from xirang.foundation.errors import NotFoundError
from xirang.foundation.ids import parse_uuid
from xirang.foundation.pages import Asked
from xirang.people.queries import names_of_organisations
from xirang.ui.listing import Asking, Carried, Choose, Day, Find
from xirang.ui.listing.declaration import LONGEST, Filter
from xirang.ui.wording import paired, reader_language

ANSWER = "f."  # Before the code of a field, in the name of its filter.
DUE = {
    "late": gettext_lazy("已超期"),
    "today": gettext_lazy("今天到期"),
    "tomorrow": gettext_lazy("明天"),
    "week": gettext_lazy("本周"),
    "later": gettext_lazy("以后"),
    "waiting": gettext_lazy("等待中"),
}
STATES = {"done": gettext_lazy("已办结"), "all": gettext_lazy("在办和已办结")}


def _processes(asking: Asking) -> list[tuple[str, str]]:
    place = 1 if asking.language == "en" else 0
    return sorted((code, titles[place]) for code, titles in installed.titles().items())


def _outcomes(asking: Asking) -> list[tuple[str, str]]:
    return [(code, titled(OUTCOMES, code, asking.language)) for code in OUTCOMES]


def _declared_lists(asking: Asking) -> list[tuple[str, str]]:
    """The lists that active processes declare, as `process.view` and title."""
    processes = {active.code: active.process for active in installed.active_processes()}
    return [
        (f"{one.code}.{view.code}", f"{one.title.text(asking.language)} · {view.title.text(asking.language)}")
        for one in processes.values()
        for view in one.views.values()
    ]


def _area(asking: Asking) -> str:
    found = parse_uuid(asking.get("area"))
    return paired(_("区域"), get_area(found).shown_name) if found else ""


def _unit(asking: Asking) -> str:
    found = parse_uuid(asking.get("unit"))
    names = names_of_organisations({found}) if found else {}
    return paired(_("承办"), names[found]) if found in names else ""


def _stage(asking: Asking) -> str:
    code = asking.get("stage")
    stages = (active.process.stages for active in installed.active_processes())
    title = next((one[code].title.text(asking.language) for one in stages if code in one), "")
    return paired(_("环节"), title) if title else ""


def _due(asking: Asking) -> str:
    word = DUE.get(asking.get("due"))
    return paired(_("期限"), str(word)) if word else ""


def _reopened(asking: Asking) -> str:
    return _("重开过") if asking.get("reopened") == "1" else ""


def _state(asking: Asking) -> str:
    return str(STATES.get(asking.get("state"), ""))


def _closed(asking: Asking) -> str:
    day = asking.get("closed")
    return _("%(day)s 以来办结") % {"day": day} if _day(day) else ""


TEXT = Find(label=gettext_lazy("编号或事项"))
PROCESS = Choose(name="process", label=gettext_lazy("类别"), every=gettext_lazy("类别：全部"), options=_processes)
OUTCOME = Choose(name="outcome", label=gettext_lazy("结果"), every=gettext_lazy("结果：全部"), options=_outcomes)
LISTS = Choose(
    name="list", label=gettext_lazy("应用包的列表"), every=gettext_lazy("应用包的列表"), options=_declared_lists
)
SINCE = Day(name="since", label=gettext_lazy("提交日期自"))
LINKED = (
    Carried(name="due", said=_due),
    Carried(name="stage", said=_stage),
    Carried(name="area", said=_area),
    Carried(name="unit", said=_unit),
    Carried(name="reopened", said=_reopened),
    Carried(name="state", said=_state),
    Carried(name="closed", said=_closed),
)


def filters_of(request: Asked, *, declared: bool) -> tuple[Filter, ...]:
    """The filters of a list; a declared one has those of its process's own fields instead of the process."""
    if not declared:
        return (TEXT, PROCESS, OUTCOME, SINCE, *LINKED)
    found = _find_declared(request.GET.get("list", "")[:LONGEST].strip())
    if found is None:
        return (TEXT, PROCESS, OUTCOME, LISTS, SINCE, *LINKED)
    return (TEXT, LISTS, *_own_filters(found[0]), OUTCOME, SINCE, *LINKED)


def _own_filters(process: ProcessType) -> list[Filter]:
    """A filter for each answer that is picked from few: choices, yes or no."""
    language = reader_language()
    return [
        Choose(
            name=f"{ANSWER}{code}",
            label=spec.title.text(language),
            every=_("%(field)s：全部") % {"field": spec.title.text(language)},
            options=partial(_answers, spec),
        )
        for code, spec in kept_fields(process).items()
        if spec.kind in ("choice", "bool")
    ]


def _answers(spec: FieldSpec, asking: Asking) -> list[tuple[str, str]]:
    if spec.kind == "bool":
        return [("true", _("是")), ("false", _("否"))]
    return [(one.code, one.title.text(asking.language)) for one in (spec.choices.items if spec.choices else ())]


def wanted_of(asking: Asking, given: Mapping[str, Any]) -> CaseFilter:
    """What the filters look for; NotFoundError for a declared list that does not exist."""
    view = _declared(asking, given.get("list", ""))
    wanted = _plain(given)
    if asking.order in ("-due", "opened"):
        wanted = replace(wanted, turned=True)
    if view is None:
        return wanted
    known = kept_fields(view.process)
    answers = tuple(
        (code, text)
        for name, text in given.items()
        if name.startswith(ANSWER) and (code := name.removeprefix(ANSWER)) in known
    )
    return replace(wanted, state="open", process=view.process.code, declared=view, answers=answers)


def _plain(given: Mapping[str, Any]) -> CaseFilter:
    state = given.get("state", "open")
    return CaseFilter(
        state=state if state in ("open", "done", "all") else "open",
        due=given.get("due", ""),
        mine=bool(given.get("mine")),
        asked=bool(given.get("asked")),
        process=given.get("process", ""),
        stages=tuple(given["stages"]) if "stages" in given else (given["stage"],) if given.get("stage") else (),
        at=given.get("at"),
        outcome=given.get("outcome", ""),
        reopened=given.get("reopened") == "1",
        unit_id=parse_uuid(given.get("unit", "")),
        area_id=parse_uuid(given.get("area", "")),
        text=given.get("q", ""),
        since=_day(given.get("since", "")),
        closed_since=_day(given.get("closed", "")),
    )


def _day(text: str) -> date | None:
    """A day of an address, or None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _declared(asking: Asking, text: str) -> DeclaredView | None:
    """The list that a process declares, named `process.view` in the address; an unknown name is a list not found."""
    if not text:
        return None
    if text not in asking.found:
        found = _find_declared(text)
        if found is None:
            raise NotFoundError(
                code="no_such_list", zh="没有这个列表，它可能已随应用包停用。", en="There is no such list."
            )
        asking.found[text] = queries.read_view(*found, actor=asking.actor, now=asking.now)
    view: DeclaredView = asking.found[text]
    return view


def _find_declared(text: str) -> tuple[ProcessType, ViewSpec] | None:
    code, _dot, name = text.partition(".")
    process = next((active.process for active in installed.active_processes() if active.code == code), None)
    view = process.views.get(name) if process else None
    return (process, view) if process and view else None
