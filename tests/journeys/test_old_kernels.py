"""Old kernels, as offices have them: the main journey, the front page, and that they work at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys import browsers
from tests.journeys.site import LiveSite
from tests.journeys.test_browsers import look
from tests.journeys.test_enterprise_help import (
    DESK_OFFICER,
    FIRM,
    HANDLER,
    REPLY,
    act,
    ask,
    assign,
    find_in_order_of_deadlines,
)
from tests.journeys.test_site import open_front_page
from tests.journeys.visitors import DESK, PHONE, Visitor, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser


pytestmark = pytest.mark.journey


@pytest.mark.packs("enterprise_help", "snap_report")
def test_the_main_journey_in_old_kernels(old_kernel: Browser, live_site: LiveSite) -> None:
    """One after the other at one computer, as in an office; these builds also bear no second window.

    The oldest one goes the whole way; the others open every kind of page on it.
    """
    major = old_kernel.version.rpartition("/")[2].split(".")[0]
    if major != min(browsers.OLD, key=int):
        look_around(old_kernel, live_site, major)
        return
    with visiting(old_kernel, live_site, f"enterprise_help/kernel-{major}") as anybody:

        def sit_down(who: str, size: tuple[int, int]) -> Visitor:
            anybody.page.context.clear_cookies()
            anybody.page.set_viewport_size({"width": size[0], "height": size[1]})
            anybody.sign_in(who)
            return anybody

        firm = sit_down(FIRM, PHONE)
        case_id, _number, _code = ask(firm, f"配电房进水，请帮忙协调抢修（{major}）。")
        assign(sit_down(DESK_OFFICER, DESK), case_id)
        handler = sit_down(HANDLER, DESK)
        find_in_order_of_deadlines(handler, case_id)
        act(handler, case_id, "accept", "08")
        act(handler, case_id, "answer", "13", outcome="solved", reply=REPLY)
        firm = sit_down(FIRM, PHONE)
        firm.go(f"/track/{case_id}/")
        act(firm, case_id, "confirm", "16", rating="4")
        assert "销号" in firm.text()
        firm.show("17-struck-off")


# What people open most: whatever a kernel lacks shows on one of these.
PAGES = {
    "": ("/", "/ask/", "/ask/snap_report/", "/track/"),
    FIRM: ("/ask/enterprise_help/", "/asked/"),
    DESK_OFFICER: ("/dispatch/", "/cases/", "/overview/"),
    HANDLER: ("/work/", "/messages/", "/account/"),
}


def look_around(kernel: Browser, live_site: LiveSite, major: str) -> None:
    """A dozen pages and one case, each without a complaint and no wider than the screen."""
    with visiting(kernel, live_site, f"enterprise_help/kernel-{major}") as anybody:
        for place, (who, addresses) in enumerate(PAGES.items()):
            anybody.page.context.clear_cookies()
            if who:
                anybody.sign_in(who)
            for number, address in enumerate(addresses):
                assert anybody.go(address).status == 200
                assert anybody.text("h1")
                anybody.show(f"{place}{number}")
        anybody.go("/work/?view=all")
        case = anybody.page.get_attribute("tr[data-x-row] .x-row-link", "href")
        assert case is not None
        anybody.go(case)
        anybody.show("case")


def test_front_page_in_old_kernels(old_kernel: Browser, live_site: LiveSite) -> None:
    open_front_page(old_kernel, live_site, old_kernel.version.rpartition("/")[2].split(".")[0])


def test_old_kernels(old_kernel: Browser) -> None:
    major = old_kernel.version.rpartition("/")[2].split(".")[0]
    assert major in browsers.OLD
    assert look(old_kernel, major) == "产业社区"
