"""The columns of lists of cases: those that every list has, and those that a process declares for its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.names import view_columns
from xirang.engines.cases.logic.process import ProcessType, ViewSpec
from xirang.engines.cases.logic.sentences import answer_text
from xirang.engines.cases.logic.words import OUTCOMES, titled
from xirang.engines.cases.pages import views
from xirang.engines.cases.queries import installed
from xirang.engines.cases.queries.rows import CaseRow
from xirang.foundation.ids import is_uuid, parse_uuid
from xirang.people.queries import masked_fields, names_of_organisations
from xirang.ui.components import DueCell, NumberCell
from xirang.ui.components.lists import Role
from xirang.ui.listing import Asking, Shown
from xirang.ui.listing.declaration import Cell

BY_DEADLINE, BY_ARRIVAL = ("due", "-due"), ("-opened", "opened")
LONGEST = 60  # Letters of a long text that a cell shows.


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list, with what its declared columns show: answers by field, masked drawers, names by id."""

    case: CaseRow
    answers: Mapping[str, Any] = field(default_factory=dict)
    masked: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def drawer(self, person_id: UUID | None, drawer: str) -> str:
        """What the vault shows of a person, masked; empty where nothing is kept."""
        return self.masked.get(person_id, {}).get(drawer, "") if person_id else ""


def minute(at: datetime) -> str:
    """A moment with its year, as a list holds several years."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def area_of(row: Listed, asking: Asking) -> str:
    """The area in which a case lies."""
    return (row.case.area_name_en if asking.language == "en" else "") or row.case.area_name


def process_title(row: Listed, asking: Asking) -> str:
    """What the case's process is called."""
    return installed.process_of(row.case.process_id).title.text(asking.language)


def due_of(row: Listed, _asking: Asking) -> Cell:
    """The next deadline of an open case."""
    return DueCell(row.case.due_at) if row.case.stage_kind != "done" else ""


DUE: Shown[Listed] = Shown(key="due", title=_("截止"), role="due", cell=due_of, orders=BY_DEADLINE)
OPENED: Shown[Listed] = Shown(
    key="opened_at",
    title=_("提交时间"),
    short=True,
    cell=lambda row, _: minute(row.case.opened_at),
    orders=BY_ARRIVAL,
)
FIXED: tuple[Shown[Listed], ...] = (
    Shown(key="title", title=_("事项"), role="title", cell=lambda row, _: row.case.title),
    Shown(key="process", title=_("类别"), short=True, cell=process_title, secondary=True),
    Shown(
        key="status",
        title=_("状态"),
        role="status",
        cell=lambda row, asking: views.status_of_row(row.case, asking.language),
    ),
    Shown(key="area", title=_("区域"), short=True, cell=area_of, secondary=True),
    Shown(key="holder", title=_("承办"), cell=lambda row, _: row.case.holder, secondary=True),
    Shown(key="number", title=_("编号"), short=True, cell=lambda row, _: row.case.number, secondary=True),
)


def columns_of_lists(*, by_deadline: bool) -> tuple[Shown[Listed], ...]:
    """The columns of a list that mixes processes."""
    return (DUE if by_deadline else OPENED, *FIXED)


def declared_columns(process: ProcessType, view: ViewSpec, *, by_deadline: bool, language: str) -> list[Shown[Listed]]:
    """The columns that a list of a process shows, in the order in which it declares them."""
    known, shown = view_columns(process), view.show or ("number", "title")
    heading = _heading(process, shown)
    english = language == "en"
    return [
        _column(
            process,
            name,
            known[name].title_en if english else known[name].title_zh,
            heading=name == heading,
            by_deadline=by_deadline,
        )
        for name in shown
    ]


def _heading(process: ProcessType, shown: Sequence[str]) -> str:
    """The column that leads to the case: what it is about in words, else its number."""
    texts = [name for name in shown if name in process.fields and process.fields[name].kind == "text"]
    answers = [name for name in shown if name in process.fields and not process.fields[name].personal]
    return next((name for name in ("title", *texts, *answers, "about", "number") if name in shown), shown[0])


def _column(process: ProcessType, name: str, title: str, *, heading: bool, by_deadline: bool) -> Shown[Listed]:
    kind, cell = _cell(process, name)
    role: Role = "meta" if kind == "short" else kind
    orders: tuple[str, ...] = ()
    if role == "due" and by_deadline:
        orders = BY_DEADLINE
    elif name == "opened_at" and not by_deadline:
        orders = BY_ARRIVAL
    spec = process.fields.get(name)
    personal = name == "requester" or (name == "about" and process.about == "person") or bool(spec and spec.personal)
    main = heading or role in ("due", "status")
    return Shown(
        key=name,
        title=title,
        role="title" if heading else role,
        short=kind == "short" and not heading,
        cell=cell,
        secondary=not main,
        personal=personal,
        orders=orders,
    )


