"""What is sealed can be read until it is erased; its record stays as it was and still proves itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from tests.world import NOW, WHY, World, note_something
from xirang.engines.cases import commands as cases
from xirang.engines.cases.commands import Opening, PlaceGiven
from xirang.engines.ledger import queries
from xirang.engines.ledger.models import Record, SealedValue
from xirang.foundation import engines
from xirang.foundation.actor import SYSTEM, Ref
from xirang.foundation.plain import jsonable
from xirang.foundation.sealing import Sealed, erase_sealed, sealed
from xirang.people import commands as people

ERASED = "已按规定删除"


def latest() -> Record:
    return Record.objects.all_unscoped(WHY).latest("id")


def fact(record: Record, title: str) -> str:
    return dict(queries.speak([record])[record.pk].facts)[title]


def reported_by_resident(world: World) -> UUID:
    opening = Opening(
        process="snap_report",
        area_id=world.town("听潮", "澄湖社区"),
        answers={"category": "noise", "what": "夜里施工。"},
        places={"place": PlaceGiven(address="澄湖路 18 号 3 幢 501")},
    )
    return cases.open_case(actor=world.actor("resident"), opening=opening, now=NOW)


def test_erasing_a_person_erases_their_words_and_no_record(world: World):
    place = world.case(reported_by_resident(world)).place_id
    noted = Record.objects.all_unscoped(WHY).get(subject_kind="place", subject_id=str(place))
    resident = world.account("resident")
    people.lock_account(actor=SYSTEM, account_id=resident.pk, because="本人来电，住澄湖路", now=NOW)
    locked = latest()
    people.lock_account(actor=SYSTEM, account_id=world.account("handler").pk, because="调离", now=NOW)
    others = latest()
    before = {row.pk: bytes(row.leaf) for row in Record.objects.all_unscoped(WHY)}
    assert (fact(noted, "地址"), fact(locked, "理由")) == ("澄湖路 18 号 3 幢 501", "本人来电，住澄湖路")

    people.erase_person(actor=SYSTEM, person_id=resident.person_id, because="本人申请", now=NOW)

    assert (fact(noted, "地址"), fact(locked, "理由"), fact(others, "理由")) == (ERASED, ERASED, "调离")
    assert fact(latest(), "理由") == "本人申请"
    assert not SealedValue.objects.filter(value__contains="澄湖路 18 号 3 幢").exists()
    for row in Record.objects.all_unscoped(WHY).filter(pk__in=before):
        assert bytes(row.leaf) == before[row.pk]
        assert queries.verify_record(row).sound, row.action
    assert queries.verify_record(noted).erased == ("/address",)
    with translation.override("en"):
        assert dict(queries.speak([noted])[noted.pk].facts)["Address"] == "Erased as the rules require"


def test_the_pages_say_what_was_erased(world: World):
    account = world.account("resident")
    people.lock_account(actor=SYSTEM, account_id=account.pk, because="本人来电要求", now=NOW)
    address, client = f"/records/account/{account.pk}/", world.client("auditor")
    assert "本人来电要求" in client.get(address).content.decode()
    people.erase_person(actor=SYSTEM, person_id=account.person_id, because="本人申请", now=NOW)
    page = client.get(address).content.decode()
    assert ERASED in page
    assert "本人来电要求" not in page
    assert account.username not in page


def test_a_forged_value_or_a_forged_body_is_found(world: World):
    note_something(actor=SYSTEM, now=NOW, body={"because": sealed("原话")})
    row = latest()
    assert queries.verify_record(row).kept == ("/because",)
    SealedValue.objects.filter(record=row).delete()
    SealedValue.objects.create(
        record=row, path="/because", salt=b"\x00" * 32, value="改过的话", about_kind="thing", about_id="1"
    )
    assert queries.verify_record(row).forged == ("/because",)
    row.body = {"because": {"sealed": "0" * 64}}
    assert not queries.verify_record(row).leaf


@pytest.mark.parametrize("change", ["update ledger_sealedvalue set value = 'x'", "truncate ledger_sealedvalue"])
def test_the_database_refuses_to_change_a_sealed_value(world: World, change: str):
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_value_is_erased_with_whom_it_is_about(world: World):
    person = Ref("person", "1")
    note_something(actor=SYSTEM, now=NOW, body={"because": sealed("关于他", about=person), "name": sealed("关于此物")})
    beside = SealedValue.objects.filter(record_id=latest().pk)
    assert set(beside.values_list("value", "about_kind")) == {("关于他", "person"), ("关于此物", "thing")}
    assert erase_sealed(Ref("person", "2"), Ref("thing", "x")) == 0
    assert erase_sealed(person, Ref("account", "1")) == 1
    assert list(beside.values_list("value", flat=True)) == ["关于此物"]


def test_what_is_sealed_stands_or_falls_with_its_record(world: World):
    before = SealedValue.objects.count()
    with transaction.atomic():
        note_something(actor=SYSTEM, now=NOW, body={"because": sealed("原话")})
        assert SealedValue.objects.count() == before + 1
        transaction.set_rollback(True)
    assert SealedValue.objects.count() == before


def test_nobody_but_the_ledger_can_write_a_sealed_value_down(monkeypatch: pytest.MonkeyPatch):
    from django.core.serializers.json import DjangoJSONEncoder

    kept: Any = jsonable({"because": sealed("原话")})
    assert isinstance(kept["because"], Sealed)
    with pytest.raises(TypeError):
        DjangoJSONEncoder().encode(kept)
    monkeypatch.setattr(engines, "_engines", [])
    with pytest.raises(RuntimeError, match="no ledger"):
        erase_sealed(Ref("person", "1"))
