"""The district that these tests share."""

from tests.world import built_world, own_database, world

__all__ = ["built_world", "own_database", "world"]
