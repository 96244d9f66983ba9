"""The main journey: a firm asks, the desk assigns, the unit answers, the firm confirms, and the record tells it all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.journeys.site import LiveSite
from tests.journeys.visitors import SIZES, Visitor, id_in, photo, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.journey, pytest.mark.packs("enterprise_help")]

FIRM, DESK_OFFICER, HANDLER, AUDITOR = "shenmingzhe", "hejing", "zhouyutong", "gumo"
STRANGERS = {"handler of another unit": "tanghe", "another firm": "qiaojin", "a resident": "fangqing"}
STEPS = ("提交", "交办", "签收", "请企业补充", "补充说明", "答复", "确认销号")
REPLY = "已更换跳闸的进线开关，今天下午恢复供电，运行两小时正常。"
NOT_FOUND = "没有找到"


def ask(firm: Visitor, need: str) -> tuple[str, str, str]:
    """From the portal to the receipt; returns id, number and query code."""
    firm.go("/")
    firm.show("01-portal")
    firm.submit('.x-services a[href="/ask/enterprise_help/"]')
    known = firm.page.locator("[data-x-known]")
    assert "来自企业登记" in known.text_content()
    assert "恒拓精工（禾澜）有限公司" in known.text_content()
    asked = firm.page.eval_on_selector_all("#ask [name]", "all => all.map(one => one.name)")
    # What is known is shown with its source and not asked again.
    assert {"topic", "need", "photos"} <= set(asked)
    assert not {"contact", "place", "place_0", "area"} & set(asked)
    firm.fill(topic="power", need=need)
    firm.attach("photos", photo())
    firm.show("02-ask")
    firm.submit("button[form=ask]")
    firm.show("03-receipt")
    text = firm.text()
    number, code = re.search(r"HL-\d{6}-\d{4}-\w", text), re.search(r"查询码\s+([A-Z0-9]{6})", text)
    assert number, text
    assert code, text
    return id_in(firm.page.url), number.group(), code.group(1)


def open_row(visitor: Visitor, case_id: str, step: str) -> None:
    """Open a row of a list: at a desk its drawer docks beside the list, on a phone its own page opens."""
    row = f'[data-x-row="{case_id}"] .x-row-link'
    visitor.show(f"{step}-list")
    if visitor.touch:
        visitor.submit(row)
    else:
        visitor.press(row)
        visitor.await_shown("#x-drawer h2")
    visitor.show(f"{step}-opened")


def act(visitor: Visitor, case_id: str, action: str, step: str, **answers: str) -> None:
    """Choose an action where it is offered, answer its questions, confirm."""
    way = f"{case_id}/{action}" if "/track/" in visitor.page.url else f"{case_id}/act/{action}"
    visitor.submit(f'a[href$="/{way}/"]')
    visitor.fill(**answers)
    visitor.show(f"{step}-{action}")
    visitor.submit()


def assign(officer: Visitor, case_id: str) -> None:
    """The desk finds the case in its list and hands it to the unit that the rules suggest, reading why."""
    officer.go("/dispatch/")
    open_row(officer, case_id, "04-dispatch")
    officer.submit(f'a[href$="/cases/{case_id}/act/assign/"]')
    assert "用电用能由供电公司办理" in officer.text()
    chosen = officer.page.eval_on_selector("[name=unit]", "one => one.selectedOptions[0].text")
    assert chosen == "禾澜供电公司"
    officer.fill(advice="请先电话联系企业，当天到现场看一次。")
    officer.show("05-assign")
    officer.submit()
    officer.show("06-assigned")
    assert "禾澜供电公司" in officer.text()


def find_in_order_of_deadlines(handler: Visitor, case_id: str) -> None:
    """The workbench lists what is due first, first; what has no deadline stands last."""
    handler.go("/work/")
    cells = handler.page.eval_on_selector_all(
        "tr[data-x-row] .x-col-due", "all => all.map(one => (one.querySelector('time') || {dateTime: '9'}).dateTime)"
    )
    assert len(cells) > 1
    assert cells == sorted(cells)
    open_row(handler, case_id, "07-work")


@pytest.mark.parametrize("size", SIZES)
def test_a_request_goes_from_collected_to_struck_off(chromium: Browser, live_site: LiveSite, size: str) -> None:
    need = f"三号厂房进线开关今早跳闸三次，生产线停了（{size}），请尽快派人检查。"

    def visit(who: str = ""):
        return visiting(chromium, live_site, f"enterprise_help/{size}", who, SIZES[size])

    with visit(FIRM) as firm:
        case_id, number, code = ask(firm, need)
        with visit(DESK_OFFICER) as officer:
            assign(officer, case_id)
        with visit(HANDLER) as handler:
            find_in_order_of_deadlines(handler, case_id)
            act(handler, case_id, "accept", "08")
            act(handler, case_id, "ask", "09", question="请说明跳闸的是哪一台开关，并附铭牌照片。")
            assert "待补充" in handler.text()
            handler.show("10-waiting")
        firm.go("/asked/")
        firm.show("11-asked")
        firm.submit(f'[data-x-row="{case_id}"] .x-row-link')
        assert "请说明跳闸的是哪一台开关" in firm.text()
        act(firm, case_id, "supply", "12", more="一号进线柜，型号 VD4，铭牌照片已贴在柜门上。")
        with visit(HANDLER) as handler:
            handler.go(f"/cases/{case_id}/")
            assert "一号进线柜，型号 VD4" in handler.text()
            act(handler, case_id, "answer", "13", outcome="solved", reply=REPLY)
            handler.show("14-answered")
        firm.go(f"/track/{case_id}/")
        assert REPLY in firm.text()
        main_way = firm.page.get_attribute("a.x-btn-primary >> visible=true", "href")
        assert main_way.endswith("/confirm/"), "to confirm is the main way, to reopen the other"
        firm.show("15-to-confirm")
        act(firm, case_id, "confirm", "16", rating="5", remark="来得快，谢谢。")
        assert "销号" in firm.text()
        firm.show("17-struck-off")
        read_the_record(firm, case_id, "18-record-of-the-firm")
        assert_told(firm, "您的诉求已收到", "请补充说明", "您的诉求已有答复")
    with visit(AUDITOR) as auditor:
        read_the_record(auditor, case_id, "19-record-of-the-auditor")
    with visit(HANDLER) as handler:
        assert_told(handler, "新交办事项")
    assert_found_by_nobody_else(chromium, live_site, size, case_id, need)
    assert_found_by_the_receipt(chromium, live_site, size, number, code)


def read_the_record(reader: Visitor, case_id: str, step: str) -> None:
    """The record page lists each step, who took it, newest first."""
    assert reader.go(f"/records/case/{case_id}/").status == 200
    reader.show(step)
    rows = reader.page.locator("#list tbody tr")
    assert rows.count() == len(STEPS)
    for place, step_name in enumerate(reversed(STEPS)):
        words = rows.nth(place).locator(".x-step b").text_content()
        assert words == step_name


def assert_told(reader: Visitor, *subjects: str) -> None:
    """The sandbox keeps what would have been sent."""
    reader.go("/messages/")
    reader.see(*subjects)
    reader.show("20-messages")


def assert_found_by_nobody_else(chromium: Browser, site: LiveSite, size: str, case_id: str, need: str) -> None:
    """Whoever has no part in it learns not even that the case exists."""
    addresses = (f"/cases/{case_id}/", f"/cases/{case_id}/drawer/", f"/track/{case_id}/", f"/records/case/{case_id}/")
    for username in STRANGERS.values():
        with visiting(chromium, site, f"enterprise_help/{size}", username, SIZES[size]) as stranger:
            for address in addresses:
                assert stranger.go(address).status == 404
                assert NOT_FOUND in stranger.text("body")
                assert need not in stranger.page.content()
            stranger.go("/cases/?state=all" if username == "tanghe" else "/asked/?view=all")
            assert need not in stranger.page.content()
            stranger.go(f"/records/case/{case_id}/")
            stranger.show(f"21-not-found-{username}")
    with visiting(chromium, site, f"enterprise_help/{size}", size=SIZES[size]) as anybody:
        for address in (f"/track/{case_id}/", f"/receipt/{case_id}/"):
            assert anybody.go(address).status == 404
            assert NOT_FOUND in anybody.text("body")
        for address in addresses[:2] + addresses[3:]:
            anybody.go(address)
            assert "/sign-in/" in anybody.page.url


def assert_found_by_the_receipt(chromium: Browser, site: LiveSite, size: str, number: str, code: str) -> None:
    """Whoever holds the receipt needs no account."""
    with visiting(chromium, site, f"enterprise_help/{size}", size=SIZES[size]) as holder:
        holder.go("/track/")
        holder.fill(number=number, code=code)
        holder.submit()
        assert REPLY in holder.text()
        holder.show("22-by-receipt")
