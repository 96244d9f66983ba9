"""Records are written with the act, prove themselves, and are never changed; who reads them is decided by area."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.world import NOW, WHY, World, note_something
from xirang.engines.ledger import queries
from xirang.engines.ledger.logic import EntryTooLongError, entry, leaf_hash
from xirang.engines.ledger.models import Record, SealedValue
from xirang.foundation.actor import SYSTEM, Ref
from xirang.foundation.errors import NotAllowedError, NotFoundError


def rows() -> Any:
    return Record.objects.all_unscoped(WHY)


def recomputed(row: Record) -> bytes:
    """The leaf from the stored columns alone, as an outsider would compute it."""
    return leaf_hash(
        entry(
            action=row.action,
            subject=f"{row.subject_kind}:{row.subject_id}",
            actor=f"{row.actor_kind}:{row.actor_id}",
            at=row.at,
            area=str(row.area_id or ""),
            stands_in_for=row.stands_in_for,
            body=row.body,
        )
    )


def test_every_record_of_a_whole_life_proves_itself(world: World):
    case_id = world.answered()
    world.act(case_id, "enterprise", "confirm", rating="4", remark="“谢谢” ☔ é \u2028")
    found = list(rows())
    assert len(found) > 50
    sealing = 0
    for row in found:
        assert recomputed(row) == bytes(row.leaf), row.action
        verdict = queries.verify_record(row)
        assert verdict.sound, row.action
        assert not verdict.erased, row.action
        sealing += len(verdict.kept)
    assert sealing == SealedValue.objects.count() > 30


def test_a_changed_fact_no_longer_fits_its_leaf(world: World):
    world.ask()
    row = rows().filter(action="cases.open_case").get()
    for name, value in (("actor_id", "x"), ("body", {**row.body, "number": "HL-1"}), ("at", NOW + timedelta(seconds=1)),
                        ("stands_in_for", "account:x"), ("subject_id", "y")):  # fmt: skip
        changed = rows().get(pk=row.pk)
        setattr(changed, name, value)
        assert recomputed(changed) != bytes(row.leaf), name
        assert not queries.verify_record(changed).sound, name


def test_a_record_stands_or_falls_with_its_act(world: World):
    before = rows().count()
    with transaction.atomic():
        note_something(actor=SYSTEM, now=NOW, body={"a": 1})
        assert rows().count() == before + 1
        transaction.set_rollback(True)  # As when the power goes before the commit.
    assert rows().count() == before


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_record set actor_id = 'x'",
        "delete from ledger_record",
        "truncate ledger_record",
        "truncate ledger_record cascade",
    ],
)
def test_the_database_refuses_to_change_what_was_written(world: World, statement: str):
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert rows().exists()


def test_a_record_is_no_place_for_documents(world: World):
    with pytest.raises(EntryTooLongError):
        note_something(actor=SYSTEM, now=NOW, body={"text": "长" * 30_000})


def test_auditors_read_the_records_of_their_areas_and_no_others(world: World):
    here, abroad = world.ask(), world.areas["abroad"]
    note_something(actor=SYSTEM, now=NOW, body={"secret": "abroad"}, area_id=abroad)
    note_something(actor=SYSTEM, now=NOW, body={"secret": "nowhere"})
    auditor = queries.list_records(actor=world.actor("auditor"))
    assert str(here) in {row.subject_id for row in auditor.rows}
    assert not [row for row in Record.objects.within(world.actor("auditor")) if "secret" in row.body]
    seen = [row.body["secret"] for row in Record.objects.within(world.actor("audit_admin")) if "secret" in row.body]
    assert seen == ["nowhere"]
    for part in ("leader", "dispatcher", "system_admin", "security_admin", "enterprise"):
        with pytest.raises(NotAllowedError):
            queries.list_records(actor=world.actor(part))
        assert not Record.objects.within(world.actor(part)).exists()


def test_records_of_an_object_are_for_those_who_see_the_object(world: World):
    case_id = world.handled()
    subject = Ref("case", str(case_id))
    for part in ("enterprise", "handler", "dispatcher", "auditor"):
        described, page = queries.list_records_of(actor=world.actor(part), subject=subject, now=NOW)
        assert world.case(case_id).number in described.title
        assert [row.action for row in page.rows][-1] == "cases.open_case"
        assert len(page.rows) == 3
    for part in ("other_enterprise", "outsider", "resident", "system_admin", "public"):
        with pytest.raises(NotFoundError):
            queries.list_records_of(actor=world.actor(part), subject=subject, now=NOW)
    for subject in (Ref("case", "nonsense"), Ref("nothing", "1"), Ref("case", str(world.root))):
        with pytest.raises(NotFoundError):
            queries.list_records_of(actor=world.actor("dispatcher"), subject=subject, now=NOW)


def test_a_stand_in_is_named(world: World):
    case_id = world.ask()
    world.assign(case_id)
    world.cover(absent="unit_leader", by="colleague")
    world.act(case_id, "handler", "accept")
    world.act(case_id, "colleague", "suspend", reason="变电站扩容明年才能完成，届时再接。")
    event, record = world.log(case_id)[-1], rows().filter(subject_id=str(case_id)).order_by("id").last()
    head = world.account("unit_leader")
    assert event.stands_in_for == head.title_name
    assert record.stands_in_for == f"account:{head.pk}"
    assert head.title_name not in str(record.__dict__)
    shown = world.client("auditor").get(f"/records/case/{case_id}/").content.decode()
    assert f"（代{head.title_name}）" in shown


def test_whoever_covers_every_post_stands_in_whatever_is_recorded(world: World):
    world.cover(absent="unit_leader", by="colleague")
    actor, head = world.actor("colleague"), Ref("account", str(world.account("unit_leader").pk))
    covered = replace(actor, grants=tuple(grant for grant in actor.grants if grant.stands_in_for))
    for acting, said in ((covered, str(head)), (actor, "")):
        note_something(actor=acting, now=NOW, body={}, area_id=world.root)
        assert rows().latest("id").stands_in_for == said


def test_the_pages_of_records(world: World, django_assert_max_num_queries: Any):
    case_id = world.handled()
    client = world.client("auditor")
    client.get("/records/")
    # Six for the page and its rows, whatever their number; one for what is sealed, at most six for names of ids.
    with django_assert_max_num_queries(13):
        assert client.get("/records/").status_code == 200
    page = client.get("/records/?action=cases.open_case").content.decode()
    rows = page[page.index("<tbody") :]
    assert "提交" in rows
    assert "签收" not in rows
    assert client.get("/records/?key=spoilt").status_code == 400
    assert "提交" in client.get("/records/?action=%00").content.decode()  # As if nothing had been chosen.
    shown = client.get(f"/records/case/{case_id}/")
    assert shown.status_code == 200
    assert world.case(case_id).number in shown.content.decode()
    assert client.get("/records/case/nonsense/").status_code == 404


def test_records_are_found_by_day_and_by_who_acted(world: World):
    """Days are those of the district: 16:00 in Greenwich is the next day's beginning."""
    for at, name in (
        (datetime(2026, 3, 1, 15, 59, tzinfo=UTC), "early"),
        (datetime(2026, 3, 1, 16, tzinfo=UTC), "late"),
    ):
        note_something(actor=SYSTEM, now=at, body={"which": name}, area_id=world.root)
    auditor = world.actor("auditor")

    def found(**days: date) -> list[str]:
        return [row.body.get("which", "") for row in queries.list_records(actor=auditor, **days).rows]

    first, second = date(2026, 3, 1), date(2026, 3, 2)
    assert found(until=first) == ["early"]
    assert found(since=second, until=second) == ["late"]
    assert found(since=first, until=second) == ["late", "early"]
    begun = queries.list_records(actor=auditor, since=first, until=second, size=1)
    ended = queries.list_records(actor=auditor, since=first, until=second, size=1, key=begun.next)
    assert [row.body["which"] for row in (*begun.rows, *ended.rows)] == ["late", "early"]

    case_id, client = world.handled(), world.client("auditor")
    page = client.get("/records/", {"since": f"{NOW:%Y-%m-%d}", "actor_id": str(world.account("handler").pk)})
    text = page.content.decode()
    assert f"去掉条件：经办：{world.account('handler').title_name}" in text
    assert text.count("data-x-row=") == rows().filter(actor_id=str(world.account("handler").pk)).count()
    assert world.case(case_id).number in text
    assert client.get("/records/?until=9999-12-31&since=0001-01-01").status_code == 200


def test_who_may_not_open_an_object_reads_its_name_above_its_records(world: World):
    case_id = world.handled()
    title = re.search(r"<h1>(.*?)</h1>", world.client("audit_admin").get(f"/records/case/{case_id}/").content.decode())
    assert title
    assert title[1] == f"办件 {world.case(case_id).number}"