Kind = Role | Literal["short"]  # Short is what stays on one line: a number, a code, a day.
CellOf = Callable[[Listed, Asking], Cell]
_CELLS: Mapping[str, tuple[Kind, CellOf]] = {
    "number": ("short", lambda row, _: row.case.number),
    "title": ("title", lambda row, _: row.case.title),
    "area": ("short", area_of),
    "stage": ("status", lambda row, asking: views.status_of_row(row.case, asking.language)),
    "holder": ("meta", lambda row, _: row.case.holder),
    "requester": ("meta", lambda row, asking: _requester(row, asking)),
    "about": ("meta", lambda row, _: row.case.about or row.drawer(row.case.about_person_id, "name")),
    "outcome": ("meta", lambda row, asking: _outcome(row, asking)),
    "reopened": ("number", lambda row, _: NumberCell(row.case.reopened)),
    "due": ("due", due_of),
    "opened_at": ("short", lambda row, _: minute(row.case.opened_at)),
    "closed_at": ("short", lambda row, _: minute(row.case.closed_at) if row.case.closed_at else ""),
}


_KINDS: Mapping[str, Kind] = {"int": "number", "files": "number", "choice": "short", "bool": "short", "date": "short"}


def _cell(process: ProcessType, name: str) -> tuple[Kind, CellOf]:
    if name in _CELLS:
        return _CELLS[name]
    if name in process.fields:
        spec = process.fields[name]
        return _KINDS.get(spec.kind, "meta"), lambda row, asking: _answer(spec, row, asking)
    clock = name.removesuffix(".due")
    return "due", lambda row, asking: due_of(row, asking) if row.case.due_clock == clock else ""


def _requester(row: Listed, asking: Asking) -> str:
    """The firm, and the person's name as masked."""
    both = [one for one in (row.case.requester, row.drawer(row.case.requester_person_id, "name")) if one]
    return (", " if asking.language == "en" else "，").join(both)


def _outcome(row: Listed, asking: Asking) -> str:
    return titled(OUTCOMES, row.case.outcome, asking.language) if row.case.outcome else ""


def _answer(spec: FieldSpec, row: Listed, asking: Asking) -> Cell:
    value = row.answers.get(spec.code)
    if isinstance(value, dict) and "person" in value:
        return row.drawer(parse_uuid(str(value["person"])), value["drawer"])
    if value in (None, "", []) or spec.personal:
        return ""  # What is personal shows from the vault, masked, or not at all.
    if isinstance(value, list) and spec.kind == "files":
        return NumberCell(len(value))
    if isinstance(value, int) and spec.kind == "int":
        return NumberCell(value)
    text = " ".join(answer_text(spec, value, row.names, asking.language).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def listed(cases: Sequence[CaseRow], process: ProcessType, shown: Sequence[str]) -> list[Listed]:
    """The rows with what declared columns show beside the case: one statement for the vault, one for names."""
    specs = [process.fields[name] for name in shown if name in process.fields]
    answers = [case.fields if specs else {} for case in cases]
    persons, drawers = _persons(cases, answers, specs, shown)
    masked = masked_fields(persons, sorted(drawers)) if persons else {}
    parties = [spec.code for spec in specs if spec.kind in ("unit", "organisation")]
    ids = {UUID(str(one[code])) for one in answers for code in parties if is_uuid(one.get(code))}
    names = {str(pk): name for pk, name in names_of_organisations(ids).items()} if ids else {}
    return [Listed(case, given, masked, names) for case, given in zip(cases, answers, strict=True)]


def _persons(
    cases: Sequence[CaseRow], answers: Sequence[Mapping[str, Any]], specs: Sequence[FieldSpec], shown: Sequence[str]
) -> tuple[set[UUID], set[str]]:
    """Whose drawers the columns show, and which ones."""
    persons: set[UUID] = set()
    for case in cases:
        beside = [case.requester_person_id] if "requester" in shown else []
        beside += [case.about_person_id] if "about" in shown else []
        persons.update(person for person in beside if person)
    drawers: set[str] = {"name"} if persons else set()
    for given in answers:
        for spec in specs:
            value = given.get(spec.code)
            if isinstance(value, dict) and "person" in value:
                persons.add(UUID(value["person"]))
                drawers.add(value["drawer"])
    return persons, drawers
