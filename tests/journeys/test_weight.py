"""What a first visit costs on the wire: through the real server, by a browser whose cache is empty."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.environment import ARTIFACTS
from tests.journeys.site import LiveSite
from tests.journeys.visitors import visiting
from xirang.ui import assets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

pytestmark = pytest.mark.journey

MOST_BYTES = 150_000
PAGES = [("", "/"), ("", "/ask/snap_report/"), ("", "/sign-in/"), ("hejing", "/cases/")]


@dataclass
class Traffic:
    """Every answer of one visit: what it was and how many bytes it took, headers included."""

    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def listen(self, session: CDPSession) -> None:
        session.on("Network.responseReceived", self._began)
        session.on("Network.loadingFinished", self._ended)

    def _began(self, event: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        path = event["response"]["url"].split("/", 3)[-1]
        self.answers[event["requestId"]] = (path, headers.get("content-encoding", ""))

    def _ended(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def total(self) -> int:
        return sum(self.sizes.values())

    def table(self) -> str:
        rows = [(self.sizes[key], *answer) for key, answer in self.answers.items() if key in self.sizes]
        return "\n".join(f"{size:8,} {coding:5} {path}" for size, path, coding in sorted(rows, reverse=True))


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, br", "br"), ("gzip", "gzip")], ids=["br", "gzip"])
@pytest.mark.parametrize(("username", "path"), PAGES, ids=[path for _, path in PAGES])
def test_a_first_visit_weighs_no_more_than_a_photograph(
    chromium: Browser, live_site: LiveSite, username: str, path: str, accepted: str, coding: str
) -> None:
    """`br` is what a browser asks for over TLS, `gzip` what it asks for without."""
    with visiting(chromium, live_site, "weight", username) as visitor:
        session = visitor.page.context.new_cdp_session(visitor.page)
        session.send("Network.enable")
        session.send("Network.clearBrowserCache")
        session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": accepted}})
        traffic = Traffic()
        traffic.listen(session)
        visitor.go(path)
        visitor.page.wait_for_load_state("load")
        visitor.page.wait_for_timeout(300)  # What lazy.js fetches comes after the page.
        seen = traffic.table()
        session.detach()
    (ARTIFACTS / "weight").mkdir(parents=True, exist_ok=True)
    name = f"{path.strip('/').replace('/', '-') or 'portal'}-{coding}.txt"
    (ARTIFACTS / "weight" / name).write_text(f"{traffic.total():8,}\n{seen}\n", encoding="utf-8")
    codings = {file.rpartition("/")[2].partition("-")[0]: used for file, used in traffic.answers.values()}
    assert codings["site"] == coding, seen
    assert 20_000 < traffic.total() <= MOST_BYTES, seen
    assert not [file for file, _ in traffic.answers.values() if "/charts-" in file or "/map-" in file], seen


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")])
def test_built_files_come_as_the_browser_reads_them_and_stay_for_ever(
    live_site: LiveSite, accepted: str, coding: str
) -> None:
    for entry in ("site.css", "site.js", "icons.svg"):
        with httpx.stream("GET", live_site.url + address(entry), headers={"Accept-Encoding": accepted}) as answer:
            sent = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding", "") == coding
        assert "Accept-Encoding" in answer.headers["vary"]
        assert answer.headers["cache-control"] == "max-age=315360000, public, immutable"
        whole = (assets.FOLDER / assets.load_manifest()["files"][entry]).read_bytes()
        assert len(sent) < len(whole) / 2 if coding else sent == whole


def address(entry: str) -> str:
    return f"/static/ui/{assets.load_manifest()['files'][entry]}"


def test_pages_come_compressed(live_site: LiveSite) -> None:
    with httpx.stream("GET", f"{live_site.url}/ask/", headers={"Accept-Encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(sent)
    assert "</html>" in gzip.decompress(sent).decode()
