"""Every write is a recorded command: one transaction, refused when it recorded nothing, repeatable by its key.

A command called inside another is an act of its own: see docs/decisions/0013-acts-within-acts.md.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.db import connection, transaction

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.errors import ConflictError, NotAllowedError
from xirang.foundation.permits import Permit
from xirang.foundation.plain import jsonable

P = ParamSpec("P")
R = TypeVar("R")
Title = Any  # A sentence of Django's catalogue: text now, or a lazy one that waits for its reader's language.


@dataclass(frozen=True, slots=True)
class Act:
    """One command carried out: its name, whoever acts, and when. Records and events stand under it."""

    name: str
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a command says it did, before the ledger writes it down; `body` is JSON and `Sealed` values."""

    act: Act
    subject: Ref
    body: dict[str, Any]
    area_id: UUID | None
    stands_in_for: Ref | None = None


@dataclass(slots=True)
class _Promised:
    """What all acts of one transaction have said so far, in the order in which they said it."""

    records: list[Record] = field(default_factory=list)
    events: list[tuple[Act, Any]] = field(default_factory=list)

    def size(self) -> tuple[int, int]:
        return len(self.records), len(self.events)

    def cut(self, size: tuple[int, int]) -> None:
        """Forget what was said since; acts inside one transaction run one after the other, never side by side."""
        del self.records[size[0] :]
        del self.events[size[1] :]


@dataclass(slots=True)
class _Running:
    """The act that is running now, and the transaction's promises, which it shares with the acts around it."""

    act: Act
    promised: _Promised
    unchanged: bool = False
    is_part: bool = False
    broken: BaseException | None = None


class NothingRecordedError(RuntimeError):
    """A command changed something and recorded nothing: a fault of the program, never shown as the user's."""


class OutsideCommandError(RuntimeError):
    """`record` or `publish` was called where no command is running."""


_running: contextvars.ContextVar[_Running | None] = contextvars.ContextVar("running_command", default=None)
_registry: dict[str, Command[..., Any]] = {}


