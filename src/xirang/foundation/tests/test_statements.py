"""Plain statements mean what Django's own compiler means, and fail closed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from xirang.engines.cases.models import Case
from xirang.foundation import statements
from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.scope import NOTHING, UnscopedReadError
from xirang.foundation.statements import NotPlainError, Part, joined, of_scope, part, unscoped, where, within
from xirang.people.models import Account, Organisation

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
UNIT = "01a1fe57-ba61-72aa-8000-0123456789ab"


def test_a_part_is_put_in_as_it_stands_and_anything_else_becomes_a_value() -> None:
    inner = part("c.number = {number}", number="HL' --")
    made = part("SELECT {size} WHERE {inner} AND {name} = 'a%%'", size=3, inner=inner, name="x")
    assert made == Part("SELECT %s WHERE c.number = %s AND %s = 'a%%'", (3, "HL' --", "x"))
    assert joined([Part("a = %s", (1,)), Part("b")], " OR ") == Part("a = %s OR b", (1,))


def test_conditions_of_one_table_become_sql() -> None:
    asked = Q(process_code="a", stage__in=("x", "y")) & (Q(due_at__lte=NOW) | Q(co_holders__overlap=[UNIT]))
    made = where(Case, asked & ~Q(stage_kind="done"), "c")
    assert made.text == (
        "(c.process_code = %s AND c.stage = ANY(%s) AND (c.due_at <= %s OR c.co_holders && %s)"
        " AND NOT (c.stage_kind = %s))"
    )
    assert [type(value).__name__ for value in made.values] == ["str", "list", "datetime", "list", "str"]
    assert str(made.values[3][0]) == UNIT
    assert where(Case, NOTHING, "c").text == "(FALSE)"
    assert where(Case, Q(), "c").text == "TRUE"
    assert where(Case, Q(due_at__isnull=False), "c").text == "(c.due_at IS NOT NULL)"


@pytest.mark.parametrize(
    "asked",
    [
        Q(holder_unit__name="x"),
        Q(title__icontains="x"),
        Q(opened_at__date="2026-11-21"),
        Q(nothing_of_the_kind=1),
        Q(due_at=F("order_at")),
        Q(due_at=None),
        Q(Exists(Case.objects.filter(pk=OuterRef("pk")))),
        # Django counts an empty column as unlike every value; plain SQL would lose the row.
        ~Q(holder_unit=UNIT),
    ],
)
def test_what_is_not_plain_is_refused(asked: Q) -> None:
    with pytest.raises(NotPlainError):
        where(Case, asked, "c")


def test_a_statement_without_a_scope_never_reaches_the_database() -> None:
    with pytest.raises(UnscopedReadError, match="cases_case"):
        statements.rows(Part("SELECT c.id FROM cases_case c"))
    with pytest.raises(UnscopedReadError, match="people_organisation"):
        statements.rows(
            part(
                "SELECT u.name FROM cases_case c JOIN people_organisation u ON u.id = c.holder_unit_id WHERE {seen}",
                seen=within(Case, PUBLIC, "c"),
            )
        )
    with pytest.raises(UnscopedReadError, match="reason"):
        unscoped(Account, "")
    with pytest.raises(UnscopedReadError):
        within(_plain_model(), PUBLIC, "x")


def _plain_model() -> Any:
    from xirang.areas.models import Area

    return Area


def test_the_same_rows_as_the_queryset(world: Any) -> None:
    for actor in (PUBLIC, SYSTEM):
        asked = part("SELECT u.id FROM people_organisation u WHERE {seen}", seen=within(Organisation, actor, "u"))
        expected = set(Organisation.objects.within(actor).values_list("pk", flat=True))
        assert expected
        assert {row[0] for row in statements.rows(asked)} == expected


@pytest.mark.django_db
def test_statements_are_counted_like_any_other() -> None:
    with CaptureQueriesContext(connection) as captured:
        asked = part("SELECT {one}::int + 1", one=1)
        assert statements.rows(asked) == [(2,)]
    assert len(captured) == 1


@pytest.mark.django_db
def test_a_branch_states_the_scope() -> None:
    asked = part("SELECT c.id FROM cases_case c WHERE {seen}", seen=of_scope(Case, NOTHING, "c"))
    assert statements.rows(asked) == []
