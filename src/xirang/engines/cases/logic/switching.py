"""A process without what is switched off: fields, questions and actions go, and whatever only named them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from xirang.engines.cases.logic.fields import FieldSpec

if TYPE_CHECKING:
    from xirang.engines.cases.logic.process import ActionSpec, ClockSpec, ProcessType


def governed(process: ProcessType) -> Iterator[FieldSpec | ActionSpec]:
    """Everything that exists only while its switch is on."""
    for spec in process.fields.values():
        if spec.switch:
            yield spec
    for action in process.actions.values():
        if action.switch:
            yield action
        yield from (question for question in action.asks.values() if question.switch)


def without(process: ProcessType, off: frozenset[str]) -> ProcessType:
    """The process as it is offered while these switches are off."""
    actions = {code: action for code, action in process.actions.items() if action.switch not in off}
    fields = _kept(process.fields, off)
    return dataclasses.replace(
        process,
        fields=fields,
        actions={code: _action(action, actions, off) for code, action in actions.items()},
        clocks=_clocks(process, actions),
        views={
            code: dataclasses.replace(
                view, show=tuple(name for name in view.show if name in fields or name not in process.fields)
            )
            for code, view in process.views.items()
        },
    )


def _kept(specs: Mapping[str, FieldSpec], off: frozenset[str]) -> dict[str, FieldSpec]:
    return {code: spec for code, spec in specs.items() if spec.switch not in off}


def _action(action: ActionSpec, actions: Mapping[str, ActionSpec], off: frozenset[str]) -> ActionSpec:
    return dataclasses.replace(action, asks=_kept(action.asks, off), then=action.then if action.then in actions else "")


def _clocks(process: ProcessType, actions: Mapping[str, ActionSpec]) -> dict[str, ClockSpec]:
    """Each clock without the acts that cannot happen; one that no act would start any more is gone with them."""
    found = {}
    for code, clock in process.clocks.items():
        starts, stops = (
            tuple(act for act in acts if act in actions or act not in process.actions)
            for acts in (clock.starts, clock.stops)
        )
        if starts:
            found[code] = dataclasses.replace(clock, starts=starts, stops=stops)
    return found
