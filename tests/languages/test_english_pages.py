"""A reader of English meets no Chinese but names and what people wrote, and is never put back into Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.world import PASSWORD, World
from tools.messages import HAN
from xirang.areas.models import Area
from xirang.engines.cases.models import CaseEvent
from xirang.engines.ledger.models import Record
from xirang.people.models import Account, Organisation

COOKIE = settings.LANGUAGE_COOKIE_NAME
MASKED = re.compile(r"[\u3400-\u9fff]\*+")
NUMBERED = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# Attributes that are read out or shown; values of inputs are data.
SAID = ("title", "aria-label", "placeholder", "alt", "data-label", "content", "data-x-busy")
PUBLIC_PAGES = (
    *("/", "/ask/", "/ask/snap_report/", "/track/", "/figures/", "/sign-in/", "/register/", "/nowhere/"),
    *("/about/personal-data/", "/about/accessibility/"),
)
OFFICE_PAGES = ("/work/", "/cases/", "/account/", "/messages/", "/relief/", "/ask/")
ALIKE, MOST = 2, 70


class Reader(HTMLParser):
    """What a page says to people: its texts and spoken attributes, but nothing marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.language = ""
        self._closed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        if self._closed or tag in ("script", "style") or given.get("lang", "").startswith("zh"):
            if tag not in ("input", "img", "br", "meta", "link", "use", "hr", "rect"):
                self._closed.append(tag)
            return
        self.said += [given[name] for name in SAID if name in given]
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].split("#")[0])

    def handle_endtag(self, tag: str) -> None:
        if self._closed and self._closed[-1] == tag:
            self._closed.pop()

    def handle_data(self, data: str) -> None:
        if not self._closed:
            self.said.append(data)


def read(page: Any) -> Reader:
    reader = Reader()
    reader.feed(page.content.decode())
    return reader


def known_data() -> list[str]:
    """Names, and what people wrote into forms; the longest first, so that none leaves a piece of another behind."""
    known = {settings.DISTRICT_NAME, *(name for _code, name in settings.LANGUAGES)}
    known |= set(Area.objects.values_list("name", flat=True))
    for row in Organisation.objects.all_unscoped("a test reads every page"):
        known |= {row.name, row.address_text, row.industry, row.company_type, row.business_scope, row.capital_text}
    known |= set(Account.objects.all_unscoped("a test reads every page").values_list("title_name", flat=True))
    for body in CaseEvent.objects.values_list("body", flat=True):
        for part in ("answers", "fields", "values", "text"):
            known |= set(_texts(body.get(part)))
    return sorted((text for text in known if text and HAN.search(text)), key=len, reverse=True)


def _bodies() -> Iterator[dict[str, Any]]:
    yield from Record.objects.all_unscoped("a test reads every page").values_list("body", flat=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield value.rstrip("。")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def left_over(said: list[str], known: list[str]) -> list[str]:
    """What is still Chinese when names and written texts are taken away."""
    found = []
    for text in said:
        if HAN.search(text):
            for name in known:
                text = text.replace(name, "")
            if HAN.search(MASKED.sub("", text)):
                found.append(" ".join(text.split())[:100])
    return found


def walk(client: Client, starts: tuple[str, ...], known: list[str]) -> tuple[set[str], list[str]]:
    """Follow the links from these pages; which kinds of pages were read, and what Chinese stood on them."""
    waiting, done, kinds, faults = list(starts), set(), dict[str, int](), []
    # A record is evidence: it is shown as it was written, also the reason that it keeps in both languages.
    recorded = sorted({text for body in _bodies() for text in _texts(body) if HAN.search(text)}, key=len, reverse=True)
    while waiting and len(done) < MOST:
        url = waiting.pop(0)
        kind = NUMBERED.sub("*", url.split("?")[0]) + ("?" if "?" in url else "")
        if url in done or kinds.get(kind, 0) >= ALIKE or "/sign-out/" in url:
            continue
        done.add(url)
        kinds[kind] = kinds.get(kind, 0) + 1
        page = client.get(url, follow=True)
        if page.status_code == 405 or not page.get("Content-Type", "").startswith("text/html"):
            continue
        reader = read(page)
        if reader.language != "en":
            faults.append(f"{url}: html lang is {reader.language!r}")
        here = known + recorded if url.startswith("/records/") else known
        faults += [f"{url}: {text}" for text in left_over(reader.said, here)]
        waiting += [link for link in reader.links if link not in done]
    return set(kinds), faults


@pytest.fixture
def busy(world: World) -> World:
    """Cases in the main states, so that lists, histories, reasons and figures have something to say."""
    world.ask()
    world.handled()
    done = world.answered()
    world.act(done, "enterprise", "confirm", rating=5)
    world.answered("explained")
    world.report()
    world.report("resident")
    return world


def english(client: Client) -> Client:
    client.cookies[COOKIE] = "en"
    return client


def test_the_public_portal_has_no_chinese(busy: World) -> None:
    kinds, faults = walk(english(busy.client()), PUBLIC_PAGES, known_data())
    assert not faults, "\n".join(faults)
    assert set(PUBLIC_PAGES) <= kinds


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "must"),
    [
        ("enterprise", "/track/*/"),
        ("handler", "/cases/*/act/answer/"),
        ("dispatcher", "/cases/*/act/assign/"),
        ("leader", "/overview/"),
        ("auditor", "/records/"),
        ("system_admin", "/packs/snap_report/"),
        ("security_admin", "/accounts/*/grant/"),
    ],
)
def test_the_pages_of_each_office_have_no_chinese(busy: World, part: str, must: str) -> None:
    kinds, faults = walk(english(busy.client(part)), OFFICE_PAGES, known_data())
    assert not faults, "\n".join(faults)
    assert must in kinds


