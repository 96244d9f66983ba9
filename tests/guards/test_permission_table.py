"""The published table of permissions is what the program really decides, and it knows every command."""

from __future__ import annotations

from typing import Any

import pytest

from tools import permissions
from xirang.foundation.commands import Command
from xirang.foundation.permits import WORDS
from xirang.people.spec import PLATFORM_ROLES

WRITTEN = permissions.TARGET.read_text(encoding="utf-8")
MEND = "run .venv/bin/python tools/permissions.py and commit docs/permissions.md"


def test_the_platforms_part_is_current() -> None:
    assert permissions.parts_of(WRITTEN)[0] == permissions.parts_of(permissions.document())[0], MEND


@pytest.mark.parametrize("pack", sorted(permissions.packs()))
def test_each_packs_part_is_current(pack: str) -> None:
    """Only of packs that are there: whoever removes a pack leaves its part in the document without harm."""
    assert permissions.parts_of(WRITTEN)[1].get(pack) == permissions.pack_part(pack, permissions.packs()[pack]), MEND


@pytest.mark.parametrize("one", permissions.load_commands().values(), ids=lambda one: one.name)
def test_a_permit_names_roles_that_there_are_and_says_how_far_it_reaches(one: Command[..., Any]) -> None:
    assert one.permit.roles
    assert {*one.permit.roles, *one.permit.of_unit} <= {*PLATFORM_ROLES, *WORDS}
    assert str(one.permit.scope)
