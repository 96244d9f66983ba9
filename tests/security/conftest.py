"""The running site and the poisoned ground that these tests use."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.ground import Ground, make_ground
from tests.small_site import small_seed, small_site, small_var

__all__ = ["small_seed", "small_site", "small_var"]


@pytest.fixture
def ground(db: None, settings: Any) -> Ground:
    """A district with accounts of every role and one case whose every text is an attack."""
    # Nobody types a password here; the real hash is slow on purpose and would be made eleven times for each test.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_ground()
