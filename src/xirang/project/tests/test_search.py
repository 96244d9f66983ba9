"""The one search over every engine: who finds what, what leads straight on, and what is said when a group fails."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tests.world import NOW, PHONE, World
from xirang.engines.cases import commands as cases
from xirang.engines.ledger.models import Record
from xirang.foundation import engines
from xirang.foundation.actor import Actor
from xirang.foundation.engines import every
from xirang.foundation.search import Found, Question, Searcher
from xirang.people.models import Organisation


def page(world: World, part: str, text: str, **more: str) -> Any:
    return world.client(part).get("/search/", {"q": text, **more})


def text_of(world: World, part: str, text: str, **more: str) -> str:
    answer = page(world, part, text, **more)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def firm_of(world: World) -> Organisation:
    found = Organisation.objects.all_unscoped("a test").filter(kind="enterprise", credit_code__isnull=False)
    firm = found.order_by("name").first()
    assert firm is not None
    return firm


def test_groups_stand_in_a_fixed_order_and_only_where_they_are_offered(world: World) -> None:
    assert len({one.code for one in every(Searcher)}) == len(every(Searcher))
    text = text_of(world, "dispatcher", "供电")
    places = [text.index(f"group={code}") for code in ("cases", "organisations", "packs", "messages")]
    assert places == sorted(places)
    assert "group=accounts" not in text
    assert "group=accounts" in text_of(world, "security_admin", "林晓")
    firm = text_of(world, "enterprise", "供电")
    assert "group=organisations" not in firm
    assert "group=packs" not in firm


def test_a_firm_is_found_by_name_and_its_credit_code_leads_to_it(world: World) -> None:
    firm = firm_of(world)
    assert f'href="/organisations/{firm.pk}/"' in text_of(world, "dispatcher", firm.name[:4])
    assert firm.credit_code is not None
    for typed in (firm.credit_code, firm.credit_code.lower(), f" {firm.credit_code[:8]} {firm.credit_code[8:]}"):
        assert page(world, "dispatcher", typed)["Location"] == f"/organisations/{firm.pk}/"
    for part in ("outsider", "other_enterprise", "resident"):
        assert str(firm.pk) not in text_of(world, part, firm.credit_code), part


def test_accounts_are_found_by_those_who_list_them(world: World) -> None:
    assert "<mark>林晓</mark>" in text_of(world, "security_admin", "林晓")
    assert "<mark>林晓</mark>" not in text_of(world, "dispatcher", "林晓")


def test_a_pack_is_found_by_title_and_its_code_leads_to_it(world: World) -> None:
    assert page(world, "system_admin", "snap_report")["Location"] == "/packs/snap_report/"
    assert "/packs/snap_report/" in text_of(world, "dispatcher", "随手报")
    assert "/packs/snap_report/" not in text_of(world, "handler", "snap_report")


def test_the_number_of_a_record_leads_to_its_object_for_those_who_read_records(world: World) -> None:
    case_id = world.ask()
    record = Record.objects.all_unscoped("a test").filter(subject_id=str(case_id)).first()
    assert record is not None
    assert page(world, "auditor", f"记录 {record.pk}")["Location"] == f"/records/case/{case_id}/"
    assert page(world, "auditor", f"#{record.pk}")["Location"] == f"/records/case/{case_id}/"
    assert page(world, "dispatcher", f"#{record.pk}").status_code == 200
    assert page(world, "auditor", "#99999999999").status_code == 200


def test_messages_are_found_by_their_reader_alone(world: World) -> None:
    from xirang.engines.bulletin.models import Message

    Message.objects.create(
        created_at=NOW,
        channel="inbox",
        to_account=world.account("handler"),
        to_title="",
        subject="变压器已到货",
        body="",
        state="sent",
    )
    assert "<mark>变压器</mark>已到货" in text_of(world, "handler", "变压器")
    assert "已到货" not in text_of(world, "other_handler", "变压器")


@pytest.mark.parametrize("fault", ["program", "database", "slow"])
def test_a_group_that_fails_says_so_and_the_others_stand(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    world.ask(need="新产线投产，变压器容量不够，申请增容。")
    cases.keep_words(now=NOW)

    def broken(actor: Actor, question: Question, now: datetime, limit: int) -> Found:
        with connection.cursor() as cursor:
            if fault == "slow":
                cursor.execute("set local statement_timeout = 20")
                cursor.execute("select pg_sleep(5)")
            if fault == "database":
                cursor.execute("select * from no_such_table")
        raise RuntimeError("broken")

    def changed(offer: Any) -> Any:
        packs = isinstance(offer, Searcher) and offer.code == "packs"
        return dataclasses.replace(offer, find=broken) if packs else offer

    before = engines.engines()
    monkeypatch.setattr(
        engines, "_engines", [dataclasses.replace(one, offers=tuple(map(changed, one.offers))) for one in before]
    )
    text = text_of(world, "dispatcher", "变压器")
    assert "另有 1 组没取到" in text
    assert "这一组没有回来，其余各组是全的" in text
    assert 'href="/search/?q=%E5%8F%98%E5%8E%8B%E5%99%A8&amp;group=packs">重试这一组' in text
    assert "<mark>变压器</mark>" in text
    # A group behind the broken one was asked as well.
    assert "group=messages" in text
    monkeypatch.undo()
    assert "没取到" not in text_of(world, "dispatcher", "变压器", group="packs")


def test_the_box_of_every_page_leads_here_and_keeps_the_words(world: World) -> None:
    assert 'action="/search/"' in text_of(world, "dispatcher", "变压器")
    assert 'value="变压器"' in text_of(world, "dispatcher", "变压器")
    assert "输完整编号或电话" in text_of(world, "dispatcher", "")
    english = world.client("dispatcher").get("/search/?q=zzzz", headers={"Accept-Language": "en"}).content.decode()
    assert "Nothing contains “zzzz”" in english


def test_an_unknown_group_is_an_empty_page(world: World) -> None:
    assert text_of(world, "dispatcher", "变压器", group="no_such_group")
    assert PHONE not in text_of(world, "leader", "变压器", group="../")
