"""The published schemas are those of the program: whoever changes a declaration publishes it anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xirang.packs.cli import schema_named, schemas

PUBLISHED = Path(__file__).resolve().parents[4] / "docs" / "schema"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_published_schema_is_current(name: str) -> None:
    published = json.loads((PUBLISHED / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(schema_named(name))), (
        f"xirang pack schema {name} > docs/schema/{name}.schema.json"
    )
