"""Which answers are kept apart, so that lists find their cases, and how they are written there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ProcessType

KEPT_KINDS = ("choice", "bool", "unit")
"""Answers of which many cases share each: what a list may filter by."""


def kept_fields(process: ProcessType) -> dict[str, FieldSpec]:
    """The fields of the form by which lists of this process may filter; nothing personal is among them."""
    return {code: spec for code, spec in process.fields.items() if spec.kind in KEPT_KINDS and not spec.personal}


def kept_values(process: ProcessType, values: Mapping[str, Any]) -> dict[str, str]:
    """What is kept apart of the answers of one case: by field, as text."""
    return {code: kept_text(values[code]) for code in kept_fields(process) if values.get(code) not in (None, "")}


def kept_text(value: Any) -> str:
    """An answer as it is kept: a code or an id as it stands, yes and no as `true` and `false`."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
