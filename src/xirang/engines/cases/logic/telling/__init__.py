"""Tells the scenarios of `cases.yaml` in memory, by the decisions that the commands take."""

from xirang.engines.cases.logic.telling.teller import CaseTeller

__all__ = ["CaseTeller"]
