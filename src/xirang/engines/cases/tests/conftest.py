"""The district that these tests share, and a process that forgets nothing while statements are counted."""

import pytest

from tests.world import built_world, own_database, world
from xirang.foundation.short_cache import all_caches

__all__ = ["built_world", "kept", "own_database", "world"]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process keeps for a second is kept longer: on a busy machine it would be read again while counting."""
    for one in all_caches():
        monkeypatch.setattr(one, "seconds", 3600.0)
