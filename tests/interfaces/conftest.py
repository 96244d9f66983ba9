"""The running site that these tests talk to."""

from tests.small_site import small_seed, small_site, small_var

__all__ = ["small_seed", "small_site", "small_var"]
