"""The open interface in JSON: the whole way of a request without an account, and refusals in the house's form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from xirang.engines.cases.models import Case
from xirang.engines.cases.tests.snap import District, make_district
from xirang.engines.cases.tests.test_open311 import answer_case

pytestmark = pytest.mark.django_db
ASK = {
    "process": "test_snap",
    "answers": {"what": "路灯不亮", "topic": "light", "contact": "13812345678", "more": ["noise"], "poles": 2},
    "places": {"where": {"address": "澄湖路 12 号", "latitude": 30.75, "longitude": 120.71, "system": "gcj02"}},
}


@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def caller() -> Client:
    return Client(enforce_csrf_checks=True)


def send(caller: Client, path: str, body: Any, expect: int, **headers: str) -> Any:
    answer = caller.post(f"/api/{path}", body, content_type="application/json", headers=headers)
    assert answer.status_code == expect, answer.content.decode()
    return answer.json()


def read(caller: Client, path: str, expect: int = 200, **headers: str) -> Any:
    answer = caller.get(f"/api/{path}", headers=headers)
    assert answer.status_code == expect, answer.content.decode()
    return answer.json()


def ask(caller: Client, **changes: Any) -> Any:
    return send(caller, "requests", ASK | changes, 201)


def key(receipt: Any) -> dict[str, str]:
    return {"X-Query-Code": receipt["query_code"]}


def test_services_say_what_they_ask(district: District, caller: Client) -> None:
    found = read(caller, "services")
    assert [(one["process"], one["open_to_anyone"]) for one in found] == [("test_snap", True), ("test_firm", False)]
    detail = read(caller, "services/test_snap")
    assert [one["code"] for one in detail["fields"]][:2] == ["what", "topic"]
    assert detail["fields"][1]["choices"] == [{"code": "light", "title": "照明"}, {"code": "road", "title": "道路"}]
    assert detail["expected_at"]
    assert read(caller, "services/nothing", 404)["error"]["kind"] == "not_found"


def test_the_whole_way_of_a_request(district: District, caller: Client) -> None:
    receipt = ask(caller)
    number = receipt["number"]
    shown = read(caller, f"requests/{number}", **key(receipt))
    assert shown["stage"] == {"code": "reported", "title": "已收到", "kind": "open"}
    assert {one["code"]: one["text"] for one in shown["fields"]}["contact"] == "138****5678"
    assert shown["actions"] == []
    assert send(caller, f"requests/{number}/notes", {"text": "还有一盏"}, 200, **key(receipt))["seq"] == 2
    answer_case(number, district)
    shown = read(caller, f"requests/{number}", **key(receipt))
    assert [one["code"] for one in shown["actions"]] == ["confirm", "reopen"]
    act = f"requests/{number}/actions"
    refused = send(caller, f"{act}/reopen", {"answers": {}}, 400, **key(receipt))
    assert "why" in refused["error"]["fields"]
    again = send(caller, f"{act}/reopen", {"answers": {"why": "又坏了"}, "seq": shown["seq"]}, 200, **key(receipt))
    assert again["reopened"] == 1
    stale = send(caller, f"{act}/confirm", {"seq": shown["seq"]}, 409, **key(receipt))
    assert stale["error"]["kind"] == "conflict"


def test_a_rating_is_kept(district: District, caller: Client) -> None:
    receipt = ask(caller)
    answer_case(receipt["number"], district)
    path = f"requests/{receipt['number']}/actions/confirm"
    assert "rating" in send(caller, path, {"answers": {"rating": 9}}, 400, **key(receipt))["error"]["fields"]
    shown = send(caller, path, {"answers": {"rating": 5}}, 200, **key(receipt))
    assert shown["stage"]["kind"] == "done"
    assert shown["outcome"] == "solved"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answers": {}}, "what"),
        ({"answers": {"what": "灯", "topic": "moon"}}, "topic"),
        ({"answers": {"what": "灯", "topic": "light", "where": "路"}}, "where"),
        ({"answers": {"what": "灯", "topic": "light", "photos": ["x"]}}, "photos"),
        ({"places": {"what": {"address": "路"}}}, "what"),
        ({"places": {"where": {"latitude": 91, "longitude": 0}}}, "where.latitude"),
        ({"places": {"where": {"address": "路", "altitude": 3}}}, "altitude"),
        ({"area_code": "330499000000"}, "area_code"),
        ({"more": 1}, "more"),
        ({"process": 7}, "process"),
    ],
)
def test_what_does_not_fit_is_named(district: District, caller: Client, body: Any, field: str) -> None:
    refused = send(caller, "requests", ASK | body, 400)
    assert any(field in name for name in refused["error"]["fields"]), refused
    assert Case.objects.all_unscoped("counted by a test").count() == 0


@pytest.mark.parametrize("raw", ["{", "[]", "null", '"a"', "{}", '{"process": "test_snap", "answers": NaN}', "\x00"])
def test_other_bodies_are_400(district: District, caller: Client, raw: str) -> None:
    answer = caller.post("/api/requests", raw, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["kind"] == "invalid"


def test_hostile_text_is_no_fault(district: District, caller: Client) -> None:
    answers = ASK["answers"] | {"what": "a\x00\ud7ff<script>{0.__class__}"}
    receipt = ask(caller, answers=answers)
    assert "<script>{0.__class__}" in read(caller, f"requests/{receipt['number']}", **key(receipt))["title"]
    send(caller, "requests", ASK | {"places": {"where": {"address": "a\x00b"}}}, 400)
    raw = '{"process":"test_snap","answers":{"what":"\\ud800","topic":"light"},"places":{"where":{"address":"x"}}}'
    assert caller.post("/api/requests", raw, content_type="application/json").status_code == 400


def test_a_wrong_code_opens_nothing_and_guessing_is_slow(district: District, caller: Client) -> None:
    number = ask(caller)["number"]
    answers = [caller.get(f"/api/requests/{number}", headers={"X-Query-Code": f"AAAAA{n}"}) for n in "23456789ABCD"]
    assert [one.status_code for one in answers[:10]] == [404] * 10
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"]
    receipt = ask(caller)
    for _ in range(12):
        read(caller, f"requests/{receipt['number']}", **key(receipt))
    assert read(caller, f"requests/{number}", 400)["error"]["fields"] == {"X-Query-Code": "必须填写。"}


def test_closed_services_and_cookies_do_not_help(district: District, caller: Client) -> None:
    refused = send(caller, "requests", {"process": "test_firm", "answers": {"need": "x"}}, 403)
    assert refused["error"]["code"] == "not_open_to_you"


def test_a_repeated_call_is_one_case(district: District, caller: Client) -> None:
    header = {"Idempotency-Key": "k1"}
    first = send(caller, "requests", ASK, 201, **header)
    assert send(caller, "requests", ASK, 201, **header) == first
    other = send(caller, "requests", ASK | {"answers": ASK["answers"] | {"what": "别的"}}, 201, **header)
    assert other["number"] != first["number"]


def test_unknown_addresses_and_methods(district: District, caller: Client) -> None:
    assert read(caller, "nothing", 404)["error"]["kind"] == "not_found"
    answer = caller.delete("/api/requests")
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
