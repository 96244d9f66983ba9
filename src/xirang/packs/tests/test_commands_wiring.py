"""Each wired line is delivered by itself: once, whatever its neighbours do, again and again, and then to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.engines import bring
from tests.world import ANYBODY, NOW, World
from xirang.foundation import outbox
from xirang.foundation.actor import SYSTEM, Ref
from xirang.foundation.commands import command, publish, record
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.models import Delivery, OutboxEvent
from xirang.foundation.short_cache import forget_all
from xirang.foundation.sockets import Events
from xirang.packs import commands, queries
from xirang.packs.models import PackVersion
from xirang.packs.tests.wired import (
    ASSIGNED,
    BROKEN,
    NOTIFY,
    OPENED,
    VISIT,
    activate,
    find_something,
    handed_over,
    told,
    visits,
)
from xirang.packs.wiring import in_force
from xirang.packs.wiring.hearing import WAITS, table
from xirang.project.keeping import health


def waiting() -> int:
    return OutboxEvent.objects.filter(delivered_at__isnull=True).count()


def failing() -> Delivery:
    return Delivery.objects.get(at__isnull=True)


def test_a_good_line_goes_out_at_once_beside_a_failing_one(world: World, tmp_path: Path):
    activate(world, tmp_path, (ASSIGNED, BROKEN), (ASSIGNED, NOTIFY))
    handed_over(world)
    outbox.deliver(NOW)
    assert (told(world), visits()) == (1, [])
    row = failing()
    assert (row.tries, row.failed_at, row.next_try_at) == (1, NOW, NOW + WAITS[0])
    assert row.last_error == "有 1 处需要改正。"
    outbox.deliver(NOW + WAITS[0])
    assert (told(world), failing().tries) == (1, 2)


def test_a_failing_line_is_given_up_after_eight_tries_in_about_a_day_and_then_people_see_it(
    world: World, tmp_path: Path
):
    activate(world, tmp_path, (ASSIGNED, NOTIFY), (ASSIGNED, BROKEN))
    case_id = handed_over(world)
    moment = NOW
    for tries in range(1, 9):
        outbox.deliver(moment)
        row = failing()
        assert row.tries == tries
        moment = row.next_try_at or moment
    assert row.given_up_at == moment
    assert timedelta(hours=20) < moment - NOW < timedelta(hours=26)
    assert not OutboxEvent.objects.filter(delivered_at__isnull=True).exists()
    outbox.deliver(moment + timedelta(days=2))
    assert failing().tries == 8, "given up is given up"
    assert told(world) == 1
    [(level, said, _english)] = health.examine_wiring(connection.connection)
    assert level == "CARE"
    assert said.startswith("应用包 found 的接线有 1 条已停止、0 条还在再试。")
    page = world.client("system_admin").get("/packs/found/").content.decode()
    for word in ("没有送到的接线", world.case(case_id).number, "第 2 行", "有 1 处需要改正。", "8 次", "已停止"):
        assert word in page, word
    assert "再试一次" in page
    assert "再试一次" not in world.client("leader").get("/packs/found/").content.decode()


def test_a_given_up_line_is_tried_again_by_whoever_may_open_packs_there(world: World, tmp_path: Path):
    activate(world, tmp_path, (ASSIGNED, BROKEN))
    handed_over(world)
    moment = NOW
    while not (row := _after(moment)).given_up_at:
        moment = row.next_try_at
    for part in ("dispatcher", "leader", "auditor"):
        with pytest.raises(NotAllowedError):
            commands.retry_delivery(actor=world.actor(part), delivery_id=row.pk, now=NOW)
    with pytest.raises(NotFoundError):
        commands.retry_delivery(actor=SYSTEM, delivery_id=row.pk + 1000, now=NOW)
    version = PackVersion.objects.get(pack="found")
    version.wiring[0]["args"].pop("pages")  # What was wrong has been put right.
    version.save(update_fields=["wiring"])
    in_force.forget()
    client = world.client("system_admin")
    assert client.post("/packs/found/retry/", {"delivery": "x"}).status_code == 404
    assert client.post("/packs/found/retry/", {"delivery": str(row.pk)}).status_code == 302
    outbox.deliver(moment + timedelta(days=1))
    assert [case.title for case in visits()] == ["黑色雨伞"]
    assert queries.list_failing(actor=SYSTEM, pack="found") == ([], 0)
    assert [level for level, _said, _english in health.examine_wiring(connection.connection)] == ["WELL"]
    assert client.post("/packs/found/retry/", {"delivery": str(row.pk)}).status_code == 404, "it has been delivered"


def _after(moment: datetime) -> Delivery:
    outbox.deliver(moment)
    return failing()


def test_what_held_when_the_event_occurred_decides(world: World, tmp_path: Path):
    activate(world, tmp_path, (ASSIGNED, NOTIFY))
    case_id = handed_over(world)
    later = NOW + timedelta(hours=1)
    commands.retire_pack(actor=SYSTEM, pack="found", area_id=world.root, now=later)
    commands.activate_pack(actor=SYSTEM, pack="found", area_id=world.root, now=later + timedelta(hours=1))
    outbox.deliver(later + timedelta(hours=2))
    assert told(world) == 1, "the pack was in use when the case was assigned, and only once"
    commands.retire_pack(actor=SYSTEM, pack="found", area_id=world.root, now=later + timedelta(hours=3))
    world.act(case_id, "handler", "answer", now=later + timedelta(hours=4), outcome="solved", reply="已送还。")
    outbox.deliver(later + timedelta(hours=5))
    assert not OutboxEvent.objects.filter(delivered_at__isnull=True).exists()


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, without the beginnings and ends of transactions."""
    return [
        one["sql"] or "a plain statement"
        for one in captured.captured_queries
        if not (one["sql"] or "").startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"))
    ]


