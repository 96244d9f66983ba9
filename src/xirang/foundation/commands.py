"""Every write is a recorded command: one transaction, refused when it recorded nothing, repeatable by its key."""

from __future__ import annotations

import contextvars
import functools
import inspect
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import connection, transaction

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.errors import ConflictError, NotAllowedError
from xirang.foundation.ids import new_id

P = ParamSpec("P")
R = TypeVar("R")
Title = Any  # A sentence of Django's catalogue: text now, or a lazy one that waits for its reader's language.


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a command says it did, before the ledger writes it down."""

    subject: Ref
    body: dict[str, Any]
    area_id: UUID | None
    stands_in_for: str = ""


@dataclass(slots=True)
class Act:
    """What the running command has promised so far; it ends with the transaction."""

    name: str
    actor: Actor
    now: datetime
    records: list[Record] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    unchanged: bool = False


class NothingRecordedError(RuntimeError):
    """A command changed something and recorded nothing: a fault of the program, never shown as the user's."""


class OutsideCommandError(RuntimeError):
    """`record` or `publish` was called where no command is running."""


_running: contextvars.ContextVar[Act | None] = contextvars.ContextVar("running_command", default=None)
_registry: dict[str, Callable[..., Any]] = {}
_titles: dict[str, Title] = {}


def command(title: Title) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make the decorated function a command; `title` is what records and the table of permissions call it.

    It takes keyword-only arguments, `actor` first, and `now` (aware datetime). The wrapper also takes
    `idempotency_key`: a second call with the same key, actor and command returns the first result and does nothing.
    With a key the result must be JSON or a UUID. A command called inside a command joins it.
    """

    def decorate(fn: Callable[P, R]) -> Callable[P, R]:
        name = _name_of(fn)

        @functools.wraps(fn)
        def run(*, actor: Actor, now: datetime, idempotency_key: str | None = None, **kwargs: Any) -> R:
            if getattr(actor, "read_only", False):
                raise NotAllowedError(
                    code="read_only",
                    zh="正以他人身份查看，不能办理。请先结束查看。",
                    en="You are viewing as somebody else and cannot act. Please end the view first.",
                )
            call = functools.partial(fn, actor=actor, now=now, **kwargs)
            if _running.get() is not None:
                return call()
            with transaction.atomic():
                return _carry_out(Act(name, actor, now), call, idempotency_key)

        run.command_name = name  # type: ignore[attr-defined]
        _registry[name], _titles[name] = run, title
        return run

    return decorate


def all_commands() -> dict[str, Callable[..., Any]]:
    """Every command that has been imported, by name (`cases.open_case`)."""
    return dict(_registry)


def command_title(name: str) -> str:
    """What people call a command, in the reader's language; the bare name of one that the program no longer has."""
    return str(_titles.get(name, name))


def command_titles() -> dict[str, str]:
    """What people call each command that has been imported, by name, in the reader's language."""
    return {name: str(title) for name, title in _titles.items()}


def record(subject: Ref, body: dict[str, Any], *, area_id: UUID | None = None, stands_in_for: str = "") -> None:
    """Say what the running command did to `subject`. `body` is small JSON without plain personal data.

    `stands_in_for` names the colleague whose post was used, where the command knows it better than the ledger can.
    """
    _current("record").records.append(Record(subject, jsonable(body), area_id, stands_in_for))


def publish(event: Any) -> None:
    """Let others know, after commit and at least once. `event` is a frozen dataclass of an engine's `events`."""
    _current("publish").events.append(event)


def unchanged(result: R) -> R:
    """Say that the running command found nothing to do; whatever it wrote is rolled back, and nothing is recorded."""
    _current("unchanged").unchanged = True
    return result


def running_command() -> str:
    """The name of the command that is running, or an empty text outside of one."""
    act = _running.get()
    return act.name if act else ""


def jsonable(value: Any) -> Any:
    """JSON of plain values: ids, dates and nested dataclasses become text; a float is refused."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Ref):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {key: jsonable(item) for key, item in asdict(value).items()}
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(item) for item in value]
    raise TypeError(f"{type(value).__name__} may not stand in a record or an event")


def _name_of(fn: Callable[..., Any]) -> str:
    """`cases.open_case`; TypeError for a function that is not shaped like a command."""
    parameters = list(inspect.signature(fn).parameters.values())
    if parameters[0].name != "actor" or any(p.kind is not p.KEYWORD_ONLY for p in parameters):
        raise TypeError(f"{fn.__qualname__}: a command takes keyword-only arguments, actor first")
    return f"{_engine_of(fn.__module__)}.{fn.__name__}"


def _carry_out(act: Act, call: Callable[[], R], key: str | None) -> R:
    """Run the command inside the open transaction and write down what it did; with a key only the first time."""
    if key:
        done, result = _claim(key, act.name, act.actor, act.now)
        if done:
            return result
    token = _running.set(act)
    try:
        result = call()
    finally:
        _running.reset(token)
    if act.unchanged and not act.records:
        transaction.set_rollback(True)
        return result
    _flush(act)
    if key:
        _keep(key, act.name, act.actor, result)
    return result


def _engine_of(module: str) -> str:
    """`xirang.engines.cases.commands.opening` and `xirang.people.commands` speak for `cases` and `people`."""
    parts = module.split(".")
    return parts[parts.index("commands") - 1] if "commands" in parts else parts[-2]


def _current(word: str) -> Act:
    act = _running.get()
    if act is None:
        raise OutsideCommandError(f"{word}() belongs inside a command")
    return act


def _claim(key: str, name: str, actor: Actor, now: datetime) -> tuple[bool, Any]:
    """Reserve the key, or wait for whoever holds it and hand out what they got."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into foundation_idempotencykey (key, command, actor, claimed_at, result) values (%s,%s,%s,%s,null)"
            " on conflict do nothing",
            [key, name, str(actor.ref), now],
        )
        if cursor.rowcount:
            return False, None
        cursor.execute(
            "select result from foundation_idempotencykey where key=%s and command=%s and actor=%s",
            [key, name, str(actor.ref)],
        )
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise ConflictError(
            code="still_running",
            zh="上一次提交还在办理，请稍候再看结果。",
            en="The previous submission is still being processed.",
        )
    return True, _revive(json.loads(row[0]) if isinstance(row[0], str) else row[0])


def _keep(key: str, name: str, actor: Actor, result: Any) -> None:
    kept = {"uuid": str(result)} if isinstance(result, UUID) else {"json": jsonable(result)}
    with connection.cursor() as cursor:
        cursor.execute(
            "update foundation_idempotencykey set result=%s where key=%s and command=%s and actor=%s",
            [json.dumps(kept, ensure_ascii=False), key, name, str(actor.ref)],
        )


def _revive(kept: dict[str, Any]) -> Any:
    return UUID(kept["uuid"]) if "uuid" in kept else kept["json"]


def _flush(act: Act) -> None:
    from xirang.foundation import outbox, sockets

    if not act.records:
        raise NothingRecordedError(f"{act.name} changed something but recorded nothing")
    sockets.recorder()(act)
    if act.events:
        outbox.put(act.events, now=act.now, actor=act.actor, act_id=new_id(act.now))
