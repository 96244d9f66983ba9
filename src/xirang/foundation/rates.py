"""How often a public form may be used from one place: fixed windows counted in the database for all processes."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from xirang.foundation.errors import TooManyError


def take(bucket: str, *, limit: int, seconds: int, now: datetime) -> None:
    """Count one use of `bucket`; TooManyError once `limit` uses fell into the present window of `seconds`."""
    window = _window(seconds, now)
    with connection.cursor() as cursor:
        cursor.execute(
            'insert into foundation_ratewindow as r (bucket, "window", used) values (%s,%s,1)'
            ' on conflict (bucket, "window") do update set used = r.used + 1 returning used',
            [bucket, window],
        )
        used = cursor.fetchone()[0]
    if used > limit:
        left = seconds - int(now.timestamp()) % seconds
        raise TooManyError(minutes=-(-left // 60), retry_after=left)


def give_back(bucket: str, *, seconds: int, now: datetime) -> None:
    """Uncount one use that was taken with the same `seconds` and `now`: it turned out not to be what is limited.

    Taking first and giving back keeps callers at the same moment from slipping past the limit together.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            'update foundation_ratewindow set used = used - 1 where bucket = %s and "window" = %s and used > 0',
            [bucket, _window(seconds, now)],
        )


def _window(seconds: int, now: datetime) -> datetime:
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
