"""A wired effect happens once, whatever workers do beside each other and wherever the power goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.engines import bring
from tests.world import NOW, PACKS, build, in_threads
from xirang.foundation import outbox
from xirang.foundation.models import Delivery, OutboxEvent
from xirang.foundation.sockets import Audience, Hearer
from xirang.packs.tests.wired import ASSIGNED, NOTIFY, VISIT, activate, handed_over, told, visits

pytestmark = pytest.mark.packs(*PACKS)


def test_two_workers_and_a_power_cut_do_it_once(own_database, tmp_path: Path, monkeypatch):
    world = build()
    activate(world, tmp_path, (ASSIGNED, NOTIFY), (ASSIGNED, VISIT))
    with transaction.atomic():
        for _each in range(4):
            handed_over(world)
    crashed: list[int] = []

    def crash(event: Any, delivered: Any) -> None:
        if not crashed:
            crashed.append(1)
            raise KeyboardInterrupt  # As a killed process: the event's lines are done, but it is not struck off.

    bring(monkeypatch, Audience(lambda event, delivered: [Hearer("crash", crash)]))
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(NOW)
    results = in_threads(*[lambda: outbox.deliver(NOW)] * 3)
    assert all(isinstance(done, int) for done in results), results
    outbox.deliver(NOW)
    assert not OutboxEvent.objects.filter(delivered_at__isnull=True).exists()
    assert (told(world), len(visits())) == (4, 4)
    assert not Delivery.objects.filter(at__isnull=True).exists()
