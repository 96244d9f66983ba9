"""Lists and counts asked by plain statements are those of Django's compiler, for every role, filter and direction."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext

from tests.world import NOW, WHY, World
from xirang.engines.cases import queries
from xirang.engines.cases.models import Case, scope
from xirang.engines.cases.queries import CaseFilter, installed, lists
from xirang.engines.cases.queries.keys import BY_ARRIVAL, BY_DEADLINE, Sought, carried
from xirang.engines.cases.queries.rows import CaseRow, row_of
from xirang.foundation.actor import PUBLIC, Actor, Grant, PlainActor, Ref
from xirang.foundation.paging import BadPageKeyError, Page

PARTS = ("enterprise", "other_enterprise", "dispatcher", "handler", "unit_leader", "other_handler", "street_handler",
         "leader", "grid_worker", "resident", "auditor", "system_admin", "outsider")  # fmt: skip
AT = NOW + timedelta(hours=6)
STATES = [CaseFilter(state=state, mine=mine, asked=asked) for state in ("open", "done", "all")
          for mine, asked in ((False, False), (True, False), (False, True))]  # fmt: skip


def filters(world: World) -> list[CaseFilter]:
    """Every part of a filter, alone and together with others."""
    return [
        *STATES,
        *[CaseFilter(due=due) for due in (*lists.SPANS, "waiting", "unknown")],
        *[CaseFilter(stages=stages) for stages in (installed.desk_stages(), ("handling",), ("collected", "nowhere"))],
        CaseFilter(stages=("handling",), state="all"),
        CaseFilter(stages=("handling", "closed"), state="done"),
        CaseFilter(mine=True, at=installed.handed_stages()),
        CaseFilter(mine=True, at=()),
        CaseFilter(state="all", at=(("enterprise_help", "handling"), ("snap_report", "handling"))),
        CaseFilter(process="snap_report"),
        CaseFilter(state="all", outcome="solved"),
        CaseFilter(reopened=True),
        CaseFilter(unit_id=world.unit("power_supply"), state="all"),
        CaseFilter(area_id=world.town()),
        CaseFilter(since=NOW.date(), state="all"),
        CaseFilter(closed_since=NOW.date(), state="done"),
        CaseFilter(text="路灯"),
        *[
            CaseFilter(process="snap_report", answers=(("category", one),), state=state)
            for one in ("noise", "road", "nothing")
            for state in ("open", "all", "done")
        ],
        CaseFilter(turned=True),
        CaseFilter(state="all", turned=True),
        CaseFilter(text=Case.objects.all_unscoped(WHY).order_by("number").first().number, state="all"),
    ]


@pytest.fixture(scope="module")
def many(built_world: World, django_db_blocker: Any) -> World:
    """Cases of both processes in every state, one with a unit that helps, two with one deadline and time of arrival."""
    with django_db_blocker.unblock():
        _fill(built_world)
    return built_world


@pytest.fixture
def filled(many: World, world: World) -> World:
    return world


def _fill(world: World) -> None:
    for turn in range(3):
        when = NOW - timedelta(hours=3 * turn)
        world.ask(now=when), world.report(now=when), world.report(category="noise", now=when)
        world.ask("other_enterprise", now=when), world.handled(now=when)
    answered = world.answered(now=NOW - timedelta(days=2))
    world.act(answered, "enterprise", "confirm", now=NOW - timedelta(days=1), rating="5")
    again = world.answered(now=NOW - timedelta(days=3))
    world.act(again, "enterprise", "reopen", now=NOW - timedelta(days=1), reason="还是没有电，请再派人看看。")
    asked = world.handled(now=NOW - timedelta(hours=1))
    world.act(asked, "handler", "ask", question="请补充。", now=NOW)
    one, other = Case.objects.all_unscoped(WHY).filter(stage="collected")[:2]
    Case.objects.all_unscoped(WHY).filter(pk=other.pk).update(
        order_at=one.order_at, opened_at=one.opened_at, co_holders=[world.unit("power_supply")]
    )


def expected(actor: Actor, wanted: CaseFilter) -> Any:
    """The cases of a list by Django's compiler alone."""
    seen = Q(pk__in=[])
    for branch in scope.branches(actor):
        if branch.reason in ({"holder", "helper"} if wanted.mine else {"requester"} if wanted.asked else
                             {"area", "holder", "helper", "requester"}):  # fmt: skip
            seen |= branch.condition
    return Case.objects.all_unscoped(WHY).filter(seen, lists.condition(wanted, AT))


