"""A process without what is switched off: fields, questions and actions go, and whatever only named them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ActionSpec, ClockSpec, ProcessType


def with_switches(process: ProcessType, switches: Mapping[str, bool]) -> ProcessType:
    """What is offered while the switches stand so; one that is not named counts as on.

    States are computed with the whole process, so that every log can be replayed whatever is switched off today. Each
    process keeps what was made of it: there are few ways to stand, and every list of cases asks.
    """
    off = frozenset(name for name in process.switches if not switches.get(name, True))
    kept: dict[frozenset[str], ProcessType] = vars(process).setdefault("_switched", {})
    if off not in kept:
        kept[off] = _without(process, off) if off else process
    return kept[off]


def _without(process: ProcessType, off: frozenset[str]) -> ProcessType:
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
