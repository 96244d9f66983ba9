"""The running site as a whole: its first page in every browser, and what happens when a part of it is killed."""

from __future__ import annotations

import http.client
import signal
import time
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from tests.journeys import browsers
from tests.journeys.site import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey


def open_front_page(browser: Browser, site: LiveSite, name: str) -> None:
    """The front page loads completely, in Chinese, without an error of a script or a refusal by the CSP."""
    complaints: list[str] = []
    page = browsers.open_page(browser, width=390, height=844)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: complaints.append(f"{request.url} {request.failure}"))
    answer = page.goto(site.url)
    page.wait_for_load_state("networkidle")
    browsers.shoot(page, f"front/{name}")
    assert answer is not None
    assert answer.status == 200
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.locator("h1").count() >= 1
    assert complaints == []
    page.context.close()


def test_front_page_in_current_chromium(chromium: Browser, live_site: LiveSite) -> None:
    open_front_page(chromium, live_site, "current")


def test_a_killed_page_process_is_replaced_and_the_site_goes_on(live_site: LiveSite) -> None:
    master = psutil.Process(live_site.web.pid)
    (killed,) = [child for child in master.children() if child.name() == "xirang-page"]
    killed.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while True:
        try:
            if httpx.get(f"{live_site.url}/healthz", timeout=5).status_code == 200:
                break
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert live_site.web.poll() is None
    assert killed.pid not in {child.pid for child in master.children() if child.status() != psutil.STATUS_ZOMBIE}


def announce(site: LiveSite, name: str, value: str) -> int:
    """The status that a POST gets for its headers alone, before a byte of its body is sent."""
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=20)
    try:
        connection.putrequest("POST", "/")
        connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_site_bears_oversized_and_malformed_requests(live_site: LiveSite) -> None:
    assert announce(live_site, "Content-Length", str(65 * 1024 * 1024)) == 413
    assert announce(live_site, "Transfer-Encoding", "chunked") == 411
    assert announce(live_site, "Content-Length", "-1") == 400
    with httpx.Client(base_url=live_site.url, timeout=20) as client:
        assert client.get("/", headers={"x-long": "a" * 100_000}).status_code in (400, 431)
        assert client.get("/live/changes").status_code == 403
        assert client.get("/%00%ff/../../etc/passwd").status_code in (400, 404)
        assert client.get("/", headers={"host": "evil.example"}).status_code == 400
        assert client.get("/healthz").status_code == 200