class Command(Generic[P, R]):
    """A write: calling it carries it out, `once` does so at most once for a key.

    A command called inside a command shares its transaction, and is otherwise an act of its own: it is recorded under
    its own name and actor, its key counts, and when it fails only what it did itself is undone.
    """

    def __init__(self, write: Callable[P, R], title: Title, permit: Permit) -> None:
        self.name = _name_of(write)
        self.title = title
        self.permit = permit
        self._write = write
        self._signature = inspect.signature(write)
        functools.update_wrapper(self, write)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry it out. NotAllowedError for an actor who only looks (`read_only`)."""
        return self.once(None, *args, **kwargs)

    def once(self, key: str | None, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry it out, unless it was with this key, by this actor: then return the first result and do nothing.

        The result must be JSON or a UUID. Without a key this is the plain call. ConflictError while the first call is
        still running.
        """
        return _carry_out(self._act(args, kwargs), functools.partial(self._write, *args, **kwargs), key)

    def as_part(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry it out as a part of the running act, which cannot go on when it fails; it costs no savepoint.

        Everything else is as for the plain call. OutsideCommandError where no act is running. RuntimeError when it says
        `unchanged`: what a part wrote cannot be taken back alone.
        """
        around = _current("as_part")
        return _carry_out_part(self._act(args, kwargs), functools.partial(self._write, *args, **kwargs), around)

    def _act(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Act:
        """Who acts, and when; TypeError for arguments that do not fit, NotAllowedError for whoever only looks."""
        if args or not {"actor", "now"} <= kwargs.keys():
            self._signature.bind(*args, **kwargs)
        actor: Actor = kwargs["actor"]
        if actor.read_only:
            raise NotAllowedError(
                code="read_only",
                zh="正以他人身份查看，不能办理。请先结束查看。",
                en="You are viewing as somebody else and cannot act. Please end the view first.",
            )
        return Act(self.name, actor, kwargs["now"])


def command(title: Title, *, permit: Permit) -> Callable[[Callable[P, R]], Command[P, R]]:
    """Make the decorated function a command; `title` is what records and the table of permissions call it.

    `permit` says who may give it: the command itself decides by that value, or by a policy that reads it.
    It takes keyword-only arguments, `actor` first, and `now` (aware datetime). TypeError for another shape.
    """

    def decorate(write: Callable[P, R]) -> Command[P, R]:
        made = Command(write, title, permit)
        _registry[made.name] = made
        return made

    return decorate


def all_commands() -> dict[str, Command[..., Any]]:
    """Every command that has been imported, by name (`cases.open_case`)."""
    return dict(_registry)


def command_title(name: str) -> str:
    """What people call a command, in the reader's language; the bare name of one that the program no longer has."""
    return str(_registry[name].title if name in _registry else name)


def command_titles() -> dict[str, str]:
    """What people call each command that has been imported, by name, in the reader's language."""
    return {name: str(one.title) for name, one in _registry.items()}


def record(
    subject: Ref, body: dict[str, Any], *, area_id: UUID | None = None, stands_in_for: Ref | None = None
) -> None:
    """Say what the running command did to `subject`. `body` is small: codes, ids, numbers, dates and choices.

    Whatever may name or describe somebody (a name, an address, a reason) goes through `sealing.sealed`.
    `stands_in_for` is the account whose post was used, where the command knows it better than the ledger can.
    """
    running = _current("record")
    running.promised.records.append(Record(running.act, subject, jsonable(body), area_id, stands_in_for))


def publish(event: Any) -> None:
    """Let others know, after commit and at least once. `event` is a frozen dataclass of an engine's `events`."""
    running = _current("publish")
    running.promised.events.append((running.act, event))


def unchanged(result: R) -> R:
    """Say that the running command found nothing to do; whatever it wrote is rolled back, and nothing is recorded.

    Inside another command only its own part is rolled back. Once it has recorded something, this says nothing.
    """
    _current("unchanged").unchanged = True
    return result


def running_command() -> str:
    """The name of the command that is running, or an empty text outside of one."""
    running = _running.get()
    return running.act.name if running else ""


def _name_of(fn: Callable[..., Any]) -> str:
    """`cases.open_case`; TypeError for a function that is not shaped like a command."""
    parameters = inspect.signature(fn).parameters
    if any(one.kind is not one.KEYWORD_ONLY for one in parameters.values()) or next(iter(parameters)) != "actor":
        raise TypeError(f"{fn.__qualname__}: a command takes keyword-only arguments, actor first")
    if "now" not in parameters:
        raise TypeError(f"{fn.__qualname__}: a command is told the time as `now`")
    return f"{_engine_of(fn.__module__)}.{fn.__name__}"


def _carry_out(act: Act, call: Callable[[], R], key: str | None) -> R:
    """Run an act in a transaction, or, inside another act, in a savepoint; the outermost writes everything down."""
    around = _running.get()
    promised = around.promised if around else _Promised()
    before = promised.size()
    try:
        with transaction.atomic():
            result = _act(_Running(act, promised), call, key)
            if around is None:
                _flush(promised)
    except BaseException:
        # The savepoint took back the rows; an outer command that goes on must not record or tell what never happened.
        promised.cut(before)
        raise
    return result


def _carry_out_part(act: Act, call: Callable[[], R], around: _Running) -> R:
    """Run an act without a savepoint of its own. When it fails, so does the act around it, even if that caught it."""
    part = _Running(act, around.promised, is_part=True)
    try:
        return _act(part, call, None)
    except BaseException as error:
        around.broken = around.broken or error
        raise


def _act(running: _Running, call: Callable[[], R], key: str | None) -> R:
    """Do one act; with a key only the first time. NothingRecordedError when it did not say what it did."""
    act, promised = running.act, running.promised
    if key:
        done, kept = _claim(key, act)
        if done:
            former: R = kept
            return former
    before = promised.size()
    token = _running.set(running)
    try:
        result = call()
    finally:
        _running.reset(token)
    if running.broken is not None:
        # A part of this act failed and its rows are still there: nothing of the act may stay.
        raise running.broken
    said = promised.records[before[0] :]
    if running.unchanged and not said:
        if running.is_part:
            raise RuntimeError(f"{act.name} cannot be a part of another act: it may change nothing")
        # This ends the innermost `atomic`: the savepoint of this act alone, or the whole transaction of an outermost.
        transaction.set_rollback(True)
        promised.cut(before)
        return result
    if not running.unchanged and not any(record.act is act for record in said):
        raise NothingRecordedError(f"{act.name} changed something but recorded nothing")
    if key:
        _keep(key, act, result)
    return result


def _engine_of(module: str) -> str:
    """The folder around the room of commands, whether the room is a module or a package."""
    parts = module.split(".")
    return parts[parts.index("commands") - 1] if "commands" in parts else parts[-2]


def _current(word: str) -> _Running:
    running = _running.get()
    if running is None:
        raise OutsideCommandError(f"{word}() belongs inside a command")
    return running


def _claim(key: str, act: Act) -> tuple[bool, Any]:
    """Reserve the key, or wait for whoever holds it and hand out what they got.

    The insert waits on the unique index until the other transaction has ended, the outermost one of a nested act too.
    """
    name, actor = act.name, str(act.actor.ref)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into foundation_idempotencykey (key, command, actor, claimed_at, result) values (%s,%s,%s,%s,null)"
            " on conflict do nothing",
            [key, name, actor, act.now],
        )
        if cursor.rowcount:
            return False, None
        cursor.execute(
            "select result from foundation_idempotencykey where key=%s and command=%s and actor=%s",
            [key, name, actor],
        )
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise ConflictError(
            code="still_running",
            zh="上一次提交还在办理，请稍候再看结果。",
            en="The previous submission is still being processed.",
        )
    return True, _revive(json.loads(row[0]) if isinstance(row[0], str) else row[0])


def _keep(key: str, act: Act, result: Any) -> None:
    kept = {"uuid": str(result)} if isinstance(result, UUID) else {"json": jsonable(result)}
    with connection.cursor() as cursor:
        cursor.execute(
            "update foundation_idempotencykey set result=%s where key=%s and command=%s and actor=%s",
            [json.dumps(kept, ensure_ascii=False), key, act.name, str(act.actor.ref)],
        )


def _revive(kept: dict[str, Any]) -> Any:
    return UUID(kept["uuid"]) if "uuid" in kept else kept["json"]


def _flush(promised: _Promised) -> None:
    """Write down what the acts of this transaction did, in the order in which they did it, and what others hear."""
    from xirang.foundation import outbox, sockets

    if promised.records:
        sockets.recorder()(promised.records)
    outbox.put([(event, act.now, act.actor) for act, event in promised.events])