def test_finding_and_marking_costs_at_most_four_statements_beyond_the_effect(world: World, tmp_path: Path):
    """Counted: the whole run of the outbox. Taken off: what the effect itself does, told by its own tables."""
    activate(world, tmp_path, (ASSIGNED, NOTIFY))
    handed_over(world)
    outbox.deliver(NOW)
    handed_over(world)
    forget_all()
    OutboxEvent.objects.exclude(kind="cases.case_assigned").update(delivered_at=NOW)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        outbox.deliver(NOW)
    assert told(world) == 2
    ours = [sql for sql in statements(captured) if "foundation_outboxevent" in sql or "packs_" in sql]
    assert len(ours) <= 4, ours
    assert sum("packs_packactivation" in sql for sql in ours) == 1, "the snapshot, read once a block"
    assert not any("readme" in sql for sql in statements(captured))


def test_a_block_of_messages_costs_a_handful_of_statements(world: World, tmp_path: Path):
    activate(world, tmp_path, (ASSIGNED, NOTIFY))
    for _each in range(12):
        handed_over(world)
    with CaptureQueriesContext(connection) as captured:
        assert outbox.deliver(NOW) == 12
    assert told(world) == 12
    # Fetching, whoever is told by name, the wiring, its texts, claiming, messages, records; and that none is left.
    assert len(statements(captured)) <= 8, statements(captured)


def test_messages_go_out_beside_a_failing_line_of_the_same_event(world: World, tmp_path: Path):
    activate(world, tmp_path, (ASSIGNED, NOTIFY), (ASSIGNED, BROKEN))
    for _each in range(3):
        handed_over(world)
    outbox.deliver(NOW)
    assert told(world) == 3
    assert Delivery.objects.filter(at__isnull=True).count() == 3


def test_events_that_no_active_line_hears_are_not_kept(world: World, tmp_path: Path):
    activate(world, tmp_path, (ASSIGNED, NOTIFY))
    case_id, second, third = (find_something(world) for _each in range(3))
    assert waiting() == 0, "opened: no line of this pack hears it"
    world.assign(case_id)
    assert waiting() == 1
    later = NOW + timedelta(hours=1)
    commands.retire_pack(actor=SYSTEM, pack="found", area_id=world.root, now=later)
    world.assign(second, now=later)  # By the wiring that this process still knew; nobody hears it when it is delivered.
    assert waiting() == 2
    world.assign(third, now=later)
    assert waiting() == 2, "retired, and known to be"
    outbox.deliver(later)
    assert told(world) == 1


def test_a_case_opened_by_wiring_names_what_caused_it(world: World, tmp_path: Path):
    activate(world, tmp_path, (OPENED, VISIT), (ASSIGNED, VISIT))
    case_id = handed_over(world)
    outbox.deliver(NOW)
    [visit] = visits()
    assert (visit.source_kind, visit.source_id, visit.source_depth) == ("case", str(case_id), 1)
    assert (visit.title, visit.channel) == ("黑色雨伞", "wiring")
    assert Delivery.objects.filter(listener__startswith="wiring/", at__isnull=False).count() == 2
    page = world.client("dispatcher").get(f"/cases/{case_id}/").content.decode()
    assert f'引发了 <a href="/cases/{visit.pk}/">' in page
    back = world.client("dispatcher").get(f"/cases/{visit.pk}/").content.decode()
    assert f'由 <a href="/cases/{case_id}/">' in back


@dataclass(frozen=True)
class Rang:
    """An event of an engine that knows nothing of cases."""

    KIND: ClassVar[str] = "tests.rang"
    area_id: UUID
    bell: UUID

    @property
    def subject(self) -> tuple[str, str]:
        return "bell", str(self.bell)


@command("Trial", permit=ANYBODY)
def ring(*, actor: Any, now: Any, area_id: UUID, bell: UUID) -> None:
    record(Ref("bell", "1"), {})
    publish(Rang(area_id, bell))


def test_an_event_of_any_engine_may_open_a_case_and_once_per_source(world: World, tmp_path: Path, monkeypatch):
    bring(monkeypatch, Events((Rang,)))
    activate(world, tmp_path, (OPENED, NOTIFY))
    line = {"event": Rang.KIND, "filters": {}, "among": {}, "effect": "cases.open_case"}
    PackVersion.objects.filter(pack="found").update(
        wiring=[line | {"args": {"process": "visit", "what": "=按铃", "pages": 3}}]
    )
    in_force.forget()
    bell = uuid4()
    for _twice in range(2):
        ring(actor=SYSTEM, now=NOW, area_id=world.town(), bell=bell)
    outbox.deliver(NOW)
    [visit] = visits()
    assert (visit.source_kind, visit.source_id, visit.source_depth) == ("bell", str(bell), 0)
    assert visit.fields == {"what": "按铃", "pages": 3}
    assert "引发" not in world.client("dispatcher").get(f"/cases/{visit.pk}/").content.decode()


def test_the_table_of_wiring_names_packs_areas_and_lines(world: World, tmp_path: Path, capsys):
    from xirang.packs.cli import wiring

    activate(world, tmp_path, (ASSIGNED, NOTIFY))
    assert (f"found@{world.area().name}", ASSIGNED, NOTIFY) in table()
    assert wiring.run(None) == 0
    assert f"  当 {ASSIGNED}\n  则 {NOTIFY}\n" in capsys.readouterr().out
