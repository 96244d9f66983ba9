"""Finding cases by their words: the newest within the actor's scope first, then by the index of words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any
from uuid import UUID

from django.db.models import Q

from xirang.engines.cases import policy
from xirang.engines.cases.logic.searching import Piece, Told, area_code, inner_code, pieces_of
from xirang.engines.cases.models import Attachment, Case, CaseEvent, WordsMark, scope
from xirang.engines.cases.queries import installed
from xirang.foundation.actor import Actor
from xirang.foundation.ids import CaseNumberError, parse_case_number
from xirang.foundation.search import Question
from xirang.foundation.statements import Part, joined, of_scope, part, rows
from xirang.people.queries import list_persons_by_phone, masked_fields, names_of_organisations

NEWEST = 2000  # Cases that are looked through before the index is asked, shared out among the branches.
ENOUGH = 10  # So many hits among the newest fill the first page, and the index need not be asked.
CAP = 100  # Beyond so many hits nobody reads the count.
CANDIDATES = 2500  # A word that more cases have, and few of the newest, is not looked for any further.
# By case: whether it is closed, when it was opened, its id, whether open texts have all words.
Rows = dict[UUID, tuple[Any, ...]]
MOST_INSIDE = 4  # Of more words than these none is looked for in internal texts: the ways double with each.
_BELOW_COUNTY = ("town_id", "village_id", "area_id")


@dataclass(frozen=True, slots=True)
class FoundCase:
    """One case with the texts that have the words, as this actor may read them."""

    case: Case
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FoundCases:
    """The first hits, open ones first and then the newest, and how many there are; `more`: at least so many."""

    hits: tuple[FoundCase, ...]
    count: int
    more: bool


def search_cases(*, actor: Actor, question: Question, limit: int, language: str) -> FoundCases:
    """Cases within the actor's scope that have all words in what the actor may read of them.

    Two statements find them, whatever the size of the table: the newest of each branch are looked through, which
    finds common words; where that gives few, the index gives those of a rare one. A word that is common elsewhere and
    rare among the newest is told as `more`.
    """
    branches = scope.branches(actor)
    if not question.words or not branches:
        return FoundCases((), 0, False)
    inside = any(branch.reason != "requester" for branch in branches)
    wanted = _matching(question, inside=inside and len(question.words) <= MOST_INSIDE)
    found, whole = _among_newest(branches, wanted)
    if not whole and len(found) < ENOUGH:
        by_index, whole = _by_index(branches, wanted)
        found = {**by_index, **found}
    return _shown(actor, question, found, whole=whole, limit=limit, language=language)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The condition on the words, and the one that asks for texts only that everybody reads."""

    either: Part
    plain: Part


def _matching(question: Question, *, inside: bool) -> _Wanted:
    every = [code for word in question.words for code in word.codes]
    plain = part("w.terms @> {codes}::int4[]", codes=every)
    if not inside:
        return _Wanted(plain, plain)
    # Each word stands in open or in internal texts. Written out, every way is one look into the index that goes by its
    # rarest token; joined word by word, the server would gather all rows of each common word first.
    ways = product(*[(list(word.codes), [inner_code(one) for one in word.tokens]) for word in question.words])
    parts = [part("w.terms @> {codes}::int4[]", codes=[code for word in way for code in word]) for way in ways]
    return _Wanted(part("({ways})", ways=joined(parts, " OR ")), plain)