def ordered(cases: Any, *, by_deadline: bool) -> list[CaseRow]:
    order = ("order_at", "id") if by_deadline else ("-opened_at", "-id")
    return [row_of(case) for case in cases.order_by(*order)]


def walk(ask: Any, start: str = "", step: str = "next") -> Iterator[Page[CaseRow]]:
    key = start
    for _ in range(100):
        found = ask(key)
        yield found
        key = getattr(found, step)
        if not key:
            return
    raise AssertionError("the pages never end")


def compared(ask: Any, wanted: list[CaseRow], about: Any) -> None:
    """Walk forwards and back, and find every row once and in order."""
    forwards = list(walk(ask))
    assert [row for page in forwards for row in page.rows] == wanted, about
    if len(forwards) > 1:
        back = list(walk(ask, forwards[-1].previous, "previous"))
        assert [row for page in back[::-1] for row in page.rows] == wanted[: -len(forwards[-1].rows)], about


@pytest.mark.parametrize("part", PARTS)
def test_lists_hold_what_the_compiler_finds(filled: World, part: str) -> None:
    actor = filled.actor(part, AT)
    for wanted in filters(filled):
        cases = expected(actor, wanted)
        rows = ordered(cases, by_deadline=wanted.state == "open")
        rows = rows[::-1] if wanted.turned else rows
        compared(
            lambda key, wanted=wanted: queries.list_cases(actor=actor, wanted=wanted, now=AT, key=key, size=6),
            rows,
            wanted,
        )
        assert queries.count_open(actor=actor, wanted=wanted, now=AT) == cases.count(), wanted
    for own in (CaseFilter(), CaseFilter(mine=True), CaseFilter(asked=True)):
        timed = Q(due_at__isnull=False)
        spans = {name: Count("pk", filter=timed & lists._due(name, AT)) for name in lists.SPANS}
        spans["waiting"] = Count("pk", filter=Q(stage_kind="waiting"))
        counts = expected(actor, own).aggregate(all=Count("pk"), **spans)
        desk = CaseFilter(stages=installed.desk_stages())
        found = queries.count_lists(actor=actor, lists={"desk": desk, "own": own}, now=AT, strip=own)
        assert found.spans == counts
        assert found.lists == {"desk": expected(actor, desk).count(), "own": counts["all"]}


@pytest.mark.parametrize("part", ["dispatcher", "handler", "grid_worker", "outsider"])
def test_declared_lists_hold_what_the_compiler_finds(filled: World, part: str) -> None:
    actor = filled.actor(part, AT)
    for active in installed.active_processes():
        for view in active.process.views.values():
            declared = queries.read_view(active.process, view, actor=actor, now=AT)
            state = "open" if declared.open_only else "all"
            cases = expected(actor, CaseFilter(state=state)).filter(declared.condition)
            rows = ordered(cases, by_deadline=declared.open_only)
            own = CaseFilter(declared=declared)
            compared(
                lambda key, wanted=own: queries.list_cases(actor=actor, wanted=wanted, now=AT, key=key, size=2),
                rows,
                view.code,
            )


def test_a_day_begins_at_midnight_of_the_district(filled: World) -> None:
    actor = filled.actor("dispatcher", AT)
    day = (NOW - timedelta(days=1)).date()
    found = queries.list_cases(actor=actor, wanted=CaseFilter(state="all", since=day), now=AT, size=100).rows
    same = expected(actor, CaseFilter(state="all")).filter(opened_at__date__gte=day)
    assert {row.pk for row in found} == set(same.values_list("pk", flat=True))
    assert 0 < len(found) < expected(actor, CaseFilter(state="all")).count()


