"""Somebody without an account reports what is broken, follows it by number and code, and has the last word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.journeys.site import LiveSite
from tests.journeys.visitors import DESK, PHONE, Visitor, id_in, photo, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.journey, pytest.mark.packs("snap_report")]
WHAT = "桥头第三盏路灯不亮，晚上过马路看不清，请来修一修。"
LIT = """() => {
  const labels = [...document.querySelectorAll('[data-x-rating] label')];
  labels.sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left);
  const on = getComputedStyle(document.querySelector('[data-x-rating] input:checked + label')).color;
  return labels.map((label) => getComputedStyle(label).color === on);
}"""
SMALL_LETTERS = """() => [...document.querySelectorAll('main input, main select, main textarea, main button')]
  .filter((e) => e.offsetParent && e.type !== 'file' && parseFloat(getComputedStyle(e).fontSize) < 18)
  .map((e) => e.outerHTML.slice(0, 90))"""


def report(resident: Visitor) -> tuple[str, str, str]:
    """From the front page, in large text, to the receipt; returns id, number and query code."""
    resident.go("/")
    resident.submit('header button[name="large"]')
    resident.show("01-portal-in-large-text")
    resident.submit('.x-services a[href="/ask/snap_report/"]')
    assert resident.page.evaluate("document.documentElement.classList.contains('x-large')")
    assert resident.page.evaluate(SMALL_LETTERS) == []
    resident.page.select_option("[name=category]", "street_lamp")
    resident.page.fill("[name=place_address]", "潮兴路小桥东头")
    resident.page.fill("[name=what]", WHAT)
    resident.page.set_input_files("[name=photos]", [photo(), photo("darkslategray")])
    resident.page.fill("[name=contact]", "13800005566")
    resident.show("02-report")
    resident.submit("button[form=ask]")
    resident.show("03-receipt")
    text = resident.text()
    assert "禾澜区综合行政执法局" in text, "dispatched at once by rule"
    number, code = re.search(r"HL-\d{6}-\d{4}-\w", text), re.search(r"查询码\s+([A-Z0-9]{6})", text)
    assert number, text
    assert code, text
    return id_in(resident.page.url), number.group(), code.group(1)


def look_up(resident: Visitor, number: str, code: str) -> None:
    """Number and query code, as printed on the receipt."""
    resident.go(f"/track/?number={number}")
    assert resident.page.input_value("[name=number]") == number
    resident.page.fill("[name=code]", code)
    resident.submit()


def mend(unit: Visitor, case_id: str, reply: str) -> None:
    """The unit says what it has done, with a photo."""
    unit.go(f"/cases/{case_id}/act/answer/")
    unit.fill(outcome="solved", reply=reply)
    unit.page.set_input_files("[name=proof]", photo("gold"))
    unit.submit()
    assert "已反馈" in unit.text()


def test_a_report_without_account_is_followed_reopened_confirmed_and_rated(
    chromium: Browser, live_site: LiveSite
) -> None:
    shots = "snap_report/phone"
    with visiting(chromium, live_site, shots, size=PHONE) as resident:
        case_id, number, code = report(resident)
    # Next day, another browser: only the receipt opens it.
    with (
        visiting(chromium, live_site, shots, size=PHONE) as resident,
        visiting(chromium, live_site, "snap_report/desk", "niuben", DESK) as unit,
    ):
        look_up(resident, number, "ZZZZZZ" if code != "ZZZZZZ" else "YYYYYY")
        resident.show("04-wrong-code")
        assert "/track/" in resident.page.url
        assert case_id not in resident.page.url
        assert WHAT not in resident.page.content()
        look_up(resident, number, code.lower())
        assert case_id in resident.page.url
        resident.show("05-tracked")
        assert "13800005566" not in resident.page.content()
        mend(unit, case_id, "已更换第二盏路灯的灯头，当晚亮灯。")
        unit.show("06-answered")
        resident.go(f"/track/{case_id}/")
        assert "已更换第二盏路灯的灯头" in resident.text()
        resident.show("07-to-confirm")
        resident.submit(f'a[href$="/track/{case_id}/reopen/"]')
        resident.page.fill("[name=reason]", "修的是第二盏，第三盏还是不亮。")
        resident.show("08-reopen")
        resident.submit()
        resident.show("09-reopened")
    with (
        visiting(chromium, live_site, "snap_report/desk", "hejing", DESK) as officer,
        visiting(chromium, live_site, "snap_report/desk", "niuben", DESK) as unit,
        visiting(chromium, live_site, shots, size=PHONE) as resident,
    ):
        officer.go(f"/cases/{case_id}/")
        assert "修的是第二盏，第三盏还是不亮。" in officer.text()
        officer.go(f"/cases/{case_id}/act/assign/")
        assert officer.page.eval_on_selector("[name=unit]", "one => one.selectedOptions[0].text") == (
            "禾澜区综合行政执法局"
        )
        officer.submit()
        mend(unit, case_id, "第三盏路灯的电缆已更换，两盏都亮。")
        look_up(resident, number.replace("-", ""), code)
        resident.submit(f'a[href$="/track/{case_id}/confirm/"]')
        resident.fill(rating="2")
        assert resident.page.evaluate(LIT) == [True, True, False, False, False], "stars are lit from the left"
        resident.fill(rating="5")
        assert resident.page.evaluate(LIT) == [True] * 5
        resident.show("10-confirm")
        resident.submit()
        resident.show("11-closed")
        assert "办结" in resident.text()
        unit.go(f"/cases/{case_id}/")
        unit.show("12-closed")


def test_a_photo_is_shown_to_its_readers_and_keeps_nothing_of_the_camera(
    chromium: Browser, live_site: LiveSite
) -> None:
    with visiting(chromium, live_site, "snap_report/files", size=PHONE) as resident:
        report(resident)
        resident.submit('a[href^="/track/"].x-btn-primary')
        address = resident.page.get_attribute(".x-files a", "href")
        answer = resident.page.request.get(live_site.url + address)
        assert answer.headers["content-type"] == "image/jpeg"
        assert b"private-note-of-the-camera" not in answer.body()
        with visiting(chromium, live_site, "snap_report/files", "qiaojin") as stranger:
            assert stranger.page.request.get(live_site.url + address).status in (403, 404)
