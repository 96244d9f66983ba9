"""The first cases of each branch of a scope as plain SQL: every branch, and every stage, along an index of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from xirang.engines.cases.models import Case
from xirang.engines.cases.models.scope import Branch
from xirang.engines.cases.queries.values import Answered
from xirang.foundation.statements import EVERYTHING, Part, joined, of_scope, part, where

# As the conditions of the indexes say it: a plan that is kept for all values cannot see that a value fulfils them.
EMPTY = Part("")
OPEN = Part("NOT (c.stage_kind = 'done')")
DONE = Part("c.stage_kind = 'done'")
HELPED = Part("NOT (c.co_holders = '{}')")
# For these reasons the table has an index that begins with who sees the case and the stage in which it is.
BY_STAGE = ("area", "holder")
Order = tuple[Part, Part]
BY_DEADLINE: Order = (Part("order_at"), Part(""))
BY_DEADLINE_BACKWARDS: Order = (Part("order_at"), Part(" DESC"))
BY_ARRIVAL: Order = (Part("opened_at"), Part(" DESC"))
BY_ARRIVAL_BACKWARDS: Order = (Part("opened_at"), Part(""))


@dataclass(frozen=True, slots=True)
class Sought:
    """Which cases are looked for: a condition on the table `c`, and the stages where they are named.

    `stages` are codes of stages, `at` pairs of process and stage; None where nothing is said of them. `lead` is an
    answer that all of them have given and by which they are found, `begins` where their page begins in the order.
    """

    condition: Part = EVERYTHING
    open_only: bool = False
    stages: tuple[str, ...] | None = None
    at: tuple[tuple[str, str], ...] | None = None
    lead: Answered | None = None
    begins: Any = None


@dataclass(frozen=True, slots=True)
class _Places:
    """The places in which cases are looked for one after the other, and how a case is compared with one of them."""

    table: Part = field(default=EVERYTHING)
    compared: Part = field(default=EVERYTHING)
    plain: Part = field(default=EVERYTHING)


def carried(sought: Sought) -> Order:
    """The order whose indexes hold what is sought: by deadline only open cases are indexed, by arrival all of them."""
    return BY_DEADLINE if sought.open_only else BY_ARRIVAL


def first_keys(branches: Sequence[Branch], sought: Sought, order: Order, most: int) -> Part:
    """Id and sorting key of the first `most` cases that are sought, each once, as a statement in brackets.

    Every branch, and within it every named stage, gives its first `most` cases in order; where there are few of them
    no other case is looked at. NotPlainError where a branch is no plain condition.
    """
    places = _places(sought)
    parts = [_branch(branch, sought, places, order, most) for branch in branches]
    if len(parts) == 1:
        return parts[0]
    column, way = order
    template = "({parts} ORDER BY {column}{way}, id{way} LIMIT {most})"
    return part(template, parts=joined(parts, " UNION "), column=column, way=way, most=Part(str(most)))


def _branch(branch: Branch, sought: Sought, places: _Places | None, order: Order, most: int) -> Part:
    scope = of_scope(Case, branch.condition, "c")
    if branch.reason == "helper":
        scope = joined([scope, HELPED], " AND ")
    if sought.lead is not None and places is None and branch.reason in BY_STAGE:
        return _by_answer(branch, sought.lead, scope, sought, order, most)
    if places is None:
        return _ordered(_conditions(scope, sought), order, most)
    if sought.open_only and branch.reason == "requester":
        return _fetched_first(_conditions(scope, sought), places.plain, order, most)
    if not sought.open_only or branch.reason not in BY_STAGE:
        return _ordered([*_conditions(scope, sought), places.plain], order, most)
    inner = _ordered([*_conditions(scope, sought), places.compared], order, most)
    column, way = order
    template = (
        "(SELECT x.id, x.{column} FROM {table} CROSS JOIN LATERAL {inner} AS x"
        " ORDER BY x.{column}{way}, x.id{way} LIMIT {most})"
    )
    return part(template, table=places.table, inner=inner, column=column, way=way, most=Part(str(most)))


def _conditions(scope: Part, sought: Sought) -> list[Part]:
    return [scope, OPEN, sought.condition] if sought.open_only else [scope, sought.condition]


def _ordered(conditions: list[Part], order: Order, most: int) -> Part:
    column, way = order
    template = (
        "(SELECT c.id, c.{column} FROM cases_case c WHERE {conditions}"
        " ORDER BY c.{column}{way}, c.id{way} LIMIT {most})"
    )
    return part(template, conditions=joined(conditions, " AND "), column=column, way=way, most=Part(str(most)))


# Whose unit holds a case looks through the cases of a rare answer, else through those of the unit.
FEW = 500
_OF_ANSWER = "v.process_code = {process} AND v.field = {field} AND v.value = {value}{open}"
_WALK = (
    "(SELECT v.case_id AS id, v.{column} FROM cases_casevalue v"
    " CROSS JOIN LATERAL (SELECT 1 FROM cases_case c WHERE c.id = v.case_id AND {conditions} OFFSET 0) AS c"
    " WHERE {answer}{begins}{guard} ORDER BY v.{column}{way}, v.case_id{way} LIMIT {most})"
)
_MANY = "EXISTS (SELECT 1 FROM cases_casevalue v WHERE {answer} OFFSET {few})"


def _by_answer(branch: Branch, lead: Answered, scope: Part, sought: Sought, order: Order, most: int) -> Part:
    """As `_ordered`, for cases that have all given one answer.

    Within an area they are taken along the index of the answer: many of them lie there. A unit has few cases of its
    own, so that only a rare answer leads to them sooner than the unit does; the server counts before it chooses.
    """
    column, way = order
    still_open = Part(" AND v.order_at IS NOT NULL" if sought.open_only else "")
    answer = part(_OF_ANSWER, process=lead.process, field=lead.code, value=lead.values[0], open=still_open)
    begins = EMPTY
    if sought.begins is not None:
        compared = Part("<=" if way.text else ">=")
        begins = part(" AND v.{column} {compared} {at}", column=column, compared=compared, at=sought.begins)
    conditions = _conditions(scope, sought)
    walk = {"column": column, "way": way, "answer": answer, "begins": begins, "most": Part(str(most))}
    walk["conditions"] = joined(conditions, " AND ")
    if branch.reason == "area":
        return part(_WALK, guard=EMPTY, **walk)
    many = part(_MANY, answer=answer, few=Part(str(FEW)))
    by_answer = part(_WALK, guard=part(" AND NOT {many}", many=many), **walk)
    by_unit = _ordered([*conditions, many], order, most)
    template = "(SELECT id, {column} FROM ({a} UNION ALL {b}) AS x ORDER BY {column}{way}, id{way} LIMIT {most})"
    return part(template, a=by_answer, b=by_unit, column=column, way=way, most=walk["most"])


def _fetched_first(conditions: list[Part], further: Part, order: Order, most: int) -> Part:
    """As `_ordered`, where somebody's own few cases are to be fetched first: OFFSET 0 keeps the planner from looking
    through everybody's cases of a stage instead.
    """
    column, way = order
    template = (
        "(SELECT c.id, c.{column} FROM"
        " (SELECT c.id, c.{column}, c.stage, c.process_code FROM cases_case c WHERE {conditions} OFFSET 0) AS c"
        " WHERE {further} ORDER BY c.{column}{way}, c.id{way} LIMIT {most})"
    )
    both = joined(conditions, " AND ")
    return part(template, conditions=both, further=further, column=column, way=way, most=Part(str(most)))


def _places(sought: Sought) -> _Places | None:
    if sought.at is not None:
        processes, stages = [code for code, _stage in sought.at], [stage for _code, stage in sought.at]
        pairs = [Q(process_code=code, stage=stage) for code, stage in sought.at]
        either = [where(Case, pair, "c") for pair in pairs]
        return _Places(
            part("unnest({codes}::text[], {stages}::text[]) AS s(process, stage)", codes=processes, stages=stages),
            Part("c.process_code = s.process AND c.stage = s.stage"),
            part("({either})", either=joined(either, " OR ")) if either else Part("FALSE"),
        )
    if sought.stages is not None:
        named = list(dict.fromkeys(sought.stages))
        return _Places(
            part("unnest({stages}::text[]) AS s(stage)", stages=named),
            Part("c.stage = s.stage"),
            part("c.stage = ANY({stages}::text[])", stages=named),
        )
    return None
