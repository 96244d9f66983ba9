"""Written SQL that the server keeps prepared stands in few modules, each named here; it states its scope."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.guards.sources import PACKAGE, modules, shown, tree

# Who asks by plain statements, and for what. Everybody else asks through the querysets.
PLAIN: dict[str, str] = {
    "engines/cases/commands/log.py": "Every step of every case changes one row and adds one to the log.",
    "engines/cases/queries/replaying.py": "The log of a case is read for each of its steps and each of its pages.",
    "engines/cases/queries/single.py": "Every request is answered with its receipt, and every step locks its case.",
    "engines/ledger/commands.py": "Every command writes its records by one statement.",
    "engines/places/commands.py": "Every report says where, and its place is one more row.",
    "foundation/outbox.py": "Every command puts its events, and wakes whoever delivers them.",
    "people/queries/organisations.py": "The facts of a firm fill its forms and decide its steps.",
    "people/queries/vault.py": "What is on file about whoever asks is read for each request, masked for each page.",
    "engines/bulletin/queries.py": "Every page says how many messages are unread.",
    "engines/cases/queries/keys.py": "A list takes the first cases of each branch of the scope.",
    "engines/cases/queries/values.py": "What a list filters by is looked up beside each case that it walks past.",
    "engines/cases/queries/lists.py": "Filters of lists become conditions of their statements.",
    "engines/cases/queries/sheet.py": "The page of a case is the case, its log and the names beside it.",
    "engines/cases/queries/rows.py": "Lists show rows and counts.",
    "people/queries/accounts.py": "Every list shows the views that one has saved.",
    "people/queries/visitors.py": "Every page begins with session, account and grants.",
    "engines/cases/queries/clocks.py": "Finds and locks the cases whose clocks are due, many times a second.",
    "engines/cases/queries/searching.py": "Finds words among a million cases: neither arm may be left to a guess.",
}
STATEMENTS = "xirang.foundation.statements"
# The foundation has no rooms: there it is the outbox, which belongs to every command.
ROOMS = {"queries", "queries.py", "commands", "commands.py", "outbox.py"}


def test_plain_statements_stand_in_named_modules() -> None:
    asking = {
        shown(path).removeprefix("src/xirang/")
        for path in modules()
        if path.is_relative_to(PACKAGE) and "tests" not in path.parts and _asks_plainly(path)
    }
    assert asking == set(PLAIN), "a module that asks by plain statements stands in PLAIN with its reason, no other does"
    assert [name for name in PLAIN if not ROOMS & set(Path(name).parts)] == []


def test_the_guard_sees_every_way_of_importing(tmp_path: Path) -> None:
    for number, (line, plain) in enumerate(
        (
            (f"from {STATEMENTS} import rows", True),
            ("from xirang.foundation import ids, statements", True),
            (f"import {STATEMENTS} as s", True),
            ("from xirang.foundation import ids", False),
        )
    ):
        sample = tmp_path / f"sample{number}.py"
        sample.write_text(f"def inside():\n    {line}\n", encoding="utf-8")
        assert _asks_plainly(sample) is plain


def _asks_plainly(path: Path) -> bool:
    package, _, name = STATEMENTS.rpartition(".")
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import) and any(one.name == STATEMENTS for one in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (
            node.module == STATEMENTS or (node.module == package and any(one.name == name for one in node.names))
        ):
            return True
    return False
