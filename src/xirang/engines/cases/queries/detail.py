"""Everything that a page shows of one case to one actor: fields, history, clock with its reason, allowed actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from xirang.engines.cases import policy
from xirang.engines.cases.logic.actions import Withheld
from xirang.engines.cases.logic.dispatching import Dispatch
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.opening import first_dispatch
from xirang.engines.cases.logic.process import ActionSpec, ProcessType
from xirang.engines.cases.logic.reasons import ClockReason, clock_reason, due_ruler
from xirang.engines.cases.logic.replay import replay
from xirang.engines.cases.logic.sentences import answer_text, step_title
from xirang.engines.cases.logic.state import CaseState
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries import prefill
from xirang.engines.cases.queries.caused import Caused
from xirang.engines.cases.queries.installed import process_of
from xirang.engines.cases.queries.replaying import CALENDAR
from xirang.engines.cases.queries.sheet import Entered, File, read_case, read_log
from xirang.engines.cases.queries.standing import standing_of
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import RulerDay, remaining_sentence
from xirang.foundation.ids import is_uuid
from xirang.foundation.language import is_english
from xirang.people.queries import masked_fields


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as text: its field's title, the text (masked where personal), and files where it is files."""

    code: str
    title: str
    text: str
    personal: bool = False
    person_id: UUID | None = None
    drawer: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of the history as this actor may read it."""

    seq: int
    at: datetime
    title: str
    who: str
    unit: str
    kind: str
    action: str
    internal: bool
    answers: tuple[Shown, ...]
    because: str = ""


@dataclass(frozen=True, slots=True)
class ClockView:
    """The clock that is due next: how it stands, its reason, and the days of the working-day ruler."""

    code: str
    title: str
    due_at: datetime | None
    status: str
    late: bool
    headline: str
    reason: ClockReason
    days: Sequence[RulerDay]


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case for one actor: `process` tells its history, `offered` is what may be done with it where it lies."""

    case: Case
    process: ProcessType
    offered: ProcessType
    state: CaseState
    relations: frozenset[str]
    internal: bool
    fields: tuple[Shown, ...]
    entries: tuple[Entry, ...]
    clock: ClockView | None
    allowed: tuple[ActionSpec, ...]
    withheld: tuple[Withheld, ...]
    requester: str
    requester_phone: str
    about: str
    can_note: bool
    can_reply: bool
    language: str
    caused: tuple[Caused, ...] = ()


def get_case_view(*, actor: Actor, case_id: UUID, now: datetime, language: str = "zh") -> CaseView:
    """One case with all that its page needs, in a bounded number of queries; NoSuchCaseError outside the scope."""
    case, caused = read_case(actor=actor, case_id=case_id)
    process, rows = process_of(case.process_id), read_log(case)
    state = replay(process, [row.event for row in rows], CALENDAR)
    standing = standing_of(case, process, state, actor=actor, now=now)
    relations = standing.relations
    internal = policy.sees_internal(relations, process)
    vault = _Vault(case, state, rows)
    rated = policy.sees_rating(actor, case, relations)
    words = _Words(process, language, rows, vault, internal=internal, rated=rated)
    allowed, withheld = standing.allowed()
    # A requester sees every step that was taken and by whom; what was said internally stays inside.
    shown = [row for row in reversed(rows) if internal or row.kind == "acted" or not row.internal]
    entries = tuple(words.entry(row, secret=row.internal and not internal) for row in shown)
    name, phone = _requester(case, vault, language)
    return CaseView(
        case,
        process,
        standing.offered,
        state,
        relations,
        internal,
        words.fields(state.values),
        entries,
        _clock(process, state, now, language),
        tuple(a for a in allowed if not a.clock),
        withheld,
        name,
        phone,
        _about(case, vault),
        policy.can_note_case(process, relations),
        policy.can_reply_to_case(process, relations),
        language,
        caused,
    )


def suggested_unit(view: CaseView) -> Dispatch | None:
    """What the dispatch rules say of a case as it was when it was opened, or None: then the desk decides."""
    ground = prefill.ground_of_case(view.offered, view.case)
    return first_dispatch(view.offered, ground, view.state.values, view.case.opened_at, CALENDAR)


class _Vault:
    """What a case shows of the vault, masked: of all its persons by one statement, of none by none."""

    def __init__(self, case: Case, state: CaseState, rows: Sequence[Entered]) -> None:
        persons, drawers = set(), set()
        for person_id in (case.requester_person_id, case.about_person_id):
            if person_id:
                persons.add(person_id)
                drawers |= {"name", "phone"}
        for given in (state.values, *(row.body.get("answers", {}) for row in rows if row.kind == "acted")):
            for value in given.values():
                if isinstance(value, dict) and "person" in value:
                    persons.add(UUID(value["person"]))
                    drawers.add(value["drawer"])
        self._masked = masked_fields(persons, sorted(drawers)) if persons else {}

    def of(self, person_id: UUID | None, drawer: str) -> str:
        """The masked value, or empty where nothing is kept or it was erased."""
        return self._masked.get(person_id, {}).get(drawer, "") if person_id else ""