def test_whoever_has_no_reason_sees_nothing_and_asks_nothing(filled: World) -> None:
    installed.readers()  # What a process keeps for a moment is no question of the list.
    nobody = PlainActor(Ref("machine", "1"), "机器", (Grant("dispatcher", filled.root, ()),))
    for actor in (PUBLIC, nobody, replace(filled.actor("dispatcher"), ref=Ref("machine", "2"), grants=())):
        with CaptureQueriesContext(connection) as asked:
            assert queries.list_cases(actor=actor, wanted=CaseFilter(state="all"), now=AT).rows == []
            assert queries.count_open(actor=actor, wanted=CaseFilter(), now=AT) == 0
            figures = queries.count_lists(actor=actor, lists={"all": CaseFilter()}, now=AT, strip=CaseFilter())
            assert not any({**figures.lists, **figures.spans}.values())
        assert len(asked) == 0


def test_a_whole_province_is_asked_by_the_compiler(filled: World) -> None:
    path = tuple(filled.area().path[:1])
    actor = PlainActor(Ref("machine", "1"), "机器", (Grant("dispatcher", path[0], path),))
    cases = expected(actor, CaseFilter())
    assert cases.count() > 10
    compared(
        lambda key: queries.list_cases(actor=actor, wanted=CaseFilter(), now=AT, key=key, size=6),
        ordered(cases, by_deadline=True),
        "province",
    )
    counts = queries.count_lists(actor=actor, lists={"all": CaseFilter()}, now=AT, strip=CaseFilter())
    assert (
        counts.lists["all"]
        == counts.spans["all"]
        == queries.count_open(actor=actor, wanted=CaseFilter(), now=AT)
        == cases.count()
    )


def test_figures_end_where_nobody_reads_them(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = filled.actor("dispatcher", AT)
    open_cases = expected(actor, CaseFilter()).count()
    monkeypatch.setattr(lists, "CAP", 3)
    assert queries.count_open(actor=actor, wanted=CaseFilter(), now=AT) == 4 < open_cases
    counts = queries.count_lists(actor=actor, lists={"done": CaseFilter(state="all")}, now=AT, strip=CaseFilter())
    assert counts.spans["all"] == counts.lists["done"] == 4


@pytest.mark.parametrize(
    "cells", ["[0,5,5]", '[0,{"t":"2026-01-01T00:00:00+00:00"},"x"]', '[1,"a",7]', "[0,true,null]"]
)
def test_a_forged_key_is_said_to_be_spoilt(filled: World, cells: str) -> None:
    key = base64.urlsafe_b64encode(cells.encode()).decode().rstrip("=")
    actor = filled.actor("dispatcher", AT)
    for wanted in (CaseFilter(), CaseFilter(text="路灯")):
        with pytest.raises(BadPageKeyError):
            queries.list_cases(actor=actor, wanted=wanted, now=AT, key=key)


def test_a_list_is_one_statement(filled: World, django_assert_num_queries: Any) -> None:
    actor = filled.actor("handler", AT)
    unit: UUID = filled.unit("power_supply")
    queries.list_cases(actor=actor, wanted=CaseFilter(), now=AT)
    for wanted in (CaseFilter(), CaseFilter(mine=True, unit_id=unit), CaseFilter(state="done")):
        with django_assert_num_queries(1):
            queries.list_cases(actor=actor, wanted=wanted, now=AT)
    with django_assert_num_queries(1):
        queries.count_lists(
            actor=actor,
            lists={"all": CaseFilter(), "done": CaseFilter(state="done")},
            now=AT,
            strip=CaseFilter(mine=True),
        )


def test_what_is_counted_goes_along_an_index_that_holds_it() -> None:
    """Closed cases stand in no index by deadline: counted in that order, all cases of the table would be read."""
    assert carried(Sought(open_only=True)) == BY_DEADLINE
    assert carried(Sought()) == BY_ARRIVAL
