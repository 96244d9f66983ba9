"""Forms in all hands: by keyboard alone, by clumsy fingers, and where the browser runs no script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.journeys.site import LiveSite
from tests.journeys.visitors import PHONE, Visitor, id_in, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey
FOCUSED = "document.activeElement.name || document.activeElement.getAttribute('href') || ''"


def tab_to(visitor: Visitor, what: str, most: int = 40) -> None:
    """Press Tab until the focus stands there."""
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("what => document.activeElement.matches(what)", what):
            return
    pytest.fail(f"{what} cannot be reached by Tab; the focus stands on {visitor.page.evaluate(FOCUSED)}")


@pytest.mark.packs("enterprise_help")
def test_the_way_to_ask_needs_no_mouse(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "forms", "qiaojin") as firm:
        keyboard = firm.page.keyboard
        firm.go("/")
        keyboard.press("Tab")
        assert firm.page.evaluate("document.activeElement.getAttribute('href')") == "#x-main", "first: past the menu"
        tab_to(firm, 'a[href="/ask/enterprise_help/"]')
        with firm.page.expect_navigation():
            keyboard.press("Enter")
        tab_to(firm, "[name=topic]")
        keyboard.press("ArrowDown")
        keyboard.press("ArrowDown")
        tab_to(firm, "[name=need]")
        keyboard.type("Cold store needs a second supply, 冷库需要第二路电源。")
        tab_to(firm, "[name=photos]")
        tab_to(firm, "button[form=ask]")
        outline = firm.page.evaluate("getComputedStyle(document.activeElement)")
        assert outline
        firm.show("01-by-keyboard")
        with firm.page.expect_navigation():
            keyboard.press("Enter")
        assert "/receipt/" in firm.page.url, firm.text()


PROGRAM = {"name": "现场.png", "mimeType": "image/png", "buffer": b"MZ\x90\x00" + b"\0" * 4000}
LENIENT = """() => {
  document.getElementById('ask').noValidate = true;
  document.querySelector('[name=what]').removeAttribute('maxlength');
}"""


def send_unchecked(resident: Visitor) -> str:
    """Send what slips past the browser's own checks, or comes from one that has none; returns what is to be mended."""
    resident.page.evaluate(LENIENT)
    resident.submit("button[form=ask]")
    return resident.text("[data-x-errors]")


@pytest.mark.packs("snap_report")
def test_mistakes_are_named_and_what_was_typed_stays(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "forms", size=PHONE) as resident:
        resident.go("/ask/snap_report/")
        resident.press("button[form=ask]")
        assert resident.page.locator(":invalid").count() > 1, "the browser itself stops an empty form"
        said = send_unchecked(resident)
        for sentence in ("请选择问题类型。", "请填写在哪里。", "请填写情况说明。"):
            assert sentence in said, said
        resident.show("02-empty")
        resident.page.evaluate(LENIENT)
        resident.fill(place_address="潮兴路 18 号", what="路" * 1001, contact="12345")
        said = send_unchecked(resident)
        assert "问题类型" in said, said
        resident.show("03-mistakes")
        resident.fill(category="manhole")
        said = send_unchecked(resident)
        assert "联系电话" in said, said
        resident.show("04-too-long-and-no-telephone")
        assert resident.page.input_value("[name=what]") == "路" * 1001
        assert resident.page.input_value("[name=place_address]") == "潮兴路 18 号"
        assert resident.page.input_value("[name=contact]") == "12345"
        resident.fill(contact="13800005566")
        assert "情况说明" in send_unchecked(resident)
        resident.fill(what="井盖松动，车过有响声。")
        # The browser names a program by its ending, before anything is sent.
        resident.attach("photos", {"name": "现场.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ" * 50})
        assert "只收" in resident.text("[data-x-files]")
        resident.attach("photos", PROGRAM)
        assert "现场.png" in send_unchecked(resident)
        assert resident.page.input_value("[name=what]") == "井盖松动，车过有响声。"
        assert resident.page.input_value("[name=category]") == "manhole"
        resident.show("05-a-program-for-a-photo")
        resident.submit("button[form=ask]")
        assert "/receipt/" in resident.page.url, resident.text()


@pytest.mark.packs("snap_report")
def test_everything_needed_works_without_script(chromium: Browser, live_site: LiveSite) -> None:
    what = "花坛边堆了建筑垃圾，请清走。"

    def visit(who: str = "", **size: tuple[int, int]):
        return visiting(chromium, live_site, "forms/without-script", who, java_script_enabled=False, **size)

    with visit(size=PHONE) as resident:
        resident.go("/ask/snap_report/")
        resident.page.select_option("[name=category]", "garbage")
        resident.page.fill("[name=place_address]", "长堤路 3 号")
        resident.page.fill("[name=what]", what)
        resident.show("01-report")
        resident.submit("button[form=ask]")
        case_id, text = id_in(resident.page.url), resident.text()
        resident.show("02-receipt")
        number, code = re.search(r"HL-\d{6}-\d{4}-\w", text), re.search(r"查询码\s+([A-Z0-9]{6})", text)
        assert number, text
        assert code, text
    with visit("niuben") as unit:
        unit.go("/work/")
        unit.submit(f'[data-x-row="{case_id}"] .x-row-link')
        unit.show("03-case")
        unit.submit(f'a[href="/cases/{case_id}/act/answer/"]')
        unit.fill(outcome="solved", reply="建筑垃圾已清运。")
        unit.submit()
        assert "已反馈" in unit.text()
    with visit(size=PHONE) as resident:
        resident.go("/track/")
        resident.page.fill("[name=number]", number.group())
        resident.page.fill("[name=code]", code.group(1))
        resident.submit()
        assert "建筑垃圾已清运。" in resident.text()
        resident.submit(f'a[href="/track/{case_id}/confirm/"]')
        resident.fill(rating="4")
        resident.submit()
        resident.show("04-closed")
        assert "办结" in resident.text()
