"""Two who ask at once for a case of the same source are given the same one, on a real database."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.world import NOW, PACKS, WHY, build, in_threads
from xirang.engines.cases.models import Case
from xirang.engines.cases.spec import OpenCase
from xirang.foundation.actor import SYSTEM
from xirang.foundation.sockets import ask

pytestmark = pytest.mark.packs(*PACKS)


def test_asked_by_four_at_once_it_opens_once(own_database):
    world = build()
    given = {"topic": "space", "need": "由别的事引发的一件。"}
    effect = OpenCase(process="enterprise_help", area_id=world.town(), fields=given, source=("bell", "1"))

    def open_it() -> UUID:
        found: UUID = ask(effect, actor=SYSTEM, now=NOW)
        return found

    answers = in_threads(*[open_it] * 4)
    assert all(isinstance(answer, UUID) for answer in answers), answers
    assert len(set(answers)) == 1
    assert Case.objects.all_unscoped(WHY).filter(process_code="enterprise_help").count() == 1