def _requester(case: Case, vault: _Vault, language: str) -> tuple[str, str]:
    """The requester's name and phone, masked; the words for somebody who gave neither."""
    firm = case.requester_organisation.name if case.requester_organisation else ""
    comma, nobody = (", ", "No name left") if is_english(language) else ("，", "未留姓名")
    name, phone = (vault.of(case.requester_person_id, drawer) for drawer in ("name", "phone"))
    return comma.join(part for part in (firm, name) if part) or nobody, phone


def _about(case: Case, vault: _Vault) -> str:
    """Whom a case is about besides who asks: another organisation's name, or the person's, masked."""
    if case.about_organisation and case.about_organisation_id != case.requester_organisation_id:
        return case.about_organisation.name
    return vault.of(case.about_person_id, "name")


def _clock(process: ProcessType, state: CaseState, now: datetime, language: str) -> ClockView | None:
    """The clock due next; where all stand still, the one that was paused last."""
    code = state.due_clock or next((name for name, clock in state.clocks.items() if clock.status == "paused"), "")
    if not code:
        return None
    clock, spec = state.clocks[code], process.all_clocks[code]
    due = clock.due_at
    headline = (
        remaining_sentence(due, now, CALENDAR, natural=not clock.remaining.counts_working_time, language=language)
        if due
        else ("计时已暂停" if language == "zh" else "The clock stands still")
    )
    return ClockView(
        code,
        spec.title.text(language),
        due,
        clock.status,
        due is not None and due < now,
        headline,
        clock_reason(process, state, code, CALENDAR),
        due_ruler(process, state, code, now, CALENDAR),
    )


class _Words:
    """Puts the answers of one case into words, with the files and names that its log brought along."""

    def __init__(
        self,
        process: ProcessType,
        language: str,
        rows: Sequence[Entered],
        vault: _Vault,
        *,
        internal: bool,
        rated: bool,
    ) -> None:
        self.process, self.language, self.vault, self.rated = process, language, vault, rated
        self.units = {pk: name for row in rows for pk, name in row.names.items()}
        self.files: dict[tuple[int, str], list[File]] = {}
        for row in rows:
            for file in row.files:
                if internal or not file.internal:
                    self.files.setdefault((row.seq, file.field), []).append(file)

    def fields(self, values: Mapping[str, Any]) -> tuple[Shown, ...]:
        """The answers of the form, in the order in which they are asked."""
        return tuple(self._shown(spec, values[code], 1) for code, spec in self.process.fields.items() if code in values)

    def entry(self, row: Entered, *, secret: bool = False) -> Entry:
        """One step of the history; of a `secret` one only which unit it names."""
        answers: tuple[Shown, ...] = ()
        if row.kind == "acted":
            asks = self.process.actions[row.action].asks
            given = row.body.get("answers", {})
            answers = tuple(
                self._shown(spec, given[code], row.seq)
                for code, spec in asks.items()
                if code in given and (spec.kind != "rating" or self.rated) and (not secret or spec.kind == "unit")
            )
        elif row.kind == "noted":
            answers = (Shown("text", "", row.body["text"]),)
        because = row.body.get("because", {})
        return Entry(
            row.seq,
            row.at,
            step_title(self.process, row.kind, row.action, row.body, internal=row.internal, language=self.language),
            self._who(row),
            row.unit,
            row.kind,
            row.action,
            row.internal,
            answers,
            because.get(self.language, "") if isinstance(because, dict) else "",
        )

    def _who(self, row: Entered) -> str:
        if row.stands_in_for:
            absent, english = row.stands_in_for, is_english(self.language)
            return row.actor_name + (f" (for {absent})" if english else f"（代 {absent}）")
        return row.actor_name

    def _shown(self, spec: FieldSpec, value: Any, seq: int) -> Shown:
        title = spec.title.text(self.language)
        if spec.kind == "files":
            return Shown(spec.code, title, "", files=tuple(self.files.get((seq, spec.code), ())))
        if isinstance(value, dict) and "person" in value:
            person = UUID(value["person"])
            text = self.vault.of(person, value["drawer"]) or ("erased" if self.language == "en" else "已删除")
            return Shown(spec.code, title, text, personal=True, person_id=person, drawer=value["drawer"])
        named = spec.kind in ("unit", "organisation") and is_uuid(value)
        return Shown(spec.code, title, answer_text(spec, value, self.units if named else {}, self.language))