def test_refused_forms_speak_english(busy: World) -> None:
    client, known = english(busy.client()), known_data()
    answers = (
        client.post("/sign-in/", {"username": "nobody", "password": "wrong"}),
        client.post("/register/", {"username": "x", "password": "1"}),
        client.post("/ask/snap_report/", {"what": ""}),
        client.get("/track/", {"number": "HL-000000-0000-0", "code": "000000"}),
        client.post("/track/", {"number": "not a number", "code": "1"}),
    )
    faults = [text for page in answers for text in left_over(read(page).said, known)]
    assert not faults, "\n".join(faults)


def test_titles_of_packs_are_english_where_the_pack_gives_them(busy: World) -> None:
    assert "Snap report" in english(busy.client()).get("/ask/").content.decode()
    page = english(busy.client("system_admin")).get("/packs/").content.decode()
    assert "Snap report" in page
    assert "随手报" not in page


def test_deadlines_are_english_dates(busy: World) -> None:
    page = english(busy.client()).get("/ask/snap_report/").content.decode()
    assert re.search(r"By \d{1,2} [A-Z][a-z]{2} \d\d:\d\d", page)
    chinese = busy.client().get("/ask/snap_report/").content.decode()
    assert re.search(r"\d{1,2} 月 \d{1,2} 日 \d\d:\d\d 前", chinese)


@pytest.mark.parametrize(("code", "marked", "word"), [("en", "en", "Make a request"), ("zh-hans", "zh-CN", "我要求助")])
def test_the_switch_is_remembered_by_the_browser_and_marked_in_the_page(world: World, code, marked, word) -> None:
    client = world.client()
    answer = client.post("/language/", {"language": code, "next": "/track/"})
    assert answer.headers["Location"] == "/track/"
    assert answer.cookies[COOKIE].value == code
    assert int(answer.cookies[COOKIE]["max-age"]) > 300 * 86400
    page = client.get("/")
    assert read(page).language == marked
    assert word in page.content.decode()


def test_without_a_choice_the_site_is_chinese_also_for_a_browser_of_another_language(world: World) -> None:
    assert read(world.client().get("/")).language == "zh-CN"
    assert read(world.client().get("/", headers={"Accept-Language": "fr,de;q=0.8"})).language == "zh-CN"


def test_the_switch_is_kept_with_the_account(world: World) -> None:
    world.client("handler").post("/language/", {"language": "en", "next": "/work/"})
    assert world.account("handler").language == "en"
    elsewhere = Client()
    answer = elsewhere.post("/sign-in/", {"username": "zhouyutong", "password": PASSWORD})
    assert answer.cookies[COOKIE].value == "en"
    assert read(elsewhere.get("/work/")).language == "en"


def test_a_language_chosen_before_signing_in_survives_it(world: World) -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    client.post("/sign-in/", {"username": "zhouyutong", "password": PASSWORD})
    assert read(client.get("/work/")).language == "en"
    assert world.account("handler").language == "zh-hans"


@pytest.mark.parametrize("code", ["fr", "", "en'; --", "../../etc", "zh"])
def test_a_language_that_is_not_offered_changes_nothing(world: World, code: str) -> None:
    client = world.client("handler")
    client.post("/language/", {"language": code, "next": "https://elsewhere.example/"})
    assert world.account("handler").language == "zh-hans"
    assert read(client.get("/work/")).language == "zh-CN"


def test_the_switch_leads_nowhere_else(world: World) -> None:
    answer = world.client().post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"].startswith("/")


def test_a_preview_changes_the_language_of_nobody(world: World) -> None:
    client = world.client("security_admin")
    session = client.session
    session["preview"] = str(world.account("handler").pk)
    session.save()
    answer = client.post("/language/", {"language": "en", "next": "/"})
    assert answer.cookies[COOKIE].value == "en"
    assert {world.account("handler").language, world.account("security_admin").language} == {"zh-hans"}
