"""Draws the serial of the day for human numbers; the row lock makes two simultaneous draws differ."""

from __future__ import annotations

from datetime import date

from django.db import connection


def draw(prefix: str, day: date) -> int:
    """The next serial (from 1) of `prefix` on `day`; call it inside a command, a rollback gives the number back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into foundation_daycounter as c (prefix, day, last) values (%s,%s,1)"
            " on conflict (prefix, day) do update set last = c.last + 1 returning last",
            [prefix, day],
        )
        (serial,) = cursor.fetchone()
        return int(serial)
