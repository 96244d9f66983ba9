"""Paging by key: every row once, forwards and backwards, over ties and branches; spoilt keys are told so."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.world import NOW
from xirang.areas.models import Area
from xirang.foundation import paging
from xirang.foundation.errors import InvalidError
from xirang.foundation.ids import new_id
from xirang.foundation.models import DayCounter, OutboxEvent
from xirang.foundation.paging import Page, page

DAY = date(2026, 1, 1)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ROWS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abcd")), max_size=30)


def fill(rows: list[tuple[int, str]]) -> None:
    """Counters with many ties: the number orders, the row's own id breaks ties."""
    DayCounter.objects.bulk_create(
        DayCounter(prefix=f"{letter}{place}", day=DAY, last=number) for place, (number, letter) in enumerate(rows)
    )


def walk(order: list[str], *, size: int, start: str = "", step: str = "next", **more: Any) -> list[Page]:
    pages, key = [], start
    for _ in range(100):
        found = page(DayCounter.objects.all(), order=order, key=key, size=size, **more)
        pages.append(found)
        key = getattr(found, step)
        if not key:
            return pages
    raise AssertionError("the pages never end")


def ids(pages: list[Page]) -> list[int]:
    return [row.pk for one in pages for row in one.rows]


@FEW
@given(rows=ROWS, size=st.integers(1, 7), order=st.sampled_from([["last", "id"], ["-last", "-id"], ["-last", "id"]]))
@example(rows=[(1, "a")] * 6, size=2, order=["-last", "-id"])
@example(rows=[], size=3, order=["last", "id"])
def test_walking_forwards_and_back_visits_every_row_once(db, rows, size, order):
    with transaction.atomic():
        fill(rows)
        expected = list(DayCounter.objects.order_by(*order).values_list("pk", flat=True))
        forwards = walk(order, size=size)
        assert ids(forwards) == expected
        assert all(len(one.rows) == size for one in forwards[:-1])
        assert not forwards[0].previous
        if len(forwards) > 1:
            back = walk(order, size=size, start=forwards[-1].previous, step="previous")
            assert ids(back[::-1]) == ids(forwards[:-1])
            assert back[0].next
        transaction.set_rollback(True)


@FEW
@given(
    rows=ROWS,
    size=st.integers(1, 7),
    letters=st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=1, max_size=3),
    order=st.sampled_from([["last", "id"], ["-last", "-id"]]),
)
def test_branches_equal_one_condition_joined_by_or(db, rows, size, letters, order):
    with transaction.atomic():
        fill(rows)
        branches, joined = [], Q(pk__in=[])
        for group in letters:
            branch = Q(pk__in=[])
            for letter in group:
                branch |= Q(prefix__startswith=letter)
            branches.append(branch)
            joined |= branch
        expected = list(DayCounter.objects.filter(joined).order_by(*order).values_list("pk", flat=True))
        found = walk(order, size=size, branches=branches)
        assert ids(found) == expected
        if len(found) > 1:
            back = walk(order, size=size, start=found[-1].previous, step="previous", branches=branches)
            assert ids(back[::-1]) == ids(found[:-1])
        transaction.set_rollback(True)


def test_moments_and_days_and_uuids_carry_a_page(db):
    for minute in (0, 0, 1, 1, 2):
        at = NOW + timedelta(minutes=minute)
        OutboxEvent.objects.create(id=new_id(at), kind="k", body={}, actor="a", occurred_at=at)
    order = ["-occurred_at", "-id"]
    first = page(OutboxEvent.objects.all(), order=order, size=3)
    second = page(OutboxEvent.objects.all(), order=order, size=3, key=first.next)
    assert [row.pk for row in (*first.rows, *second.rows)] == list(
        OutboxEvent.objects.order_by(*order).values_list("pk", flat=True)
    )
    assert not second.next
    third = page(OutboxEvent.objects.all(), order=order, size=3, key=second.previous)
    assert [row.pk for row in third.rows] == [row.pk for row in first.rows]


def test_a_row_added_meanwhile_moves_nothing(db):
    fill([(number, "a") for number in range(6)])
    first = page(DayCounter.objects.all(), order=["-last", "id"], size=3)
    fill_one = DayCounter.objects.create(prefix="new", day=DAY, last=99)
    second = page(DayCounter.objects.all(), order=["-last", "id"], size=3, key=first.next)
    assert fill_one.pk not in ids([second])
    assert [row.last for row in second.rows] == [2, 1, 0]


def test_a_row_that_leaves_the_list_between_the_questions_is_left_out(db, monkeypatch):
    fill([(1, "a"), (2, "b"), (3, "a")])
    gone = DayCounter.objects.get(last=2).pk
    real = paging._first

    def first(rows: Any, branches: Any, ordering: Any, count: int) -> list[Any]:
        return real(_Leaving(rows, gone), branches, ordering, count)

    monkeypatch.setattr(paging, "_first", first)
    branches = [Q(prefix__startswith="a"), Q(prefix__startswith="b")]
    found = page(DayCounter.objects.all(), order=["last", "id"], branches=branches)
    assert [row.last for row in found.rows] == [1, 3]


class _Leaving:
    """A queryset from which one row has gone by the time that rows are fetched by their ids."""

    def __init__(self, rows: Any, gone: int) -> None:
        self.rows, self.gone = rows, gone

    def filter(self, *conditions: Any, **named: Any) -> Any:
        found = self.rows.filter(*conditions, **named)
        return found.exclude(pk=self.gone) if "pk__in" in named else found


def spoilt(cells: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(cells).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "%%%",
        "键",
        "AAAA",
        spoilt([]),
        spoilt({}),
        spoilt(None),
        spoilt([0, 1]),
        spoilt([0, 1, 2, 3]),
        spoilt([0, 1.5, 2]),
        spoilt([0, None, 2]),
        spoilt([0, [1], 2]),
        spoilt([0, {"t": "never"}, 2]),
        spoilt([0, {"x": 1}, 2]),
        spoilt([0, "a", "b"]),
        spoilt([0, {"d": "2026-01-01"}, 1]),
        "W" * 60_000,
        base64.urlsafe_b64encode(b"[" * 50_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe[1]").decode(),
    ],
)
def test_a_spoilt_key_is_told_so(db, key):
    with pytest.raises(InvalidError) as refused:
        page(DayCounter.objects.all(), order=["last", "id"], key=key)
    assert refused.value.code == "bad_page_key"


def test_a_key_far_beyond_the_rows_is_an_empty_page(db):
    fill([(1, "a")])
    found = page(DayCounter.objects.all(), order=["last", "id"], key=spoilt([0, 10**30, 10**30]))
    assert (list(found.rows), found.next, found.previous) == ([], "", "")


def test_the_first_column_bounds_the_index(db):
    fill([(number, "a") for number in range(3)])
    rows = DayCounter.objects.all()
    key = page(rows, order=["last", "id"], size=1).next
    values, _ = paging._unpack(key, 2)
    assert '"last" >= ' in str(rows.filter(paging._beyond(["last", "id"], values)).query)


def test_related_columns_may_order(db, world):
    found = page(Area.objects.filter(parent__isnull=False).select_related("parent"), order=["parent__code", "code"])
    second = page(
        Area.objects.filter(parent__isnull=False).select_related("parent"), order=["parent__code", "code"],
        key=found.next,
    )  # fmt: skip
    codes = [(row.parent.code, row.code) for row in (*found.rows, *second.rows)]
    assert codes == sorted(codes)
    assert len(set(codes)) == len(codes)
