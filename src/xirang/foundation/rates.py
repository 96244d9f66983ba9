"""How often a public form may be used from one place: fixed windows counted in the database for all processes."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from xirang.foundation.errors import TooManyError


def take(bucket: str, *, limit: int, seconds: int, now: datetime) -> None:
    """Count one use of `bucket`; TooManyError once `limit` uses fell into the present window of `seconds`."""
    window = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
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
