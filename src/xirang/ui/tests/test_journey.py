"""The components in real browsers: what script adds, and what remains of them on the oldest kernel we serve."""

import socketserver
import threading
import time
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.journeys import browsers
from xirang.ui.tests import urls

pytestmark = pytest.mark.journey

CROSSING = """() => {
  const panel = document.querySelector('details[data-x-why][open] .x-why-panel').getBoundingClientRect();
  const rulers = [...document.querySelectorAll('[data-x-keep-clear]')].map((ruler) => ruler.getBoundingClientRect());
  const across = (r) => r.left < panel.right && r.right > panel.left;
  const along = (r) => r.top < panel.bottom && r.bottom > panel.top;
  return rulers.filter((r) => r.width && across(r) && along(r)).length;
}"""
OPEN_ROW = """() => document.querySelector('[data-x-row="HL-0918-0417"] .x-row-link').click()"""
SMALL_TARGETS = """() => [...document.querySelectorAll('.x-btn, .x-input, .x-check, .x-seg > label, select')]
  .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 58).map((e) => e.outerHTML.slice(0, 90))"""
SMALL_LETTERS = """() => [...document.querySelectorAll('main *')]
  .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 16).map((e) => e.outerHTML.slice(0, 90))"""


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    """A browser asks for several things at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The small site on a free port."""
    server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=Threaded, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """One driver for all browsers: a second one would find the first one's event loop running."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(driver: Playwright) -> Iterator[Browser]:
    """The current Chromium of this machine."""
    try:
        with browsers.launch_current(driver) as started:
            yield started
    except browsers.UnavailableError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def gallery(browser: Browser, address: str) -> Iterator[Page]:
    """The gallery on a desk; a violation of the content policy or an error of script fails the test."""
    page = browsers.open_page(browser)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}/gallery/")
    yield page
    assert complaints == []
    page.context.close()


def test_the_drawer_docks_walks_and_gives_the_focus_back(gallery: Page) -> None:
    gallery.click('[data-x-row="HL-0918-0417"] .x-row-link')
    expect(gallery.locator("#x-drawer h2")).to_contain_text("新产线")
    table, drawer = gallery.locator("#gallery-list").bounding_box(), gallery.locator("#x-drawer").bounding_box()
    assert table["x"] + table["width"] <= drawer["x"] + 1
    gallery.keyboard.press("ArrowDown")
    expect(gallery.locator("#x-drawer h2")).to_contain_text("佳禾食品")
    gallery.keyboard.press("Escape")
    expect(gallery.locator("#x-drawer")).to_be_hidden()
    assert "佳禾食品" in gallery.evaluate("document.activeElement.textContent")
    gallery.keyboard.press("/")
    assert gallery.evaluate("document.activeElement.name") == "q"


def test_a_failed_load_keeps_the_list_and_can_be_tried_again(gallery: Page) -> None:
    gallery.context.set_offline(True)
    gallery.click('[data-x-row="HL-0916-0391"] .x-row-link')
    expect(gallery.locator("#x-drawer")).to_contain_text("您选的条件还在")
    gallery.context.set_offline(False)
    gallery.click("#x-drawer .x-failed button")
    expect(gallery.locator("#x-drawer h2")).to_contain_text("松屿家电")


def test_the_reason_covers_no_ruler(gallery: Page) -> None:
    for opener in (".x-head details[data-x-why] summary", "#x-drawer details[data-x-why] summary"):
        if opener.startswith("#"):
            gallery.click('[data-x-row="HL-0918-0417"] .x-row-link')
        gallery.click(opener)
        crossing = gallery.evaluate(CROSSING)
        assert crossing == 0
        gallery.keyboard.press("Escape")


def test_ticked_rows_offer_only_what_they_can_take(gallery: Page) -> None:
    ticks = gallery.locator("#gallery-list [data-x-tick]")
    bar = gallery.locator("#gallery-list-bulk")
    expect(bar).to_be_hidden()
    for index in (1, 2, 3):
        ticks.nth(index).check()
    expect(bar).to_contain_text("已选 3 件")
    expect(bar).to_contain_text("签收 2 件")
    ticks.nth(1).uncheck()
    ticks.nth(2).uncheck()
    expect(bar.locator("button", has_text="签收 0 件")).to_be_disabled()


def test_a_confirm_asks_and_can_be_left(gallery: Page) -> None:
    gallery.locator("[data-x-confirm]", has_text="退回").click()
    dialog = gallery.locator("dialog[open]")
    expect(dialog).to_contain_text("退回这 1 件？")
    assert gallery.evaluate("document.activeElement.name") == "reason"
    gallery.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_confirm_asks_without_script_too(browser: Browser, address: str) -> None:
    page = browsers.open_page(browser, java_script_enabled=False)
    page.goto(f"{address}/gallery/")
    page.locator("[data-x-confirm]", has_text="退回").click()
    asked = page.locator("dialog:target")
    expect(asked).to_contain_text("退回这 1 件？")
    expect(asked.locator("button", has_text="确认退回")).to_be_visible()
    asked.locator("[data-x-dialog-close]").click()
    expect(page.locator("dialog:target")).to_have_count(0)


def test_a_form_is_sent_once_however_often_it_is_pressed(browser: Browser, address: str) -> None:
    page = browsers.open_page(browser)
    page.goto(f"{address}/form/")
    page.fill("#story", "新产线投产")
    urls.take.taken.clear()
    page.evaluate("const b = document.querySelector('form .x-btn-primary'); b.click(); b.click(); b.click()")
    page.wait_for_url("**/take/")
    assert urls.take.taken == ["新产线投产"]
    page.context.close()


def test_a_draft_survives_the_page_holds_no_password_and_goes_when_sent(browser: Browser, address: str) -> None:
    page = browsers.open_page(browser)
    page.goto(f"{address}/form/")
    page.fill("#story", "路灯不亮")
    page.fill('[name="secret"]', "do-not-keep")
    expect(page.locator("[data-x-draft-said]")).to_contain_text("草稿已存")
    assert "do-not-keep" not in page.evaluate("JSON.stringify(localStorage)")
    page.goto(f"{address}/form/")
    expect(page.locator("#story")).to_have_value("路灯不亮")
    page.context.set_offline(True)
    page.click("form .x-btn-primary")
    expect(page.locator("#x-toasts")).to_contain_text("您填的内容还在")
    page.context.set_offline(False)
    page.click("form .x-btn-primary")
    page.wait_for_url("**/take/")
    page.goto(f"{address}/form/")
    expect(page.locator("#story")).to_have_value("")
    page.context.close()


def test_nothing_scrolls_sideways_and_a_phone_shows_cards(browser: Browser, address: str) -> None:
    for path in ("/gallery/", "/gallery/?large=1", "/public/", "/public/?large=1", "/bare/", "/error/503/"):
        page = browsers.open_page(browser, 390, 844, is_mobile=True, has_touch=True)
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        page.context.close()
    page = browsers.open_page(browser, 390, 844, is_mobile=True, has_touch=True)
    page.goto(f"{address}/gallery/")
    row = page.locator('[data-x-row="HL-0911-0288"]')
    due, title = (row.locator(f".x-col-{role}").bounding_box() for role in ("due", "title"))
    assert due["y"] < title["y"]
    page.context.close()


def test_large_text_leaves_no_small_target_or_letter(browser: Browser, address: str) -> None:
    page = browsers.open_page(browser, 390, 844, is_mobile=True, has_touch=True)
    page.goto(f"{address}/public/?large=1")
    small = page.evaluate(SMALL_TARGETS)
    assert small == []
    letters = page.evaluate(SMALL_LETTERS)
    assert letters == []
    page.context.close()


def test_without_script_nothing_is_lost(browser: Browser, address: str) -> None:
    page = browsers.open_page(browser, java_script_enabled=False)
    page.goto(f"{address}/gallery/")
    page.click(".x-head details[data-x-why] summary")
    expect(page.locator(".x-head .x-rule")).to_be_visible()
    expect(page.locator('[data-x-row="HL-0918-0417"] .x-row-link')).to_have_attribute("href", "#HL-0918-0417")
    expect(page.locator("#id_area")).to_be_visible()
    page.context.close()


def wait_for(page: Page, selector: str) -> None:
    """Playwright's own waiting asks for things this kernel lacks, or for eval, which the content policy forbids."""
    for _attempt in range(100):
        if page.evaluate("(selector) => Boolean(document.querySelector(selector))", selector):
            return
        time.sleep(0.05)
    raise AssertionError(f"{selector} did not appear")


def test_the_oldest_kernel_runs_everything(driver: Playwright, address: str) -> None:
    try:
        with browsers.launch_old(driver, browsers.OLD["91"]) as old:
            page = (old.contexts[0] if old.contexts else old.new_context()).new_page()
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            page.goto(f"{address}/gallery/")
            wait_for(page, ".ts-wrapper")
            wait_for(page, ".x-input-date")
            page.evaluate(OPEN_ROW)
            wait_for(page, "#x-drawer h2")
            page.evaluate("document.querySelector('[data-x-confirm]').click()")
            assert page.evaluate("Boolean(document.querySelector('dialog[open]'))")
            assert complaints == []
    except browsers.UnavailableError as reason:
        pytest.skip(str(reason))
