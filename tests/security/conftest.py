"""The poisoned ground that these tests use."""

from __future__ import annotations

import pytest

from tests.security.ground import Ground, make_ground


@pytest.fixture
def ground(db: None) -> Ground:
    """A district with accounts of every role and one case whose every text is an attack."""
    return make_ground()
