"""Joins strangers: when this event, then that effect, as each active pack's wiring.yaml says."""

from __future__ import annotations

from xirang.project.wiring.hearing import hear, table

__all__ = ["hear", "table"]