def _among_newest(branches: Sequence[scope.Branch], wanted: _Wanted) -> tuple[Rows, bool]:
    """Hits among the newest cases of each branch, and whether that was all there are; carried by case_all_*.

    `OFFSET 0` keeps the server from going by the index of words here: it would fetch all rows of a common word.
    """
    most = max(1, NEWEST // len(branches))
    parts = [
        part(
            "(SELECT c.id, c.opened_at FROM cases_case c WHERE {scope}"
            " ORDER BY c.opened_at DESC, c.id DESC LIMIT {newest})",
            scope=of_scope(Case, branch.condition, "c"),
            newest=most,
        )
        for branch in branches
    ]
    found = rows(
        part(
            "WITH newest AS MATERIALIZED ({branches}), looked AS (SELECT count(*) AS n FROM newest),"
            " hits AS (SELECT DISTINCT n.opened_at, n.id, w.plain FROM newest n CROSS JOIN LATERAL"
            " (SELECT {plain} AS plain, {either} AS either FROM cases_casewords w WHERE w.case_id = n.id OFFSET 0) w"
            " WHERE w.either ORDER BY n.opened_at DESC, n.id DESC LIMIT {limit})"
            " SELECT c.stage_kind = 'done', h.opened_at, h.id, h.plain, looked.n"
            " FROM looked LEFT JOIN (hits h JOIN cases_case c ON c.id = h.id) ON TRUE",
            branches=joined(parts, " UNION ALL "),
            plain=wanted.plain,
            either=wanted.either,
            limit=CAP + 1,
        )
    )
    # One branch that is full is enough for there to be more.
    whole = not found or found[0][4] < most
    return {row[2]: row[:4] for row in found if row[2] is not None}, whole


def _by_index(branches: Sequence[scope.Branch], wanted: _Wanted) -> tuple[Rows, bool]:
    """Hits among all cases that have the words, and whether none was left out; carried by case_words."""
    groups = [(Part(f"f{number}"), *group) for number, group in enumerate(_grouped(branches))]
    most = max(1, CANDIDATES // len(groups))
    having = [
        part(
            "{name} AS MATERIALIZED (SELECT w.case_id, w.opened_at, {plain} AS plain FROM cases_casewords w"
            " WHERE {either}{area} LIMIT {most})",
            name=name,
            plain=wanted.plain,
            either=wanted.either,
            area=area,
            most=most,
        )
        for name, area, _condition in groups
    ]
    # Newest first, and each case fetched only until there are enough.
    seen = [
        part(
            "(SELECT c.done, f.opened_at, f.case_id, f.plain"
            " FROM (SELECT * FROM {name} ORDER BY opened_at DESC, case_id DESC) f CROSS JOIN LATERAL"
            " (SELECT c.stage_kind = 'done' AS done FROM cases_case c WHERE c.id = f.case_id AND {scope} OFFSET 0) c"
            " LIMIT {limit})",
            name=name,
            scope=of_scope(Case, condition, "c"),
            limit=CAP + 1,
        )
        for name, _area, condition in groups
    ]
    counted = [part("(SELECT count(*) FROM {name})", name=name) for name, _area, _condition in groups]
    found = rows(
        part(
            "WITH {having} SELECT b.done, b.opened_at, b.case_id, b.plain, looked.n"
            " FROM (SELECT greatest({counted}) AS n) looked LEFT JOIN ({seen}) b ON TRUE",
            having=joined(having, ", "),
            counted=joined(counted, ", "),
            seen=joined(seen, " UNION ALL "),
        )
    )
    return {row[2]: row[:4] for row in found if row[2] is not None}, not found or found[0][4] < most


def _grouped(branches: Sequence[scope.Branch]) -> list[tuple[Part, Q]]:
    """Each area below the county with its own words in the index, and all other branches together."""
    found, rest = [], Q()
    for branch in branches:
        if areas := _areas_of(branch.condition):
            found.append((part(" AND w.terms @> {codes}::int4[]", codes=areas), branch.condition))
        else:
            rest |= branch.condition
    return [*found, (Part(""), rest)] if rest else found


def _areas_of(condition: Q) -> list[int]:
    """The code of the area that a branch names, where the index knows it."""
    if condition.connector != Q.AND or condition.negated:
        return []
    pairs = [child for child in condition.children if isinstance(child, tuple)]
    inner = [child for child in condition.children if isinstance(child, Q)]
    here = [area_code(str(value)) for name, value in pairs if name in _BELOW_COUNTY]
    return here + [code for child in inner for code in _areas_of(child)]


def _shown(
    actor: Actor,
    question: Question,
    found: Rows,
    *,
    whole: bool,
    limit: int,
    language: str,
) -> FoundCases:
    """The first hits with their texts; what matches only where the actor does not read is no hit and is not counted."""
    order = sorted(found.values(), key=lambda row: (row[0], -row[1].timestamp(), -row[2].int))
    sure = {row[2] for row in order if row[3]} | _read_inside(actor, [row[2] for row in order if not row[3]])
    ids = [row[2] for row in order if row[2] in sure]
    # Numbers of tokens say that a text may have the words; whether it does is seen here.
    first = _with_texts(actor, ids[: limit + 5], question, language)
    dropped = len(ids[: limit + 5]) - len(first)
    count = len(ids) - dropped
    return FoundCases(tuple(first[:limit]), min(count, CAP), count > CAP or (not whole))


def _read_inside(actor: Actor, case_ids: list[UUID]) -> set[UUID]:
    """Those of these cases of which the actor reads internal texts."""
    if not case_ids:
        return set()
    cases = Case.objects.within(actor).filter(pk__in=case_ids).select_related("area")
    return {case.pk for case in cases if _sees_internal(actor, case)}


def _sees_internal(actor: Actor, case: Case) -> bool:
    return policy.sees_internal(policy.relations_to(actor, case), installed.process_of(case.process_id))


def _with_texts(actor: Actor, case_ids: list[UUID], question: Question, language: str) -> list[FoundCase]:
    """These cases in this order, each with the texts that have the words; left out where a word stands in none."""
    if not case_ids:
        return []
    cases = Case.objects.within(actor).filter(pk__in=case_ids).select_related("area").in_bulk()
    events: dict[UUID, list[CaseEvent]] = defaultdict(list)
    for event in CaseEvent.objects.filter(case_id__in=case_ids, kind__in=["acted", "noted"]).order_by("seq"):
        events[event.case_id].append(event)
    files: dict[UUID, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.filter(case_id__in=case_ids).order_by("id"):
        files[file.case_id].append(file)
    firms = {pk for case in cases.values() for pk in (case.requester_organisation_id, case.about_organisation_id) if pk}
    names = names_of_organisations(firms) if firms else {}
    found = []
    for case_id in case_ids:
        if case_id not in cases:
            continue
        case = cases[case_id]
        both = dict.fromkeys((case.requester_organisation_id, case.about_organisation_id))
        told = Told(
            case.number,
            case.title,
            case.fields,
            events[case_id],
            files[case_id],
            [names[pk] for pk in both if pk in names],
        )
        inside = _sees_internal(actor, case)
        pieces = [
            piece
            for piece in pieces_of(installed.process_of(case.process_id), told, language)
            if inside or not piece.internal
        ]
        if all(any(piece.has(word) for piece in pieces) for word in question.words):
            matching = [piece for piece in pieces if any(piece.has(word) for word in question.words)]
            found.append(FoundCase(case, tuple(matching)))
    return found


def count_unkept_events(limit: int = 100_000) -> int:
    """How many events of the log are not yet looked for, counted up to `limit`; carried by the log's key."""
    done = WordsMark.objects.values_list("done", flat=True).first() or 0
    return CaseEvent.objects.filter(id__gt=done)[:limit].count()


def find_case_by_number(*, actor: Actor, number: str) -> Case | None:
    """The case of a number as people type it, within the actor's scope."""
    try:
        wanted = str(parse_case_number(number))
    except CaseNumberError:
        return None
    return Case.objects.within(actor).filter(number=wanted).first()


def list_cases_by_phone(*, actor: Actor, phone: str, now: datetime) -> list[tuple[Case, str]]:
    """Cases whose requester left this telephone number, newest first, each with the number masked.

    Only those of which the actor may call the requester: nobody else learns from it whose number it is.
    """
    persons = list_persons_by_phone(phone, now=now)
    if not persons:
        return []
    cases = Case.objects.within(actor).filter(requester_person_id__in=persons).select_related("area")
    found = [
        case
        for case in cases.order_by("-opened_at", "-id")[:CAP]
        if policy.can_reveal_contact(installed.process_of(case.process_id), policy.relations_to(actor, case))
    ]
    masked = masked_fields({case.requester_person_id for case in found if case.requester_person_id}, ["phone"])
    return [
        (case, masked.get(case.requester_person_id, {}).get("phone", "") if case.requester_person_id else "")
        for case in found
    ]
