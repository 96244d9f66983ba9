"""How often a public form may be used: fixed windows, counted once for all processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from tests.world import NOW, in_threads
from xirang.foundation.errors import TooManyError
from xirang.foundation.models import RateWindow
from xirang.foundation.rates import take
from xirang.foundation.sources import source_of


def test_the_limit_is_the_last_use_that_passes(db):
    for _ in range(3):
        take("form:a", limit=3, seconds=60, now=NOW)
    with pytest.raises(TooManyError) as refused:
        take("form:a", limit=3, seconds=60, now=NOW + timedelta(seconds=20))
    assert refused.value.data == {"minutes": 1, "retry_after": 40}
    assert "1 分钟" in refused.value.zh
    take("form:b", limit=3, seconds=60, now=NOW)


def test_a_new_window_begins_anew(db):
    take("form", limit=1, seconds=60, now=NOW)
    with pytest.raises(TooManyError):
        take("form", limit=1, seconds=60, now=NOW + timedelta(seconds=59))
    take("form", limit=1, seconds=60, now=NOW + timedelta(seconds=60))
    assert RateWindow.objects.count() == 2


def test_the_wait_is_rounded_up_to_minutes(db):
    take("form", limit=1, seconds=600, now=NOW)
    with pytest.raises(TooManyError) as refused:
        take("form", limit=1, seconds=600, now=NOW + timedelta(seconds=1))
    assert refused.value.data["minutes"] == 10


def test_all_at_once_are_counted_apart(own_database):
    results = in_threads(*[lambda: take("form", limit=3, seconds=60, now=NOW)] * 6)
    assert sum(isinstance(one, TooManyError) for one in results) == 3
    assert RateWindow.objects.get().used == 6


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_where_a_request_comes_from(address, source):
    assert source_of(RequestFactory().get("/", REMOTE_ADDR=address)) == source


def test_old_windows_and_keys_are_forgotten_and_fresh_ones_kept(db):
    from xirang.foundation import tasks
    from xirang.foundation.models import IdempotencyKey

    now = datetime.now(UTC)
    for age in (0, 2):
        RateWindow.objects.create(bucket="b", window=now - timedelta(days=age), used=1)
    for age in (1, 8):
        IdempotencyKey.objects.create(key=str(age), command="c", actor="a", claimed_at=now - timedelta(days=age))
    tasks.forget(0)
    assert (RateWindow.objects.count(), IdempotencyKey.objects.get().key) == (1, "1")
