"""The three words by which strangers meet: who answers `record`, which effects and measures exist, who listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from xirang.foundation import engines
from xirang.foundation.actor import Actor

Answer = Callable[..., Any]


class Named(Protocol):
    """An event, an effect or a measure: a frozen dataclass with a name of its own, such as `cases.case_opened`."""

    KIND: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True, slots=True)
class Events:
    """The events that an engine publishes; each type names its `KIND`, such as `cases.case_opened`, itself."""

    types: tuple[type[Named], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """A verb that strangers may ask for: a frozen dataclass with its `KIND`, and what the engine does then.

    `answer_all(questions, actor, now)` does it for many at once, in their order, all of it or nothing; None where they
    have to be answered one by one. It may change only the database: what it did is undone when a neighbour fails, and
    then every question is put to `answer` by itself.
    """

    question: type[Named]
    answer: Answer
    answer_all: Callable[..., object] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A number, or numbers in a batch, that strangers may ask for: a frozen dataclass with its `KIND`."""

    question: type[Named]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who writes down what commands record, in the same transaction (the ledger)."""

    write: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears every event once: `hear(event, delivered)`. `name` is stable, it marks what was delivered."""

    name: str
    hear: Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Hearer:
    """Whoever hears one event, in a transaction of their own: `hear(event, delivered)`.

    `name` is stable: with the event it is the key under which the delivery happens once. `waits` are the times between
    tries: after as many failures and one more the delivery is given up and somebody must look at it. None: it is tried
    for ever, more and more rarely.

    `question(event, delivered)` is the effect that `hear` would ask for, or None for none, where its engine answers
    many at once: then the outbox collects the questions of many events and asks for all of them together.
    """

    name: str
    hear: Callable[[Any, Any], None]
    waits: tuple[timedelta, ...] | None = None
    question: Callable[[Any, Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears an event besides the listeners, one by one: `find(event, delivered)`, such as each wired line.

    The same event must find the same hearers whenever it is asked, so `find` goes by what held when the event occurred.
    `wants(event, delivered)` says, when the event is published, whether anybody would be found; without it everything
    is wanted. Whatever changes either answer calls `outbox.audience_changed` in the same transaction.
    """

    find: Callable[[Any, Any], Sequence[Hearer]]
    wants: Callable[[Any, Any], bool] | None = None


class UnansweredError(RuntimeError):
    """No installed engine answers this: a fault of the program's composition."""


def recorder() -> Callable[[Any], None]:
    """Whoever writes the records; without one no command may commit."""
    found = engines.every(Recorder)
    if not found:
        raise UnansweredError("no ledger is installed: record() cannot be kept")
    return found[-1].write


def ask(question: Any, *, actor: Actor, now: datetime) -> Any:
    """Put an effect (a verb) or a measure (a number) to whichever engine owns it, and return what it answers."""
    answer = answers().get(type(question))
    if answer is None:
        raise UnansweredError(f"nobody answers {type(question).__name__}")
    return answer(question, actor=actor, now=now)


def ask_all(questions: Sequence[Any], *, actor: Actor, now: datetime) -> None:
    """Put many effects of one type to their engine at once; UnansweredError where it answers them only one by one."""
    answer_all = _together().get(type(questions[0]))
    if answer_all is None:
        raise UnansweredError(f"nobody answers several {type(questions[0]).__name__} at once")
    answer_all(questions, actor=actor, now=now)


def answers_many(question: type) -> bool:
    """Whether effects of this type can be asked for together."""
    return question in _together()


def _together() -> dict[type, Callable[..., object]]:
    return {one.question: one.answer_all for one in engines.every(Effect) if one.answer_all is not None}


def answers() -> dict[type, Answer]:
    """Who answers which question, by its type."""
    return {one.question: one.answer for one in _questions()}


def answered_types() -> dict[str, type[Named]]:
    """Every effect and measure by its kind, for wiring and for the documents."""
    return engines.by_name((one.question.KIND, one.question) for one in _questions())


def _questions() -> list[Effect | Measure]:
    return [*engines.every(Effect), *engines.every(Measure)]


def event_types() -> dict[str, type[Named]]:
    """Every event that may pass through the outbox, by its kind."""
    return engines.by_name((one.KIND, one) for events in engines.every(Events) for one in events.types)


def hearers(event: Any, delivered: Any) -> list[Hearer]:
    """Everybody who hears this event: the listeners first, then whoever else wants this one."""
    listening = engines.by_name((one.name, one.hear) for one in engines.every(Listener))
    found = [Hearer(name, hear) for name, hear in listening.items()]
    for audience in engines.every(Audience):
        found += audience.find(event, delivered)
    return found


def wanted(event: Any, delivered: Any) -> bool:
    """Whether anybody would hear this event now; an event that nobody wants is not kept for delivery at all."""
    if engines.every(Listener):
        return True
    return any(one.wants is None or one.wants(event, delivered) for one in engines.every(Audience))
