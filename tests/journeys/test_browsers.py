"""The browsers themselves work: they show a Chinese page, keep people apart and take pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys import browsers

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey
PAGE = "data:text/html;charset=utf-8,<html lang=zh><title>息壤</title><h1>产业社区</h1>"


def look(browser: Browser, name: str) -> str:
    page = browsers.open_page(browser, width=390, height=844)
    page.goto(PAGE)
    picture = browsers.shoot(page, f"browsers/{name}")
    words = page.inner_text("h1")
    page.context.close()
    assert picture.stat().st_size > 1000
    return words


def test_current_chromium(chromium: Browser) -> None:
    assert look(chromium, "current") == "产业社区"
    assert int(chromium.version.split(".")[0]) >= 120
