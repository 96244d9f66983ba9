"""Columns that Django lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:

    class PlainText(models.TextField[Any, Any]):
        """A column kept as text, yet read and written as plain data; here the type checker is told so."""

        _pyi_private_set_type: Any
        _pyi_private_get_type: Any
        _pyi_lookup_exact_type: Any
else:
    PlainText = models.TextField


class OrderedJSONField(PlainText):
    """Plain JSON data kept with its keys in the order in which they were written.

    PostgreSQL sorts the keys of `jsonb` by length; in a declaration the order says something, such as which stage is
    the first one.
    """

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)
