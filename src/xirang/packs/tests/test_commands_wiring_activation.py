"""What is published after an activation has committed is heard, whichever process publishes or delivers it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from tests.world import NOW, PACKS, build, in_threads
from xirang.foundation import outbox
from xirang.foundation.actor import SYSTEM
from xirang.foundation.models import OutboxEvent
from xirang.packs import commands
from xirang.packs.tests.wired import ASSIGNED, NOTIFY, activate, find_something, make_wired, rewire, told
from xirang.packs.wiring import in_force

pytestmark = pytest.mark.packs(*PACKS)


def waiting() -> int:
    return OutboxEvent.objects.filter(delivered_at__isnull=True).count()


def test_a_process_that_knows_an_older_wiring_loses_nothing_once_the_new_one_has_committed(
    own_database, tmp_path: Path
):
    world = build()
    activate(world, tmp_path, (ASSIGNED.replace("assigned", "closed"), NOTIFY))
    case_id = find_something(world)
    before = in_force.kept.get(outbox._last_stamp, lambda: pytest.fail("the old wiring is known here"))
    pack = rewire(tmp_path / "found", (ASSIGNED, NOTIFY))

    def activate_elsewhere() -> None:
        """As another process does it: nothing that this process keeps is touched, only the database."""
        kept, stamp = dict(in_force.kept._answers), outbox._last_stamp
        commands.install_pack(actor=SYSTEM, folder=pack, now=NOW + timedelta(seconds=1))
        commands.activate_pack(actor=SYSTEM, pack="found", area_id=world.root, now=NOW)
        in_force.kept._answers, outbox._last_stamp = kept, stamp

    assert in_threads(activate_elsewhere) == [None]
    assert in_force.kept.get(outbox._last_stamp, lambda: pytest.fail("still the old one")) is before
    world.assign(case_id)
    assert waiting() == 1
    in_force.kept._answers = {outbox._last_stamp: in_force.kept._answers[outbox._last_stamp]}
    outbox.deliver(NOW)
    assert told(world) == 1


def test_an_event_during_an_activation_goes_by_what_had_committed_and_the_next_one_by_the_new(
    own_database, tmp_path: Path
):
    world = build()
    pack = make_wired(tmp_path, (ASSIGNED.replace("assigned", "closed"), NOTIFY))
    commands.install_pack(actor=SYSTEM, folder=pack, now=NOW)
    commands.activate_pack(actor=SYSTEM, pack="found", area_id=world.root, now=NOW)
    commands.install_pack(actor=SYSTEM, folder=rewire(pack, (ASSIGNED, NOTIFY)), now=NOW + timedelta(seconds=1))
    first, second = find_something(world), find_something(world)
    activating, assigned = threading.Event(), threading.Event()

    def activate_slowly() -> None:
        with transaction.atomic():
            commands.activate_pack(actor=SYSTEM, pack="found", area_id=world.root, now=NOW)
            activating.set()
            assert assigned.wait(30)

    def assign_meanwhile() -> None:
        assert activating.wait(30)
        world.assign(first)
        assigned.set()

    assert in_threads(activate_slowly, assign_meanwhile) == [None, None]
    assert waiting() == 0
    world.assign(second)
    assert waiting() == 1
    outbox.deliver(NOW)
    assert told(world) == 1


def test_a_change_that_is_undone_leaves_no_trace_in_what_is_known(own_database, tmp_path: Path):
    world = build()
    activate(world, tmp_path, (ASSIGNED, NOTIFY))
    case_id = find_something(world)
    with transaction.atomic():
        commands.retire_pack(actor=SYSTEM, pack="found", area_id=world.root, now=NOW)
        world.act(case_id, "dispatcher", "assign", unit="unit/power_supply")
        outbox.deliver(NOW)
        assert (waiting(), told(world)) == (0, 0), "inside the transaction the pack is retired"
        transaction.set_rollback(True)
    world.assign(case_id)
    assert waiting() == 1
    outbox.deliver(NOW)
    assert told(world) == 1
