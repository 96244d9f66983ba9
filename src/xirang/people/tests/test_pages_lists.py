"""The lists of people in a browser's place: filters, pages with their queries counted, decisions, saved views."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from xirang.people import commands
from xirang.people.tests.conftest import NOW, District
from xirang.people.tests.test_pages import browser, enter, page

__all__ = ["browser"]


def rows_of(shown: str) -> set[str]:
    """The ids of the rows that a list shows."""
    return set(re.findall(r'data-x-row="([^"]+)"', shown))


def next_url_of(shown: str) -> str:
    """Where the list goes on."""
    found = re.search(r'rel="next" href="([^"]+)"', shown)
    assert found, "the list has no next page"
    return html.unescape(found[1])


def test_lists_stay_within_eight_queries(district: District, browser: Client, django_assert_max_num_queries) -> None:
    for n in range(30):
        district.open(f"worker{n:02d}", "listen", "listen_office", ("grid_worker",), phone="13800000000")
    enter(browser, "sec.guan")
    page(browser, "own_account")
    for name, query in (
        ("accounts", {}),
        ("accounts", {"role": "grid_worker", "state": "active"}),
        ("accounts", {"q": "13800000000"}),
        ("organisations", {}),
        ("organisations", {"q": "办事处"}),
    ):
        with django_assert_max_num_queries(8):
            answer = page(browser, name, **query)
        assert answer.status_code == 200
    first = page(browser, "accounts").content.decode()
    assert len(rows_of(first)) == 25
    following = browser.get(next_url_of(first))
    assert following.status_code == 200
    assert rows_of(following.content.decode())
    assert not rows_of(following.content.decode()) & rows_of(first)


def test_broken_filters_are_told_and_not_a_fault(district: District, browser: Client) -> None:
    enter(browser, "sec.guan")
    for query in ({"organisation": "x"}, {"area": "x"}, {"key": "????"}, {"key": "WzAsMSwyXQ"}):
        assert page(browser, "accounts", **query).status_code == 400
    # A NUL can stand in no name: a declared list reads it as a blank.
    assert page(browser, "accounts", q="\0").status_code == 200
    assert page(browser, "accounts", state="'; drop table", role="<script>").status_code == 200


def test_accounts_are_found_by_unit_area_and_words_and_counted(district: District, browser: Client) -> None:
    enter(browser, "sec.guan")

    def names(**query: Any) -> set[str]:
        text = page(browser, "accounts", **query).content.decode()
        shown = {name for name, pk in district.accounts.items() if str(pk) in rows_of(text)}
        assert f"共 {len(shown)} 个" in text
        return shown

    assert "shen.lan" in names(q="沈")
    assert names(q="nobody") == set()
    here = names(organisation=district.units["power_supply"])
    assert here
    assert here == {
        name for name in names() if district.account(name).organisation_id == district.units["power_supply"]
    }
    assert names(area=district.areas["listen"]) < names()
    text = page(browser, "accounts", organisation=district.units["power_supply"]).content.decode()
    assert "去掉条件：单位：" in text
    assert page(browser, "accounts", organisation=uuid4()).status_code == 404


def test_requested_roles_are_decided_from_their_list(district: District, browser: Client) -> None:
    one = district.accounts["lu.yuan"]

    def asked(role: str) -> str:
        pk = commands.request_role(
            actor=district.actor("sys.guan"), account_id=one, role=role, area_id=district.areas["county"], now=NOW
        )
        return str(pk)

    wanted, refused = asked("leader"), asked("grid_worker")
    enter(browser, "sec.guan")
    shown = page(browser, "role_requests").content.decode()
    assert rows_of(shown) == {wanted, refused}
    grant, refuse = (reverse("people:decide_role_requests", args=[code]) for code in ("grant", "refuse"))
    assert f'formaction="{grant}"' in shown
    assert f'formaction="{refuse}"' in shown
    browser.post(grant, {"ids": [wanted]})
    browser.post(refuse, {"ids": [refused]})
    held = {role for role in ("leader", "grid_worker") if district.account("lu.yuan").grants.filter(role=role).exists()}
    assert held == {"leader"}
    assert not rows_of(page(browser, "role_requests").content.decode())
    assert "请先勾选" in browser.post(grant, follow=True).content.decode()
    assert browser.post(reverse("people:decide_role_requests", args=["burn"]), {"ids": [wanted]}).status_code == 404
    enter(browser, "sys.guan")
    assert browser.post(grant, {"ids": [wanted]}).status_code == 403


def test_saved_views_are_one_s_own(district: District, browser: Client) -> None:
    enter(browser, "sec.guan")
    url = reverse("people:accounts")
    browser.post(
        reverse("people:save_view"),
        {"page": "people:accounts", "title": "网格员", "query": "role=grid_worker&key=x", "next": url},
    )
    (view,) = district.account("sec.guan").saved_views.all()
    assert view.query == {"role": "grid_worker"}
    assert "网格员" in page(browser, "accounts").content.decode()
    other = Client()
    enter(other, "sys.guan")
    assert other.post(reverse("people:remove_view", args=[view.pk])).status_code == 404
    removed = browser.post(reverse("people:remove_view", args=[view.pk]), {"next": "https://evil.example"})
    assert removed["Location"] == "/"
    assert not district.account("sec.guan").saved_views.exists()
