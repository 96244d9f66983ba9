"""Every write is a recorded command: nothing else saves, and no command can end without saying what it did."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.guards.sources import PACKAGE, in_room, modules, shown, tree
from tests.world import ANYBODY
from tools.permissions import load_commands
from xirang.foundation.commands import command

# What writes without being a command, each with its reason. They are the machinery below commands or beside them.
JUSTIFIED = {
    "foundation/append_only.py": "Makes the operation of a migration; it runs nothing itself.",
    "foundation/numbers.py": "Counts the case numbers of a day; called by commands inside their transaction.",
    "foundation/outbox.py": "Keeps the events of a command and notes their delivery; the effect itself is a command.",
    "foundation/rates.py": "Counts calls of an address; refusing a flood must not need a record for each drop.",
    "foundation/retention.py": "Forgets used keys, windows, jobs and delivered events; none is a fact of the field.",
    "foundation/scope.py": "Passes on what a command asks of a table, once its scope is stated.",
    "foundation/statements.py": "Puts together and carries out what commands write, inside their transaction.",
    "project/keeping/dumps.py": "Empties a database that a restore replaces while nothing runs; no command could.",
    "project/keeping/postgres.py": "Makes the empty embedded database before there is any table to record in.",
}
WRITES = {
    "bulk_create", "bulk_update", "get_or_create", "update_or_create", "create_user", "create_superuser", "raw",
    "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create", "acreate", "adelete", "asave", "aupdate",
}  # fmt: skip
WRITES_BY_SHAPE = {"create", "update", "save", "delete"}
SQL = re.compile(
    r"\s*(insert into \S+|update \S+ (as \S+ )?set |delete from |copy \S+ from |truncate |merge into "
    r"|(drop|create|alter) (database|schema|table|role|index|trigger|function|view|sequence) )",
    re.IGNORECASE,
)
STORED = ("commands", "models", "migrations")


def test_nothing_writes_outside_commands_and_models() -> None:
    found = {
        shown(path).removeprefix("src/xirang/"): list(_writes(path)) for path in modules() if not in_room(path, *STORED)
    }
    writing = {name: lines for name, lines in found.items() if lines}
    assert {name: lines for name, lines in writing.items() if name not in JUSTIFIED} == {}
    assert set(JUSTIFIED) - set(writing) == set(), "these write no more: take them off the list"


def test_the_guard_sees_writes_and_only_writes(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(
        "Case.objects.create(title='x')\nrow.save()\nrow.save(update_fields=['a'])\nrows.delete()\nrows.update(a=1)\n"
        "Case.objects.bulk_create(rows)\ncursor.execute('insert into t values (1)')\n"
        "cursor.execute(f'update {t} set a=1')\n"
        "found.update({1: 2})\ndigest.update(b'a')\nimage.save(target)\nname = 'Create a folder'\n",
        encoding="utf-8",
    )
    assert [line for line, _ in _writes(sample)] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("name", sorted(load_commands()))
def test_a_command_is_named_after_its_engine(name: str) -> None:
    """The decorator itself refuses positional arguments and anybody but `actor` in the first place."""
    engine, _, verb = name.partition(".")
    assert re.fullmatch(r"[a-z0-9]+", engine)
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", verb)
    assert not verb.startswith(("update_", "process_", "handle_"))


def test_every_command_records() -> None:
    decorated = [(path, one) for path in _command_modules() for one in tree(path).body if _is_command(one)]
    assert len(decorated) > 40
    silent = [f"{shown(path)}: {one.name}" for path, one in decorated if not _records(path, one.name, frozenset())]
    assert silent == []


def test_every_command_lives_in_the_room_of_commands() -> None:
    strays = [
        f"{shown(path)}: {one.name}"
        for path in modules()
        if not in_room(path, "commands")
        for one in tree(path).body
        if _is_command(one)
    ]
    assert strays == []


def test_the_decorator_refuses_a_command_that_takes_anything_by_position() -> None:
    with pytest.raises(TypeError, match="keyword-only"):
        command("Trial", permit=ANYBODY)(lambda actor, now: None)
    with pytest.raises(TypeError, match="actor first"):
        command("Trial", permit=ANYBODY)(lambda *, now, actor: None)


def _writes(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each write, in order: calls of the ORM by name or shape, and statements of SQL."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in WRITES or (name in WRITES_BY_SHAPE and not node.args):
                found.append((node.lineno, ast.unparse(node)[:80]))
        elif SQL.match(_text(node)):
            found.append((node.lineno, _text(node)[:80]))
    yield from sorted(set(found))


def _text(node: ast.AST) -> str:
    """The words of a literal, with a dummy where a value is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
    return ""


@cache
def _command_modules() -> tuple[Path, ...]:
    return tuple(path for path in modules() if in_room(path, "commands") and not in_room(path, "foundation"))


def _is_command(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(mark, ast.Call) and ast.unparse(mark.func) == "command" for mark in node.decorator_list
    )


def _records(path: Path, name: str, seen: frozenset[tuple[Path, str]]) -> bool:
    """Whether a function, or one that it calls within rooms of commands, says `record`."""
    function = next((one for one in tree(path).body if isinstance(one, ast.FunctionDef) and one.name == name), None)
    if function is None or (path, name) in seen:
        return False
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if called == "record":
            return True
        if isinstance(call.func, ast.Name | ast.Attribute) and any(
            _records(where, called, seen | {(path, name)}) for where in _homes(path, called)
        ):
            return True
    return False


def _homes(path: Path, name: str) -> list[Path]:
    """Where a called function may be defined: here, or in another room of commands that this module imports from."""
    if any(isinstance(one, ast.FunctionDef) and one.name == name for one in tree(path).body):
        return [path]
    known = path.read_text(encoding="utf-8")
    return [
        other
        for other in _command_modules()
        if other != path
        and _engine_of(other) in known
        and any(isinstance(one, ast.FunctionDef) and one.name == name for one in tree(other).body)
    ]


def _engine_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return "xirang." + ".".join(parts[: parts.index("commands") if "commands" in parts else -1])
