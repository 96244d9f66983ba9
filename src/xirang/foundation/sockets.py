"""The three words by which strangers meet: who answers `record`, which effects and measures exist, who listens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from xirang.foundation.actor import Actor

Recorder = Callable[[Any], None]
Answer = Callable[..., Any]
Listener = Callable[..., None]

_recorder: list[Recorder] = []
_answers: dict[type, Answer] = {}
_listeners: dict[str, Listener] = {}
_event_types: dict[str, type] = {}


class UnansweredError(RuntimeError):
    """Nobody has said that they answer this: a fault of the composition in `project`."""


def plug_recorder(recorder: Recorder) -> None:
    """Say who writes down what commands record (the ledger); the last one plugged in answers."""
    _recorder[:] = [recorder]


def recorder() -> Recorder:
    """Whoever writes the records; without one no command may commit."""
    if not _recorder:
        raise UnansweredError("no ledger is plugged in: record() cannot be kept")
    return _recorder[0]


def plug_answer(question: type, answer: Answer) -> None:
    """Say that `answer(question, actor=…, now=…)` answers questions (effects, measures) of this type."""
    _answers[question] = answer


def ask(question: Any, *, actor: Actor, now: datetime) -> Any:
    """Put an effect (a verb) or a measure (a number) to whichever engine owns it, and return what it answers."""
    answer = _answers.get(type(question))
    if answer is None:
        raise UnansweredError(f"nobody answers {type(question).__name__}")
    return answer(question, actor=actor, now=now)


def answered_types() -> dict[str, type]:
    """Every effect and measure by `engine.Name`, for wiring and for the documents."""
    return {f"{kind.__module__.split('.')[-2]}.{kind.__name__}": kind for kind in _answers}


def plug_event(kind: str, event_type: type) -> None:
    """Make an event's type known by `engine.event_name`, so that the outbox can bring it back to life."""
    _event_types[kind] = event_type


def event_types() -> dict[str, type]:
    """Every event that may pass through the outbox."""
    return dict(_event_types)


def plug_listener(name: str, listener: Listener) -> None:
    """Let `listener(event, delivered)` hear every event once; `name` is stable, it marks what was delivered."""
    _listeners[name] = listener


def listeners() -> dict[str, Listener]:
    """Who hears events, by name."""
    return dict(_listeners)
