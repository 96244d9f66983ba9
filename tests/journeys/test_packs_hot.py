"""A new service without a restart: its folder is laid beside the others, installed and activated in the browser."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.site import LiveSite
from tests.journeys.visitors import PHONE, Visitor, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey
PACK, TITLE = "lost_and_found", "失物招领"
SOON = 2.0  # Seconds.
FILES = {
    "pack.yaml": """
pack: lost_and_found
title: {zh: 失物招领, en: Lost and found}
answers: [S5]
keepers: [district_command_centre]
uses: [cases]
roles: [resident, dispatcher, auditor]
grade: A
version: "1.0"
""",
    "cases.yaml": """
process: lost_and_found
title: {zh: 失物招领, en: Lost and found}
open_to: [anyone]
seen_by: [dispatcher, auditor]
about: none
fields:
  what: {kind: text, title: {zh: 丢了什么, en: What is lost}, max: 200, required: true}
stages:
  lost: {title: {zh: 登记, en: Registered}, kind: open}
  found: {title: {zh: 已找到, en: Found}, kind: done}
actions:
  find:
    title: {zh: 登记找到, en: Record it found}
    from: lost
    to: found
    by: dispatcher
    outcome: solved
clocks:
  search:
    title: {zh: 查找时限, en: Time to look}
    term: 3 workdays
    starts: open
    stops: find
    marks: {100%: remind dispatcher}
""",
    "scenarios.yaml": """
- title: 有人捡到
  given: {at: 2026-09-21T09:00}
  steps:
    - {who: anyone, does: open, with: {what: 一串钥匙}}
    - {who: dispatcher, does: find, at: 2026-09-21T10:00}
    - {then: {stage: found, outcome: solved, closed: true}}
""",
    "README.md": "# 失物招领\n\n登记丢失的东西，找到了告诉失主。\n",
}


@pytest.fixture
def lay(live_site: LiveSite) -> Iterator[Callable[..., None]]:
    """Lays the pack among those of the site, as an administrator would copy it there; a word of it may be changed."""
    laid: list[Path] = []

    def one(name: str, word: str = "", instead: str = "") -> None:
        folder = live_site.packs / name
        laid.append(folder)
        folder.mkdir()
        for file, text in FILES.items():
            (folder / file).write_text(text.lstrip().replace(PACK, name).replace(word or PACK, instead or name))

    yield one
    for folder in laid:
        shutil.rmtree(folder)


def await_on_portal(anybody: Visitor, *, there: bool) -> float:
    """How long until the portal offers the service, or no longer offers it."""
    began = time.monotonic()
    while True:
        shown = anybody.page.request.get(anybody.site.url).text()
        if (TITLE in shown) is there:
            return time.monotonic() - began
        assert time.monotonic() - began < SOON
        time.sleep(0.1)


def test_a_pack_is_installed_activated_used_and_retired_while_the_site_runs(
    chromium: Browser, live_site: LiveSite, lay: Callable[..., None]
) -> None:
    lay(PACK)
    with (
        visiting(chromium, live_site, "packs_hot", "xitong") as administrator,
        visiting(chromium, live_site, "packs_hot", size=PHONE) as anybody,
    ):
        await_on_portal(anybody, there=False)
        administrator.go("/packs/")
        administrator.show("01-waiting")
        administrator.submit(f'form:has([name=folder][value="{PACK}"]) button')
        assert administrator.page.url.endswith(f"/packs/{PACK}/"), administrator.text("body")
        administrator.show("02-installed")
        await_on_portal(anybody, there=False)
        administrator.submit(f'form[action="/packs/{PACK}/activate/"] button')
        await_on_portal(anybody, there=True)
        administrator.show("03-active")
        anybody.go("/")
        anybody.show("04-on-the-portal")
        anybody.go(f"/ask/{PACK}/")
        anybody.page.fill("[name=what]", "公交车上丢了一串钥匙")
        anybody.submit("button[form=ask]")
        assert "/receipt/" in anybody.page.url
        administrator.press("[data-x-confirm]")
        administrator.page.locator("dialog[open]").wait_for()
        administrator.show("05-retire")
        administrator.submit("dialog[open] .x-dialog-foot button:not([type=button])")
        await_on_portal(anybody, there=False)
        assert anybody.go(f"/ask/{PACK}/").status == 404
        administrator.show("06-retired")
    with visiting(chromium, live_site, "packs_hot", "hejing") as officer:
        officer.go("/cases/")
        assert "公交车上丢了一串钥匙" in officer.text(), "what was asked before goes on"


def test_a_broken_pack_is_refused_in_words_that_help(
    chromium: Browser, live_site: LiveSite, lay: Callable[..., None]
) -> None:
    lay("lost_again", "to: found", "to: fuond")
    with visiting(chromium, live_site, "packs_hot", "xitong") as administrator:
        administrator.go("/packs/")
        administrator.submit('form:has([name=folder][value="lost_again"]) button')
        said = administrator.text("body")
        assert "cases.yaml" in said
        assert "fuond" in said
        administrator.show("07-refused")
