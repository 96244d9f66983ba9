"""Organisations: entering one, batches by COPY, searching among many, and who sees what."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from django.db import connection

from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.errors import InvalidError, NotAllowedError, NotFoundError
from xirang.people import commands, queries
from xirang.people.commands import OrganisationExistsError, OrganisationRow, digest_of
from xirang.people.logic.credit_code import check_character
from xirang.people.models import Organisation
from xirang.people.tests.conftest import NOW, District

CODE = "91350100M000100Y43"
ROWS = 5_000


def code(number: int) -> str:
    first = f"91330402MA2{number:06d}"
    return first + check_character(first)


def row(district: District, number: int = 1, name: str = "恒拓精工（禾澜）有限公司", area: str = "listen", **more):
    return OrganisationRow(credit_code=code(number), name=name, area_id=district.areas[area], **more)


def upsert(rows, actor=SYSTEM, source: str = "企业登记"):
    return commands.upsert_organisations(actor=actor, rows=rows, source=source, now=NOW)


def test_a_batch_inserts_changes_and_leaves_alone(district: District, people_records) -> None:
    rows = [row(district, n, f"禾澜第{n}机械厂", staff_count=n) for n in range(1, 6)]
    first = upsert(rows)
    assert (first.inserted, first.changed, first.unchanged) == (5, 0, 0)
    again = upsert(rows)
    assert (again.inserted, again.changed, again.unchanged) == (0, 0, 5)
    assert len(people_records.of("people.upsert_organisations")) == 2
    changed = [*rows[:4], replace(rows[4], address_text="听潮街道澄湖路 8 号")]
    third = upsert(changed)
    assert (third.inserted, third.changed, third.unchanged) == (0, 1, 4)
    assert people_records.of("people.upsert_organisations")[-1]["digests"] == {code(5): digest_of(changed[4])}


def test_a_batch_places_its_rows_and_their_ancestors(district: District) -> None:
    upsert([row(district, 1, area="lake")])
    stored = Organisation.objects.within(SYSTEM).get(credit_code=code(1))
    assert stored.village_id == district.areas["lake"]
    assert (stored.town_id, stored.county_id) == (district.areas["listen"], district.areas["county"])
    upsert([row(district, 1, area="hill")])
    stored.refresh_from_db()
    assert (stored.town_id, stored.village_id) == (district.areas["hill"], None)


def test_the_last_of_two_equal_codes_counts_and_unknown_staff_keeps_the_known(district: District) -> None:
    outcome = upsert([row(district, 1, "旧名字厂"), row(district, 1, "新名字厂", staff_count=60)])
    assert outcome.inserted == 1
    assert upsert([row(district, 1, "新名字厂")]).unchanged == 1
    stored = Organisation.objects.within(SYSTEM).get(credit_code=code(1))
    assert (stored.name, stored.staff_count) == ("新名字厂", 60)


@pytest.mark.parametrize(
    "bad", [{"name": " "}, {"credit_code": "123"}, {"credit_code": CODE.lower()}, {"name": "厂" * 201}]
)
def test_one_bad_row_stops_its_batch(district: District, bad: dict) -> None:
    with pytest.raises(InvalidError):
        upsert([row(district, 2), replace(row(district, 3), **bad)])
    assert not Organisation.objects.within(SYSTEM).filter(credit_code=code(2)).exists()


def test_hostile_text_travels_through_copy_unharmed(district: District) -> None:
    name = "a\tb\\N\n'; drop table people_organisation; --\\."
    upsert([row(district, 1, name)])
    assert Organisation.objects.within(SYSTEM).get(credit_code=code(1)).name == name


def test_a_batch_outside_the_area_is_refused(district: District) -> None:
    with pytest.raises(NotAllowedError):
        upsert([row(district, 1, area="elsewhere")], actor=district.actor("sys.guan"))
    with pytest.raises(NotAllowedError):
        upsert([row(district, 1)], actor=district.actor("shen.lan"))
    with pytest.raises(NotAllowedError):
        upsert([row(district, 1)], actor=PUBLIC)


def test_one_organisation_is_checked_and_entered_once(district: District) -> None:
    system = district.actor("sys.guan")
    made = commands.create_organisation(
        actor=system,
        kind="enterprise",
        name="恒拓精工",
        credit_code=" 9135 0100-m000100y43",
        area_id=district.areas["hill"],
        now=NOW,
    )
    assert queries.get_organisation(system, made).credit_code == CODE
    assert queries.find_organisation_by_credit_code(system, "91350100m000100y43").pk == made
    with pytest.raises(OrganisationExistsError):
        commands.create_organisation(
            actor=system, kind="enterprise", name="冒名厂", credit_code=CODE, area_id=district.areas["hill"], now=NOW
        )
    with pytest.raises(InvalidError) as refused:
        commands.create_organisation(
            actor=system,
            kind="enterprise",
            name="x",
            credit_code="91350100M000100Y4Z",
            area_id=district.areas["hill"],
            now=NOW,
        )
    assert set(refused.value.fields) == {"name", "credit_code"}
    with pytest.raises(OrganisationExistsError):
        district.unit("power_supply", "另一个供电局", "county")


def test_units_are_known_to_all_firms_to_those_responsible(district: District) -> None:
    upsert([row(district, 1, "听潮第一厂", "listen"), row(district, 2, "云岭第一厂", "hill")])
    firm = queries.find_organisation_by_credit_code(SYSTEM, code(2))
    assert queries.find_unit("unit/power_supply").name == "禾澜区供电局"
    assert {one.name for one in queries.search_organisations(PUBLIC, "禾澜区")} == {"禾澜区供电局", "禾澜区人民政府"}
    assert queries.search_organisations(PUBLIC, "云岭第一厂") == []
    with pytest.raises(NotFoundError):
        queries.get_organisation(district.actor("listen.sec"), firm.pk)
    assert queries.get_organisation(district.actor("hill.worker"), firm.pk).name == "云岭第一厂"
    names = [one.name for one in queries.list_organisations(district.actor("listen.sec"), kind="enterprise").rows]
    assert names == ["听潮第一厂"]
    with pytest.raises(NotAllowedError):
        queries.list_organisations(PUBLIC)


def test_search_ranks_exact_then_beginning_then_short(district: District) -> None:
    names = ["恒拓精工（禾澜）有限公司", "禾州恒拓精工机械厂", "恒拓精工", "精工恒拓", "恒拓 精工"]
    upsert([row(district, n, name) for n, name in enumerate(names, 1)])
    found = [one.name for one in queries.search_organisations(SYSTEM, "恒拓精工")]
    assert found[:3] == ["恒拓精工", "恒拓精工（禾澜）有限公司", "禾州恒拓精工机械厂"]
    assert "精工恒拓" not in found
    assert queries.search_organisations(SYSTEM, code(2).lower())[0].name == names[1]
    assert queries.search_organisations(SYSTEM, code(2)[:14])
    assert queries.search_organisations(SYSTEM, "恒")[0].name == "恒拓精工"
    for nothing in ("", "  ", "%", "_", "（）"):
        assert queries.search_organisations(SYSTEM, nothing) == []


def test_lists_turn_pages_without_losing_or_repeating(district: District) -> None:
    upsert([row(district, n, f"禾澜{n % 7}号厂") for n in range(1, 64)])
    actor, seen, key = district.actor("sys.guan"), [], ""
    while True:
        found = queries.list_organisations(actor, kind="enterprise", key=key)
        seen += [one.pk for one in found.rows]
        if not (key := found.next):
            break
    assert len(seen) == len(set(seen)) == 63


def test_facts_name_their_source(district: District) -> None:
    upsert([row(district, 1, address_text="澄湖路 8 号", staff_count=1200, industry="通用设备制造")])
    facts = queries.facts_of_organisation(queries.find_organisation_by_credit_code(SYSTEM, code(1)).pk)
    assert (facts["address"], facts["staff"], facts["source"], facts["checked_at"]) == (
        "澄湖路 8 号",
        1200,
        "企业登记",
        NOW,
    )
    from xirang.foundation.ids import new_id

    assert queries.facts_of_organisation(new_id()) == {}


def test_a_retired_unit_is_no_longer_offered(district: District) -> None:
    unit = district.units["power_supply"]
    with pytest.raises(NotAllowedError):
        commands.retire_organisation(actor=district.actor("head.power"), organisation_id=unit, because="撤销", now=NOW)
    commands.retire_organisation(actor=district.actor("sys.guan"), organisation_id=unit, because="撤销", now=NOW)
    assert queries.find_unit("power_supply") is None


def test_thousands_of_rows_twice(district: District) -> None:
    """Enough rows for the planner to want its indexes; the bench imports the 45,000 of the real register twice."""
    rows = [
        row(
            district,
            n,
            f"禾澜{'甲乙丙丁戊己庚辛'[n % 8]}{n:05d}精工有限公司",
            business_scope="机械配件制造、销售。" * 8,
        )
        for n in range(ROWS)
    ]
    began = time.monotonic()
    counts = [upsert(rows[start : start + 3000]) for start in range(0, len(rows), 3000)]
    first = time.monotonic() - began
    assert sum(one.inserted for one in counts) == ROWS
    assert sum(upsert(rows[start : start + 3000]).unchanged for start in range(0, len(rows), 3000)) == ROWS
    began = time.monotonic()
    (found, *_) = queries.search_organisations(SYSTEM, "禾澜丙00042精工")
    assert "00042" in found.name
    assert time.monotonic() - began < 1
    assert first < 60 * ROWS / 45_000
    with connection.cursor() as cursor:
        cursor.execute("analyze people_organisation")
    for who, index in (("sys.guan", "organisation_by_county"), ("listen.sec", "organisation_by_town")):
        rows = Organisation.objects.governed_by(district.actor(who)).filter(active=True).order_by("name", "id")
        assert index in rows.defer("search")[:26].explain()
    with connection.cursor() as cursor:
        # Among so few a scan is as cheap; that the index is taken among 45,000 is asserted by the bench.
        cursor.execute("set local enable_seqscan = off")
    assert "organisation_search" in Organisation.objects.within(SYSTEM).matching("禾澜丙00042精工").explain()
