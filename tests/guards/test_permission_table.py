"""The published table of permissions is what the program really decides, and it knows every command."""

from __future__ import annotations

import pytest

from tools import permissions

WRITTEN = permissions.TARGET.read_text(encoding="utf-8")
MEND = "run .venv/bin/python tools/permissions.py and commit docs/permissions.md"


def test_the_platforms_part_is_current() -> None:
    assert permissions.parts_of(WRITTEN)[0] == permissions.parts_of(permissions.document())[0], MEND


@pytest.mark.parametrize("pack", sorted(permissions.packs()))
def test_each_packs_part_is_current(pack: str) -> None:
    """Only of packs that are there: whoever removes a pack leaves its part in the document without harm."""
    assert permissions.parts_of(WRITTEN)[1].get(pack) == permissions.pack_part(pack, permissions.packs()[pack]), MEND


def test_every_command_stands_in_the_table_once() -> None:
    listed = [one.verb for one in permissions.permits()]
    assert len(listed) == len(set(listed))
    assert set(listed) == permissions.commands_for_people()
