"""Messages reach one recipient, are read by nobody else, and looking at them changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.world import NOW, WHY, World
from xirang.engines.bulletin import commands, queries
from xirang.engines.bulletin.models import INBOX, Message
from xirang.engines.bulletin.spec import Notify
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.errors import InvalidError, NotAllowedError, NotFoundError


def send(world: World, *, now: Any = NOW, **more: Any) -> Any:
    given = {"to_account_id": world.account("handler").pk} if not any(k.startswith("to_") for k in more) else {}
    return commands.notify(actor=SYSTEM, notes=[Notify("有新交办", "请签收。", **given, **more)], now=now)[0]


def test_exactly_one_recipient(world: World):
    unit, account = world.unit("power_supply"), world.account("handler").pk
    for wrong in ({"to_account_id": account, "to_unit_id": unit}, {"to_account_id": None}):
        with pytest.raises(InvalidError) as refused:
            send(world, **wrong)
        assert refused.value.code == "one_recipient"
    assert not Message.objects.all_unscoped(WHY).exists()


def test_who_reads_a_message(world: World):
    mine, units = send(world), send(world, to_unit_id=world.unit("power_supply"))
    asker = send(world, to_account_id=world.account("enterprise").pk)
    seen = {part: {m.pk for m in queries.list_messages(actor=world.actor(part)).rows} for part in
            ("handler", "colleague", "enterprise", "other_handler", "auditor", "security_admin")}  # fmt: skip
    assert seen == {
        "handler": {mine, units},
        "colleague": {units},
        "enterprise": {asker},
        "other_handler": set(),
        "auditor": set(),
        "security_admin": set(),
    }
    assert not Message.objects.within(PUBLIC).exists()
    with pytest.raises(NotFoundError):
        queries.get_message(actor=world.actor("other_handler"), message_id=mine)


def test_the_administrator_sees_the_sandbox_and_not_what_really_went_out(world: World, settings: Any):
    sandboxed = send(world)
    settings.DEMO = False
    real = send(world)
    assert Message.objects.all_unscoped(WHY).get(pk=real).channel == INBOX
    seen = {message.pk for message in queries.list_messages(actor=world.actor("system_admin")).rows}
    assert seen == {sandboxed}
    assert queries.count_unread(actor=world.actor("handler")) == 2


def test_reading_is_noted_once_and_only_for_the_recipient(world: World):
    message_id = send(world)
    commands.mark_read(actor=world.actor("system_admin"), message_id=message_id, now=NOW)
    assert queries.count_unread(actor=world.actor("handler")) == 1
    for later in (0, 1):
        commands.mark_read(actor=world.actor("handler"), message_id=message_id, now=NOW + timedelta(hours=later))
    message = Message.objects.all_unscoped(WHY).get(pk=message_id)
    assert message.read_at == NOW
    assert Record.objects.all_unscoped(WHY).filter(action="bulletin.mark_read").count() == 1
    assert queries.count_unread(actor=world.actor("handler")) == 0
    with pytest.raises(NotFoundError):
        commands.mark_read(actor=world.actor("other_handler"), message_id=message_id, now=NOW)
    with pytest.raises(NotFoundError):
        commands.mark_read(actor=world.actor("handler"), message_id=uuid4(), now=NOW)


def test_long_words_are_cut_and_the_person_is_not_named(world: World):
    person = world.account("resident").person_id
    message_id = commands.notify(actor=SYSTEM, notes=[Notify("长" * 500, "长" * 5000, to_person_id=person)], now=NOW)[0]
    message = Message.objects.all_unscoped(WHY).get(pk=message_id)
    assert (len(message.subject), len(message.body), message.to_title) == (200, 2000, "求助人")


def test_the_page_of_messages(world: World, django_assert_max_num_queries: Any):
    for turn in range(30):
        send(world, now=NOW + timedelta(minutes=turn), url="/cases/")
    client = world.client("handler")
    client.get("/messages/")
    with django_assert_max_num_queries(8):
        page = client.get("/messages/")
    assert page.content.decode().count("有新交办") == 25
    newest = Message.objects.all_unscoped(WHY).order_by("-created_at").first()
    assert client.get(f"/messages/{newest.pk}/open/").status_code == 405
    assert client.post(f"/messages/{newest.pk}/open/")["Location"] == "/cases/"
    assert queries.count_unread(actor=world.actor("handler")) == 29
    assert client.get("/messages/?view=unread").content.decode().count("有新交办") == 25
    assert world.client("other_handler").post(f"/messages/{newest.pk}/open/").status_code == 404
    assert client.get("/messages/?key=spoilt").status_code == 400


def test_all_of_one_s_own_are_marked_as_read_at_once(world: World):
    mine = {send(world), send(world)}
    units = send(world, to_unit_id=world.unit("power_supply"))
    theirs = send(world, to_account_id=world.account("enterprise").pk)
    handler = world.actor("handler")
    assert {row.pk for row in queries.list_messages(actor=handler, unread=True).rows} == mine
    client = world.client("handler")
    page = client.get("/messages/").content.decode()
    assert 'action="/messages/read/"' in page
    assert client.get("/messages/read/").status_code == 405
    assert client.post("/messages/read/")["Location"] == "/messages/"
    left = Message.objects.all_unscoped(WHY).filter(read_at__isnull=True)
    assert {message.pk for message in left} == {units, theirs}
    assert queries.count_unread(actor=handler) == 0
    (noted,) = Record.objects.all_unscoped(WHY).filter(action="bulletin.mark_all_read")
    assert (noted.subject_id, noted.body["messages"]) == (handler.ref.id, 2)

    assert commands.mark_all_read(actor=handler, now=NOW) == 0
    with pytest.raises(NotAllowedError):
        commands.mark_all_read(actor=SYSTEM, now=NOW)
    assert Record.objects.all_unscoped(WHY).filter(action="bulletin.mark_all_read").count() == 1
    assert 'action="/messages/read/"' not in client.get("/messages/").content.decode()
