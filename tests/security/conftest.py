"""The poisoned ground that these tests use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.security.ground import Ground, make_ground
from tests.world import built_world, world

__all__ = ["built_ground", "built_world", "ground", "world"]


@pytest.fixture(scope="module")
def built_ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """The ground once for a module, in a transaction that is rolled back at the module's end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_ground()
        transaction.set_rollback(True)


@pytest.fixture
def ground(built_ground: Ground, db: None) -> Ground:
    """A district with accounts of every role and one case whose every text is an attack; changes are undone."""
    return built_ground
