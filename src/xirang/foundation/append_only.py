"""Tables that are only ever added to: the database itself refuses what nobody may do, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations import RunSQL


def append_only(table: str, *, refuse: Sequence[str] = ("update", "delete", "truncate")) -> RunSQL:
    """The operation of a migration that lets the database refuse these acts on a table, with `restrict_violation`.

    Leave `delete` out where values may be erased, but never changed.
    """
    rows = [act for act in refuse if act != "truncate"]
    statements = [
        f"""create function {table}_refuse() returns trigger language plpgsql as $$
begin
    raise exception '{table} is only ever added to (%)', tg_op using errcode = 'restrict_violation';
end $$;""",
        f"create trigger {table}_only_added before {' or '.join(rows)} on {table}"
        f" for each row execute function {table}_refuse();",
    ]
    undo = [f"drop trigger {table}_only_added on {table};"]
    if "truncate" in refuse:
        statements.append(
            f"create trigger {table}_not_truncated before truncate on {table}"
            f" for each statement execute function {table}_refuse();"
        )
        undo.append(f"drop trigger {table}_not_truncated on {table};")
    return RunSQL("\n".join(statements), "\n".join([*undo, f"drop function {table}_refuse();"]))
