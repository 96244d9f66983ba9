"""No page keeps anybody out: axe finds no breach of WCAG A or AA, at a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.environment import ROOT
from tests.journeys import browsers
from tests.journeys.site import LiveSite
from tests.journeys.visitors import SIZES, Visitor, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.journey, pytest.mark.packs("enterprise_help", "snap_report")]
AXE = ROOT / "src" / "xirang" / "ui" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const found = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'],
    // Only rules about films and about turning the screen need assets fetched beforehand; we have neither.
    preload: false,
  });
  return found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ').slice(0, 200)}`));
}"""
FIRST = "tr[data-x-row] .x-row-link"
# Who, and where; an address that begins with > is a link to press on the page before.
WALKS = {
    "": ("/", "/ask/", "/ask/snap_report/", "/track/", "/figures/", "/sign-in/", "/register/", "/gallery/"),
    "shenmingzhe": ("/ask/enterprise_help/", "/asked/", f">{FIRST}", "/messages/"),
    "zhouyutong": ("/work/", "/work/?view=sign&outcome=solved", "/account/"),
    "hejing": ("/dispatch/", "/cases/"),
    "xitong": ("/accounts/", "/organisations/", "/packs/", "/packs/enterprise_help/"),
    "xuwangshu": ("/overview/",),
    "gumo": ("/records/",),
}


def breaches(visitor: Visitor, where: str) -> list[str]:
    """What axe finds on the page that is open, each with the page's name."""
    visitor.page.add_script_tag(path=AXE)
    wide = ["wider than the screen"] if visitor.page.evaluate("document.body.scrollWidth > innerWidth + 1") else []
    return [f"{where}: {one}" for one in [*visitor.page.evaluate(RUN), *wide]]


def walk_cases(officer: Visitor, size: str) -> list[str]:
    """The page of a case, its drawer at a desk, its reason opened, and the page of an action."""
    found: list[str] = []
    officer.go("/dispatch/?process=enterprise_help")
    address = officer.page.get_attribute(FIRST, "href")
    if size == "desk":
        officer.press(FIRST)
        officer.await_shown("#x-drawer h2")
        found += breaches(officer, "drawer")
    officer.go(address)
    found += breaches(officer, "case")
    officer.show(f"{size}-case")
    officer.submit('a[href*="/act/assign/"], a[href*="/act/rule/"]')
    found += breaches(officer, "act")
    return found


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(chromium: Browser, live_site: LiveSite, size: str) -> None:
    found: list[str] = []
    for username, addresses in WALKS.items():
        # The policy of content would refuse axe itself; the journeys prove that it holds.
        with visiting(chromium, live_site, "axe", username, SIZES[size], bypass_csp=True) as visitor:
            for address in addresses:
                if address.startswith(">"):
                    visitor.submit(address[1:])
                else:
                    assert visitor.go(address).status == 200
                found += breaches(visitor, f"{username or 'anybody'} {address}")
            if username == "hejing":
                found += walk_cases(visitor, size)
    report = browsers.SHOTS / "axe" / f"{size}.txt"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("\n".join(found))
    assert found == []
