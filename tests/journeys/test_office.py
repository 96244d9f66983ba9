"""What people do at a desk all day: lists, keys, drawers, reasons, several at once, two windows, and the way out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.journeys.site import LiveSite
from tests.journeys.visitors import Visitor, id_in, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.journey, pytest.mark.packs("enterprise_help", "snap_report")]
FIRM, OFFICER, HANDLER = "shenmingzhe", "hejing", "zhouyutong"
CONFLICT = "这件事刚刚被别人办过，内容已有变化。"
ROWS = "all => all.map(row => row.dataset.xRow)"
CROSSING = """() => {
  const panel = document.querySelector('details[data-x-why][open] .x-why-panel').getBoundingClientRect();
  const rulers = [...document.querySelectorAll('[data-x-keep-clear]')].map((ruler) => ruler.getBoundingClientRect());
  const across = (r) => r.left < panel.right && r.right > panel.left;
  const along = (r) => r.top < panel.bottom && r.bottom > panel.top;
  return [panel.width > 0, rulers.filter((r) => r.width).length, rulers.filter((r) => across(r) && along(r)).length];
}"""


def rows(visitor: Visitor) -> list[str]:
    """The ids of the cases listed, in their order."""
    return visitor.page.eval_on_selector_all("tr[data-x-row]", ROWS)


def ask(chromium: Browser, site: LiveSite, need: str, topic: str = "power") -> str:
    """A new case of the firm; returns its id."""
    with visiting(chromium, site, "office", FIRM) as firm:
        firm.go("/ask/enterprise_help/")
        firm.page.select_option("[name=topic]", topic)
        firm.page.fill("[name=need]", need)
        firm.submit("button[form=ask]")
        return id_in(firm.page.url)


def ask_and_assign(chromium: Browser, site: LiveSite, *needs: str) -> list[str]:
    """New cases that wait for the handler to accept them."""
    made = [ask(chromium, site, need) for need in needs]
    with visiting(chromium, site, "office", OFFICER) as officer:
        for case_id in made:
            officer.go(f"/cases/{case_id}/act/assign/")
            officer.submit()
    return made


def test_filters_stay_in_the_address_and_become_a_saved_view(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "office", "xuwangshu") as leader:
        leader.go("/cases/?view=all")
        everything = rows(leader)
        leader.page.select_option("#f-process", "snap_report")
        leader.page.wait_for_url("**process=snap_report**")
        leader.page.wait_for_function(
            "n => document.querySelectorAll('tr[data-x-row]').length < n", arg=len(everything)
        )
        reports = rows(leader)
        assert reports
        # The address alone brings the same list back, and so does the browser's way back from a case.
        leader.page.reload()
        assert rows(leader) == reports
        assert leader.page.input_value("#f-process") == "snap_report"
        leader.go(f"/cases/{reports[0]}/")
        leader.page.go_back()
        assert rows(leader) == reports
        leader.page.fill(".x-save [name=title]", "全部随手报")
        leader.submit(".x-save button")
        leader.show("01-saved-view")
        assert rows(leader) == reports
        leader.go("/cases/")
        leader.submit('.x-views a:has-text("全部随手报")')
        assert rows(leader) == reports


def test_keys_of_pages_lead_forward_and_back(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "office", "gumo") as auditor:
        auditor.go("/cases/?view=all")
        first = rows(auditor)
        assert len(first) == 25
        auditor.submit('a[rel="next"]')
        second = rows(auditor)
        assert second
        assert not set(first) & set(second)
        auditor.submit('a[rel="prev"]')
        assert rows(auditor) == first


def test_keys_search_open_walk_and_close(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "office", HANDLER) as handler:
        handler.go("/work/")
        keyboard, listed = handler.page.keyboard, rows(handler)
        keyboard.press("/")
        assert handler.page.evaluate("document.activeElement.matches('[data-x-search]')")
        handler.page.locator("tr[data-x-row] .x-row-link").first.focus()
        keyboard.press("Enter")
        handler.page.locator("#x-drawer h2").wait_for()
        titles = []
        for _ in range(2):
            titles.append(handler.text("#x-drawer h2"))
            keyboard.press("ArrowDown")
            handler.page.wait_for_function("() => document.querySelectorAll('.htmx-request').length === 0")
        handler.page.locator(f'tr.is-open[data-x-row="{listed[2]}"]').wait_for()
        keyboard.press("ArrowUp")
        handler.page.locator(f'tr.is-open[data-x-row="{listed[1]}"]').wait_for()
        handler.show("02-drawer")
        keyboard.press("Escape")
        handler.page.locator("#x-drawer").wait_for(state="hidden")
        assert handler.page.evaluate("document.activeElement.closest('tr').dataset.xRow") == listed[1]


def test_a_drawer_has_an_address_and_a_list_leaves_as_a_file(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "office", OFFICER) as officer:
        officer.go("/cases/?list=enterprise_help.desk")
        page, listed = officer.page, rows(officer)
        officer.press("tr[data-x-row] .x-row-link >> nth=0")
        page.wait_for_url(f"**open={listed[0]}*")
        page.locator("#x-drawer h2").wait_for()
        page.reload()
        page.locator("#x-drawer h2").wait_for()
        page.locator(f'tr.is-open[data-x-row="{listed[0]}"]').wait_for()
        page.go_back()
        page.locator("#x-drawer").wait_for(state="hidden")
        assert "open=" not in page.url
        assert rows(officer) == listed

        officer.go("/cases/?list=snap_report.noise")
        wanted = rows(officer)
        officer.press('.x-list-tools [role="button"]:has-text("导出")')
        officer.press('dialog[open] [value="csv"]')
        officer.page.fill("dialog[open] [name=purpose]", "核对本周的噪声投诉")
        officer.show("04-export")
        with page.expect_download() as fetched:
            officer.press("dialog[open] button.x-btn-primary")
        lines = fetched.value.path().read_text("utf-8-sig").splitlines()
        assert lines[0] == "编号,情况说明,在哪里,联系电话,环节,承办,最近期限"
        assert len(lines) == len(wanted) + 1
        assert wanted


def test_several_are_accepted_at_once(chromium: Browser, live_site: LiveSite) -> None:
    made = ask_and_assign(chromium, live_site, "配电箱门锁坏了，请来更换。", "电表读数不对，请来核对。")
    with visiting(chromium, live_site, "office", HANDLER) as handler:
        handler.go("/work/?view=sign")
        for case_id in made:
            handler.press(f'[data-x-row="{case_id}"] [data-x-tick]')
        handler.show("03-ticked")
        handler.submit("[data-x-bulk-action]")
        assert "已办 2 件" in handler.text("body")
        handler.go("/work/")
        for case_id in made:
            assert "办理" in handler.text(f'[data-x-row="{case_id}"]')


def test_the_reason_opens_and_covers_no_ruler(chromium: Browser, live_site: LiveSite) -> None:
    (case_id,) = ask_and_assign(chromium, live_site, "变压器异响，请派人检查。")
    with visiting(chromium, live_site, "office", HANDLER) as handler:
        handler.go(f"/cases/{case_id}/")
        openers = handler.page.locator("details[data-x-why] summary >> visible=true")
        assert openers.count() >= 2
        for place in range(openers.count()):
            handler.press(openers.nth(place))
            wide, rulers, crossing = handler.page.evaluate(CROSSING)
            assert wide
            assert rulers >= 1
            assert crossing == 0
            handler.show(f"04-reason-{place}")
            handler.page.keyboard.press("Escape")
            assert handler.page.locator("details[data-x-why][open]").count() == 0


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_a_double_click_makes_one_case(chromium: Browser, live_site: LiveSite, script: bool) -> None:
    need = f"双击提交试一试，厂区东门用电异常（{script}）。"
    with visiting(chromium, live_site, "office", FIRM, java_script_enabled=script) as firm:
        firm.go("/ask/enterprise_help/")
        firm.page.select_option("[name=topic]", "power")
        firm.page.fill("[name=need]", need)
        firm.page.dblclick("button[form=ask]", no_wait_after=True)
        firm.page.wait_for_url("**/receipt/**")
        number = re.search(r"HL-\d{6}-\d{4}-\w", firm.text())
        assert number
        firm.go("/asked/?view=all")
        assert firm.text("tbody").count(need.rstrip("。")) == 1


def test_after_signing_out_the_way_back_shows_nothing(chromium: Browser, live_site: LiveSite) -> None:
    secret = "三号厂房变压器 315 kVA"
    with visiting(chromium, live_site, "office", HANDLER, fresh=True) as handler:
        handler.go("/work/")
        assert secret in handler.text()
        handler.press("details[data-x-menu] summary")
        handler.submit('form[action="/sign-out/"] button')
        handler.show("05-signed-out")
        handler.page.go_back()
        handler.page.wait_for_load_state()
        assert secret not in handler.page.content()
        assert "/sign-in/" in handler.page.url


def test_a_stale_window_is_told_and_loses_no_word(chromium: Browser, live_site: LiveSite) -> None:
    (case_id,) = ask_and_assign(chromium, live_site, "两个窗口同时办，厂区照明故障。")
    reason = "经核对职责清单，厂区内部照明由产权单位自行维护，请交街道协调。"
    with visiting(chromium, live_site, "office", HANDLER) as handler:
        handler.go(f"/cases/{case_id}/act/return/")
        handler.page.fill("[name=reason]", reason)
        other = handler.page.context.new_page()
        other.goto(f"{live_site.url}/cases/{case_id}/act/accept/")
        with other.expect_navigation():
            other.click("main form[data-x-form] button.x-btn-primary")
        handler.submit("main form[data-x-form] button.x-btn-solid-danger")
        assert CONFLICT in handler.text("body")
        assert reason in handler.page.input_value("[name=reason]")
        handler.show("06-conflict")
        handler.go(f"/cases/{case_id}/")
        assert "办理" in handler.text(".x-head"), "the first window's act stands"


def test_a_session_outlives_the_browser(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "office", HANDLER) as handler:
        cookies = handler.page.context.storage_state()
        session = next(one for one in cookies["cookies"] if "session" in one["name"])
        assert session["httpOnly"]
        assert session["sameSite"] == "Lax"
        handler.go("/work/")
        listed = rows(handler)
    with visiting(chromium, live_site, "office", storage_state=cookies) as returned:
        returned.go("/work/")
        assert rows(returned) == listed


def test_english_and_large_text_are_one_press_away_and_stay(chromium: Browser, live_site: LiveSite) -> None:
    with visiting(chromium, live_site, "office") as anybody:
        anybody.go("/")
        anybody.submit('header button[name="language"]')
        assert anybody.page.get_attribute("html", "lang") == "en"
        anybody.show("07-english")
        anybody.go("/ask/snap_report/")
        # Names stay what they are; every other word is English.
        read = re.sub("息壤|禾澜区产业社区公共服务平台|禾澜区|浙江省|中文|简体", "", anybody.text("body"))
        assert re.findall(r"[\u4e00-\u9fff]{2,}", read) == []
        anybody.show("08-english-form")
        anybody.submit('header button[name="language"]')
        anybody.submit('header button[name="large"]')
        anybody.go("/track/")
        assert anybody.page.get_attribute("html", "lang") == "zh-CN"
        assert anybody.page.evaluate("document.documentElement.classList.contains('x-large')")
        anybody.show("09-large")
