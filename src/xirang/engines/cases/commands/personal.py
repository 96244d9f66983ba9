"""What every set of answers is held to, form or action: personal ones go to the vault, files are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.ground import DRAWERS
from xirang.foundation.actor import Actor
from xirang.people.commands import create_person


def keep_personal(
    specs: Mapping[str, FieldSpec],
    personal: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    contact: Mapping[str, str] | None = None,
) -> tuple[UUID | None, dict[str, Any]]:
    """Keep personal answers under a person of their own; returns that person and a reference for each answer.

    `contact` is kept with them though nothing asked for it. Where there is nothing to keep nobody is made.
    """
    if not personal and not contact:
        return None, {}
    drawers = {code: DRAWERS.get(specs[code].personal, "phone") for code in personal}
    kept = dict(contact or {}) | {drawers[code]: value for code, value in personal.items()}
    person_id = create_person.as_part(actor=actor, fields=kept, now=now)
    return person_id, {code: {"person": str(person_id), "drawer": drawer} for code, drawer in drawers.items()}


def too_many_files(specs: Mapping[str, FieldSpec], files: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """A sentence for every field that was given more files than it takes."""
    wrong = {}
    for code, items in files.items():
        limit = specs[code].max if code in specs else None
        if limit and len(items) > limit:
            wrong[code] = f"最多 {limit} 个附件，现有 {len(items)} 个。"
    return wrong
