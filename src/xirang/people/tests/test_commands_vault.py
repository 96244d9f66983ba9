"""The vault: what is kept, masked, found, revealed with a purpose and erased for good."""

from __future__ import annotations

import pytest
from django.db import connection

from xirang.foundation.actor import PUBLIC, SYSTEM, Ref
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.sealing import sealed
from xirang.people import commands, queries
from xirang.people.commands import PurposeMissingError
from xirang.people.models import PersonKey, VaultEntry
from xirang.people.queries.vault import open_fields
from xirang.people.tests.conftest import NOW, PASSWORD, District

PHONE = "13812342076"


def person_of(district: District, login: str):
    return district.account(login).person_id


def reveal(district: District, by: str, whom: str, field: str = "phone", purpose: str = "回访诉求人", **more) -> str:
    return commands.reveal_field(
        actor=district.actor(by), person_id=person_of(district, whom), field=field, purpose=purpose, now=NOW, **more
    )


def everything_stored() -> str:
    """Every text and byte of every table, to look for what must not be there."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_table_holds_a_name_or_phone_in_the_open(district: District) -> None:
    commands.create_person(
        actor=PUBLIC,
        fields={"name": "欧阳听澜", "phone": "139 8765 4321", "identity_number": "11010519491231002X"},
        now=NOW,
    )
    stored = everything_stored()
    for secret in (PHONE, "欧阳听澜", "13987654321", "11010519491231002X"):
        assert secret not in stored
        assert secret.encode().hex() not in stored


def test_masked_fields_come_in_one_query_for_any_number(district: District, django_assert_num_queries) -> None:
    persons = [district.account(login).person_id for login in ("shen.lan", "hill.worker", "lu.yuan")]
    with django_assert_num_queries(1):
        masked = queries.masked_fields(persons, ["name", "phone"])
    assert masked[persons[0]] == {"name": "沈**", "phone": "138****2076"}
    assert masked[persons[1]] == {"phone": "139****1111"}
    assert masked[persons[2]] == {}


def test_a_reveal_is_recorded_with_its_purpose_and_without_the_value(district: District, people_records) -> None:
    assert reveal(district, "sec.guan", "shen.lan") == PHONE
    (body,) = people_records.of("people.reveal_field")
    assert body["purpose"] == sealed("回访诉求人")
    assert body["field"] == "phone"
    assert PHONE not in str(people_records.all)


@pytest.mark.parametrize("purpose", ["", "  ", "看看", "x" * 201])
def test_no_reveal_without_a_purpose(district: District, purpose: str, people_records) -> None:
    with pytest.raises(PurposeMissingError):
        reveal(district, "sec.guan", "shen.lan", purpose=purpose)
    assert not people_records.of("people.reveal_field")


@pytest.mark.parametrize("by", ["sys.guan", "aud.guan", "lu.yuan"])
def test_who_may_not_reveal(district: District, by: str) -> None:
    with pytest.raises(NotAllowedError):
        reveal(district, by, "shen.lan")


def test_a_head_of_unit_reveals_the_own_people_alone(district: District) -> None:
    assert reveal(district, "head.power", "shen.lan") == PHONE
    with pytest.raises(NotFoundError):
        reveal(district, "head.power", "hill.worker")


def test_out_of_scope_and_unknown_persons_look_alike(district: District) -> None:
    nobody = SYSTEM.ref
    assert nobody
    with pytest.raises(NotFoundError) as outside:
        reveal(district, "listen.sec", "hill.worker")
    lone = commands.create_person(actor=PUBLIC, fields={"phone": "13700000000"}, now=NOW)
    with pytest.raises(NotFoundError) as unknown:
        commands.reveal_field(
            actor=district.actor("sec.guan"), person_id=lone, field="phone", purpose="回访诉求人", now=NOW
        )
    assert outside.value.zh == unknown.value.zh


def test_an_engine_vouches_for_a_matter(district: District, people_records) -> None:
    lone = commands.create_person(actor=PUBLIC, fields={"phone": "13700000000"}, now=NOW)
    value = commands.reveal_field(
        actor=district.actor("shen.lan"),
        person_id=lone,
        field="phone",
        purpose="回电核实",
        now=NOW,
        matter=Ref("case", "1"),
    )
    assert value == "13700000000"
    assert people_records.of("people.reveal_field")[0]["matter"] == "case:1"


def test_entries_moved_to_another_person_or_field_do_not_open(district: District) -> None:
    victim, thief = person_of(district, "shen.lan"), person_of(district, "hill.worker")
    stolen = VaultEntry.objects.get(person_id=victim, field="phone").ciphertext
    VaultEntry.objects.filter(person_id=thief, field="phone").update(ciphertext=stolen)
    assert open_fields([thief], ["phone"])[thief]["phone"] == ""
    assert queries.masked_fields([thief], ["phone"])[thief]["phone"] == "****"
    key = PersonKey.objects.get(person_id=victim).wrapped_key
    PersonKey.objects.filter(person_id=thief).update(wrapped_key=key)
    assert open_fields([thief], ["phone"])[thief]["phone"] == ""
    name = VaultEntry.objects.get(person_id=victim, field="name").ciphertext
    VaultEntry.objects.filter(person_id=victim, field="phone").update(ciphertext=name)
    assert open_fields([victim], ["phone"])[victim]["phone"] == ""


def test_a_phone_finds_its_person_however_it_is_written(district: District) -> None:
    for written in ("13812342076", "138 1234 2076", "+86-138-1234-2076", "１３８１２３４２０７６"):
        assert queries.find_person("phone", written, now=NOW) == person_of(district, "shen.lan")
    assert queries.find_person("phone", "13812342077", now=NOW) is None
    rows = queries.list_accounts(district.actor("sys.guan"), now=NOW, text="138 1234 2076").rows
    assert [row.account.username for row in rows] == ["shen.lan"]
    assert not queries.list_accounts(district.actor("listen.sec"), now=NOW, text=PHONE).rows


def test_erasing_makes_everything_unreadable_and_keeps_the_records(district: District) -> None:
    person, account = person_of(district, "shen.lan"), district.account("shen.lan")
    commands.erase_person(actor=district.actor("sec.guan"), person_id=person, because="本人申请", now=NOW)
    assert not PersonKey.objects.filter(person_id=person).exists()
    assert queries.masked_fields([person], ["phone"])[person] == {}
    assert queries.find_person("phone", PHONE, now=NOW) is None
    with pytest.raises(NotFoundError):
        reveal(district, "sec.guan", "shen.lan")
    account.refresh_from_db()
    assert not account.is_active
    assert "shen" not in account.username
    assert account.title_name == "已删除"
    assert not queries.actor_of(account, now=NOW).grants
    outcome = commands.sign_in(actor=PUBLIC, username="shen.lan", password=PASSWORD, address="1.1.1.1", now=NOW)
    assert outcome.state == "refused"
    with pytest.raises((ConflictError, NotFoundError)):
        commands.erase_person(actor=district.actor("sec.guan"), person_id=person, because="本人申请", now=NOW)
    with pytest.raises(NotFoundError):
        commands.unlock_account(actor=district.actor("sec.guan"), account_id=account.pk, now=NOW)


@pytest.mark.parametrize(("by", "whom"), [("sys.guan", "shen.lan"), ("sec.guan", "aud.guan"), ("shen.lan", "shen.lan")])
def test_who_may_not_erase(district: District, by: str, whom: str) -> None:
    with pytest.raises(NotAllowedError):
        commands.erase_person(
            actor=district.actor(by), person_id=person_of(district, whom), because="本人申请", now=NOW
        )


def test_bad_values_are_refused_at_their_field(district: District) -> None:
    for field, value in (
        ("phone", "12"),
        ("identity_number", "110105194912310021"),
        ("email", "a@@b"),
        ("wishes", "x"),
    ):
        with pytest.raises(InvalidError) as refused:
            commands.create_person(actor=PUBLIC, fields={field: value}, now=NOW)
        assert field in refused.value.fields


def test_own_fields_may_be_kept_and_removed_a_stranger_s_not(district: District) -> None:
    own = person_of(district, "shen.lan")
    actor = district.actor("shen.lan")
    commands.keep_fields(actor=actor, person_id=own, fields={"email": "Lan@Example.cn", "phone": ""}, now=NOW)
    assert queries.masked_fields([own], ["phone", "email"])[own] == {"email": "l***@example.cn"}
    with pytest.raises(NotAllowedError):
        commands.keep_fields(
            actor=actor, person_id=person_of(district, "hill.worker"), fields={"phone": PHONE}, now=NOW
        )
