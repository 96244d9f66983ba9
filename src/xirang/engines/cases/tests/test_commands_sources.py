"""Whatever causes a case opens one of a process, however often it is asked, and no chain of cases is endless."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.world import NOW, WHY, World
from xirang.engines.cases.commands.sourced import MOST_DEPTH, TooDeepError
from xirang.engines.cases.spec import CountCases, Counts, OpenCase
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import SYSTEM
from xirang.foundation.sockets import ask

GIVEN = {"topic": "space", "need": "由别的事引发的一件。"}


def opened(world: World, source: tuple[str, str], process: str = "enterprise_help", **more: object) -> UUID:
    effect = OpenCase(process=process, area_id=world.town(), fields=GIVEN, source=source, **more)
    found: UUID = ask(effect, actor=SYSTEM, now=NOW)
    return found


def test_asked_twice_it_opens_once_and_records_once(world: World):
    source = ("bell", str(uuid4()))
    first, records = opened(world, source), Record.objects.all_unscoped(WHY).count()
    assert opened(world, source) == first
    assert Record.objects.all_unscoped(WHY).count() == records
    case = world.case(first)
    assert (case.source_kind, case.source_id, case.channel) == (*source, "wiring")
    assert opened(world, ("bell", str(uuid4()))) != first
    assert opened(world, ("", "")) != opened(world, ("", "")), "what nobody caused is opened each time"


def test_it_is_about_what_the_question_names(world: World):
    firm = world.account("enterprise").organisation_id or next(iter(world.organisations.values()))
    case = world.case(opened(world, ("bell", "1"), about_id=firm))
    assert case.about_organisation_id == firm


def test_the_database_itself_keeps_a_second_one_out(world: World):
    first = world.case(opened(world, ("bell", "1")))
    first.pk, first.number = uuid4(), "HL-1"
    with pytest.raises(IntegrityError, match="case_once_per_source"), transaction.atomic():
        first.save(force_insert=True)


def test_a_chain_of_cases_ends(world: World):
    case_id = world.report()
    for depth in range(1, MOST_DEPTH + 1):
        case_id = opened(world, ("case", str(case_id)))
        assert world.case(case_id).source_depth == depth
    with pytest.raises(TooDeepError):
        opened(world, ("case", str(case_id)))


def test_the_source_is_named_to_those_only_who_may_see_it(world: World):
    cause = world.report()
    effect = opened(world, ("case", str(cause)))
    page = world.client("dispatcher").get(f"/cases/{effect}/").content.decode()
    assert f'由 <a href="/cases/{cause}/">' in page
    assert f'引发了 <a href="/cases/{effect}/">' in world.client("dispatcher").get(f"/cases/{cause}/").content.decode()
    world.assign(effect)  # The power supply handles this one; the street's report is none of its business.
    theirs = world.client("handler").get(f"/cases/{effect}/")
    assert theirs.status_code == 200
    assert "前因后果" not in theirs.content.decode()


def test_counts_come_in_batches_from_one_statement(world: World, django_assert_num_queries):
    for minutes in range(3):
        world.report(now=NOW + timedelta(minutes=minutes))
    world.report(now=NOW + timedelta(days=30))
    world.handled()
    actor = world.actor("leader")

    def count(**wanted: object) -> Counts:
        found: Counts = ask(CountCases(**wanted), actor=actor, now=NOW)
        return found

    count()
    with django_assert_num_queries(1):
        months = count(by="month", processes=("snap_report",), area_id=world.root)
    assert months == Counts((("2026-09", 3), ("2026-10", 1)), 4)
    assert count(by="process") == Counts((("enterprise_help", 1), ("snap_report", 4)), 5)
    assert count(processes=("snap_report", "enterprise_help")) == Counts((), 5)
    areas = count(by="area", processes=("snap_report",))
    assert areas == Counts(((str(world.town("听潮", "澄湖社区")), 4),), 4)
    assert count(by="town").total == 5
    assert dict(count(by="outcome").rows) == {"": 5}
    assert dict(count(by="stage_kind").rows) == {"open": 5}
    assert count(late=True, by="area") == Counts((), 0)
    nothing = ask(CountCases(by="process"), actor=world.actor("outsider"), now=NOW)
    assert nothing == Counts((), 0), "nobody counts beyond their scope"
    assert count(area_id=world.areas["abroad"]) == Counts((), 0)


def test_the_numbers_of_a_batch_are_those_of_the_questions_one_by_one(world: World):
    world.act(world.answered("solved"), "enterprise", "confirm")
    world.report()
    actor = world.actor("leader")
    for by, name in (("process", "processes"), ("outcome", "outcomes"), ("stage_kind", "stage_kinds")):
        batch = ask(CountCases(by=by), actor=actor, now=NOW)
        for key, number in batch.rows:
            assert ask(CountCases(**{name: (key,)}), actor=actor, now=NOW).total == number
