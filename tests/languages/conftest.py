"""The district of all tests."""

from tests.world import built_world, world

__all__ = ["built_world", "world"]
