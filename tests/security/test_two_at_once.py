"""The same submission twice at the same moment makes one case, whichever door it comes through."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.journeys.site import LiveSite

AT_ONCE = 4
REPORT = {"service_code": "TS01", "address_string": "澄湖路", "attribute[topic]": "light"}
ASK = {"process": "test_snap", "answers": {"topic": "light"}, "places": {"where": {"address": "澄湖路"}}}


def together(call: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """The call from several threads, let go at the same moment."""
    gate, answers = threading.Barrier(AT_ONCE), []

    def run(place: int) -> None:
        gate.wait()
        answers.append(call(place))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def count(site: LiveSite, word: str) -> int:
    return site.query("select count(*) from cases_case where fields->>'what' = %s", [word])[0][0]


@pytest.mark.parametrize("attempt", range(5))
def test_open311_from_one_device(small_site: LiveSite, attempt: int) -> None:
    word = f"同一台设备 {attempt}"
    form = REPORT | {"description": word, "device_id": "d-1"}
    headers = {"X-Forwarded-For": f"10.7.0.{attempt}"}
    answers = together(lambda _: httpx.post(f"{small_site.url}/open311/requests.json", data=form, headers=headers))
    assert {one.status_code for one in answers} == {200}
    assert len({one.json()[0]["service_request_id"] for one in answers}) == 1
    assert count(small_site, word) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_the_open_interface_with_one_key(small_site: LiveSite, attempt: int) -> None:
    word = f"同一个标识 {attempt}"
    body: dict[str, Any] = ASK | {"answers": {"topic": "light", "what": word}}
    headers = {"Idempotency-Key": f"k-{attempt}", "X-Forwarded-For": f"10.8.0.{attempt}"}
    answers = together(lambda _: httpx.post(f"{small_site.url}/api/requests", json=body, headers=headers))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["number"] for one in answers}) == 1
    assert count(small_site, word) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_the_portals_form_sent_twice(small_site: LiveSite, attempt: int) -> None:
    """A double click, and the same form sent again after going back."""
    word = f"连点两次 {attempt}"
    url = f"{small_site.url}/ask/test_snap/"
    with httpx.Client(headers={"X-Forwarded-For": f"10.6.0.{attempt}"}) as browser:
        page = browser.get(url).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        assert hidden["submission"]
        form = hidden | {
            "what": word,
            "topic": "light",
            "where_address": "澄湖路",
            "where_0": "澄湖路",
            "where": "澄湖路",
        }
        answers = together(lambda _: browser.post(url, data=form, headers={"Referer": url}))
        answers.append(browser.post(url, data=form, headers={"Referer": url}))
    assert {one.status_code for one in answers} == {302}, [one.status_code for one in answers]
    assert count(small_site, word) == 1
