"""Engines of a test's own, installed beside the real ones or instead of them, for as long as the test runs."""

from __future__ import annotations

from typing import Any

import pytest

from xirang.foundation import engines
from xirang.foundation.engines import Engine
from xirang.foundation.sockets import Audience, Listener


def bring(monkeypatch: pytest.MonkeyPatch, *offers: Any) -> None:
    """Install one more engine that offers these."""
    monkeypatch.setattr(engines, "_engines", [*engines.engines(), Engine("tests", "测试", offers)])


def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take everybody away who hears events, so that a test hears alone."""
    quiet = [
        Engine(one.code, one.title, tuple(offer for offer in one.offers if not isinstance(offer, (Listener, Audience))))
        for one in engines.engines()
    ]
    monkeypatch.setattr(engines, "_engines", quiet)


def only(monkeypatch: pytest.MonkeyPatch, *offers: Any) -> None:
    """Install an engine that offers these, and no other."""
    monkeypatch.setattr(engines, "_engines", [Engine("tests", "测试", offers)])
