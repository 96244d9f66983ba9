"""The overview's spans begin at local midnights, its shares are exact, and it is for those who lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.world import NOW, World
from xirang.engines.cockpit import pages, queries
from xirang.foundation.errors import NotAllowedError


@pytest.mark.parametrize(
    ("span", "begin"),
    [("month", (2026, 9, 1)), ("quarter", (2026, 7, 1)), ("year", (2026, 1, 1))],
)
def test_a_span_begins_at_a_local_midnight(span: str, begin: tuple[int, int, int]):
    since = queries.since(span, NOW)
    assert (since.year, since.month, since.day, since.hour) == (*begin, 0)
    assert since.utcoffset() == timedelta(hours=8)
    # Late on the last evening of the year in Greenwich it is January here.
    assert queries.since(span, datetime(2026, 12, 31, 16, 30, tzinfo=UTC)).year == 2027


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "—"), (0, 3, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 8, "12.5"), (1, 16, "6.3"), (3, 3, "100.0")],
)
def test_shares_are_rounded_in_whole_numbers(part: int, whole: int, said: str):
    assert pages._percent(part, whole) == said


def test_who_sees_the_overview_and_of_what(world: World):
    world.handled()
    span = {"since": NOW - timedelta(days=30), "now": NOW}
    for part in ("leader", "dispatcher", "auditor", "unit_leader"):
        assert queries.get_overview(actor=world.actor(part), **span).in_hand == 1, part
    assert queries.get_overview(actor=world.actor("other_leader"), **span).in_hand == 0
    assert queries.get_overview(actor=world.actor("outsider"), **span).in_hand == 0
    for part in ("handler", "enterprise", "resident", "system_admin", "public"):
        with pytest.raises(NotAllowedError):
            queries.get_overview(actor=world.actor(part), **span)


def test_the_figures_cost_one_query(world: World, django_assert_num_queries):
    actor = world.actor("leader")
    queries.get_overview(actor=actor, since=NOW, now=NOW)
    with django_assert_num_queries(1):
        queries.get_overview(actor=actor, since=NOW, now=NOW)


def test_solved_and_explained_are_counted_apart_and_only_in_their_span(world: World):
    for outcome in ("solved", "explained"):
        world.act(world.answered(outcome), "enterprise", "confirm")
    found = queries.get_overview(actor=world.actor("leader"), since=NOW - timedelta(days=1), now=NOW)
    assert (found.closed, found.solved, found.explained, found.in_hand) == (2, 1, 1, 0)
    later = queries.get_overview(actor=world.actor("leader"), since=NOW + timedelta(days=1), now=NOW)
    assert (later.closed, later.solved) == (0, 0)
