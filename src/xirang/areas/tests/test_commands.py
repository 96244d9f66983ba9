"""The dated tree: founding, dissolving, successors, what codes say, and what the chooser loads."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.world import NOW, World
from xirang.areas import queries
from xirang.areas.commands import dissolve_area, found_area
from xirang.areas.logic import AreaCodeError, level_of
from xirang.areas.models import Area, Succession, ancestor_columns, within_area
from xirang.areas.spec import Level
from xirang.engines.cases.models import Case
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError

DAY = date(2026, 9, 18)


def found(world: World, code: str, parent: UUID | None, **more: Any) -> UUID:
    given = {"name": "新区域", "valid_from": DAY, **more}
    return found_area(actor=SYSTEM, code=code, parent_id=parent, now=NOW, **given)


def test_a_new_area_hangs_below_its_parent_and_is_recorded(world: World):
    area = Area.objects.get(pk=found(world, "339902009000", world.root))
    assert (area.level, area.path[-2:]) == (Level.TOWN.value, [world.root, area.pk])
    record = Record.objects.all_unscoped("a test").get(subject_kind="area", subject_id=str(area.pk))
    assert (record.action, record.area_id) == ("areas.found_area", area.pk)


@pytest.mark.parametrize("code", ["", "33990200900", "3399020090001", "33990200900x", "０３３９９０２００９０９０",
                                  "0" * 12, "339902009000-7", "339902009000-7777", "339902009000-07\n"])  # fmt: skip
def test_a_code_that_is_none_is_refused_under_its_field(world: World, code: str):
    with pytest.raises(InvalidError) as wrong:
        found(world, code, world.root)
    assert set(wrong.value.fields) == {"code"}


def test_levels_hang_in_order(world: World):
    with pytest.raises(InvalidError):
        found(world, "339904000000", world.town())
    with pytest.raises(InvalidError):
        found(world, "339902008000", world.town())
    with pytest.raises(NotFoundError):
        found(world, "339902008000", uuid4())


def test_only_the_system_administrator_shapes_the_tree(world: World):
    for part in ("dispatcher", "security_admin", "leader", "public"):
        with pytest.raises(NotAllowedError):
            found_area(actor=world.actor(part), code="339902009000", name="x", parent_id=world.root, valid_from=DAY,
                       now=NOW)  # fmt: skip
    assert found_area(actor=world.actor("system_admin"), code="339902009000", name="新街道", parent_id=world.root,
                      valid_from=DAY, now=NOW)  # fmt: skip


def test_one_code_names_one_area_on_each_day(world: World):
    with pytest.raises(ConflictError):
        found(world, "339902001000", world.root)
    new = found(world, "339902009000", world.root, valid_from=date(2025, 1, 1))
    dissolve_area(actor=SYSTEM, area_id=new, successor_ids=[], on=date(2026, 6, 1), now=NOW)
    for begin in (date(2025, 1, 1), date(2026, 5, 31)):
        with pytest.raises(ConflictError):
            found(world, "339902009000", world.root, valid_from=begin)
    again = found(world, "339902009000", world.root, valid_from=date(2026, 6, 1))
    assert queries.find_area_by_code("339902009000", date(2026, 5, 31)).pk == new
    assert queries.find_area_by_code("339902009000", date(2026, 6, 1)).pk == again
    assert queries.find_area_by_code("339902009000", date(2024, 6, 1)) is None


def test_an_ended_area_has_successors_and_keeps_what_lies_in_it(world: World):
    case_id = world.ask()
    old = found(world, "339902009000", world.root, valid_from=date(2020, 1, 1))
    heirs = [world.town("松塘"), world.town("南埠")]
    dissolve_area(actor=SYSTEM, area_id=old, successor_ids=[*heirs, heirs[0]], on=DAY, now=NOW)
    assert set(Succession.objects.filter(area=old).values_list("successor_id", flat=True)) == set(heirs)
    assert old not in {area.pk for area in queries.list_children(world.root, DAY)}
    assert old in {area.pk for area in queries.list_children(world.root, date(2026, 9, 17))}
    assert world.case(case_id).area_id == world.town()
    with pytest.raises(ConflictError):
        dissolve_area(actor=SYSTEM, area_id=old, successor_ids=heirs, on=date(2027, 1, 1), now=NOW)
    with pytest.raises(InvalidError) as wrong:
        found(world, "339902009001", old)
    assert wrong.value.code == "parent_ended"


def test_an_area_does_not_end_over_the_heads_of_those_below(world: World):
    with pytest.raises(ConflictError) as refused:
        dissolve_area(actor=SYSTEM, area_id=world.town(), successor_ids=[], on=DAY, now=NOW)
    assert "之下还有 5 个区域在用" in refused.value.zh
    assert Area.objects.get(pk=world.town()).valid_to is None


def test_an_area_ends_after_it_began_and_never_succeeds_itself(world: World):
    new = found(world, "339902009000", world.root)
    for on, heirs in ((DAY, []), (date(2020, 1, 1), []), (date(2027, 1, 1), [new])):
        with pytest.raises(InvalidError):
            dissolve_area(actor=SYSTEM, area_id=new, successor_ids=heirs, on=on, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(pk=new).update(valid_to=DAY)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("330000000000", Level.PROVINCE),
        ("339900000000", Level.CITY),
        ("339902000000", Level.COUNTY),
        ("339902001000", Level.TOWN),
        ("339902001001", Level.VILLAGE),
        ("339902001001-07", Level.GRID),
    ],
)
def test_what_a_code_says(code: str, level: Level):
    assert level_of(code) is level
    with pytest.raises(AreaCodeError):
        level_of(code + "\n")


def test_a_row_is_found_from_every_area_above_it_and_from_no_other(world: World):
    case = world.case(world.report())
    path = case.area.path
    assert ancestor_columns(path) == {
        "city_id": path[1],
        "county_id": path[2],
        "town_id": path[3],
        "village_id": path[4],
    }
    rows = Case.objects.all_unscoped("a test")
    for depth in range(1, len(path) + 1):
        assert rows.filter(within_area(path[:depth])).exists(), depth
    for other in (world.town("松塘"), world.areas["abroad"]):
        assert not rows.filter(within_area(Area.objects.get(pk=other).path)).exists()


def test_the_chooser_goes_down_the_tree_and_searches(world: World, django_assert_max_num_queries: Any):
    client = Client()
    from django.urls import reverse

    url = reverse("areas:options")
    roots = client.get(url).json()
    assert [one["name"] for one in roots] == ["浙江省"]
    towns = client.get(url, {"parent": str(world.root)}).json()
    assert next((one["name"], one["level"], one["leaf"]) for one in towns) == ("听潮街道", "town", False)
    assert len(towns) == 4
    with django_assert_max_num_queries(3):
        hits = client.get(url, {"q": "社区"}).json()
    assert hits
    assert all(one["path"].startswith("禾澜区") for one in hits)
    assert client.get(url, {"q": "339902001"}).json()[0]["name"] == "听潮街道"
    assert client.get(url, {"q": "   "}).json() == []
    assert client.get(url, {"q": "%"}).json() == []
    assert client.get(url, {"parent": "nonsense"}).status_code == 400
    assert client.get(url, {"q": "\0"}).status_code == 400
    assert client.get(url, {"parent": str(uuid4())}).json() == []


def test_ancestors_and_full_names(world: World):
    area = Area.objects.get(pk=world.town("听潮", "澄湖社区"))
    assert [one.name for one in queries.list_ancestors(area)] == ["浙江省", "沧澜市", "禾澜区", "听潮街道", "澄湖社区"]
    assert queries.full_name(area) == "禾澜区听潮街道澄湖社区"
    assert queries.full_name(area, since=Level.TOWN) == "听潮街道澄湖社区"
    assert queries.root_area(DAY).pk == world.root
    assert PUBLIC.grants == ()


def test_an_area_is_read_once_and_anew_after_the_tree_changed(world: World, django_assert_num_queries: Any):
    town, root = world.town(), world.area()
    ends = date(2027, 1, 1)
    queries.forget()
    with django_assert_num_queries(3):
        for _ in range(3):
            assert queries.get_area(town).pk == town
            assert queries.root_area(DAY) == root
            before = queries.known_children(world.root, ends)
    new = found(world, "339902009000", world.root)
    with django_assert_num_queries(3):
        assert (queries.get_area(town).pk, queries.root_area(DAY)) == (town, root)
        assert {area.pk for area in queries.known_children(world.root, ends)} == {area.pk for area in before} | {new}
    dissolve_area(actor=SYSTEM, area_id=new, successor_ids=[], on=ends, now=NOW)
    with django_assert_num_queries(4):
        assert (queries.get_area(town).pk, queries.root_area(DAY)) == (town, root)
        assert queries.known_children(world.root, ends) == before
        assert new in {area.pk for area in queries.known_children(world.root, DAY)}, "each day has its own answer"
