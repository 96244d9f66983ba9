"""FixMyStreet's updates both ways, tokens that nobody guesses, and texts that would break an answer."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

from xirang.engines.cases.tests.snap import District
from xirang.engines.cases.tests.test_open311 import (
    REPORT,
    answer_case,
    caller,
    case_of,
    district,
    get,
    post,
    report,
)

__all__ = ["caller", "district"]
pytestmark = pytest.mark.django_db


def token_of(caller: Client, **changes: str) -> str:
    return caller.post("/open311/requests.json", REPORT | changes)["Xirang-Token"]


class TestTokensAndUpdates:
    def test_a_token_gives_the_number(self, district: District, caller: Client) -> None:
        token = token_of(caller)
        found = get(caller, f"tokens/{token}.json")
        assert found == [{"service_request_id": token[:-7], "token": token}]
        assert get(caller, f"tokens/{token}.xml").findtext("request/token") == token
        get(caller, f"tokens/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}.json", expect=404)

    def test_guessing_a_token_is_slow(self, district: District, caller: Client) -> None:
        token = token_of(caller)
        wrong = [caller.get(f"/open311/tokens/{token[:-6]}AAAAA{n}.json").status_code for n in "23456789ABCD"]
        assert wrong[:9] == [404] * 9
        assert wrong[-1] == 429

    def test_steps_are_read_by_time(self, district: District, caller: Client) -> None:
        number = report(caller)
        answer_case(number, district)
        found = get(caller, "servicerequestupdates.json")
        assert [(one["update_id"], one["status"], one["description"]) for one in found] == [
            (f"{number}-2", "open", "交办"),
            (f"{number}-3", "open", "答复：已解决"),
        ]
        assert "13800000001" not in str(found), "the reply is not declared public"
        root = get(caller, "servicerequestupdates.xml")
        assert root.tag == "service_request_updates"
        assert root.findtext("request_update/service_request_id") == number

    def test_the_requester_confirms_and_reopens(self, district: District, caller: Client) -> None:
        token = token_of(caller)
        number = token[:-7]
        answer_case(number, district)
        closing = {"service_request_id": number, "token": token, "status": "closed", "attribute[rating]": "5"}
        answer = caller.post("/open311/servicerequestupdates.xml", closing)
        assert answer.status_code == 200, answer.content.decode()
        assert ElementTree.fromstring(answer.content).findtext("request_update/update_id") == f"{number}-4"
        assert case_of(number).stage == "finished"
        assert get(caller, f"requests/{number}.json")[0]["status"] == "closed"
        assert get(caller, "servicerequestupdates.json")[-1]["status"] == "closed"
        again = {"token": token, "status": "open", "description": "又不亮了"}
        assert caller.post("/open311/servicerequestupdates.json", again).status_code == 200
        assert case_of(number).reopened == 1

    def test_words_are_added_and_wrong_steps_refused(self, district: District, caller: Client) -> None:
        token = token_of(caller)
        case = case_of(token[:-7])

        def send(**form: str) -> int:
            return caller.post("/open311/servicerequestupdates.json", form).status_code

        assert send(token=token, description="还有一盏", status="open") == 200
        assert case.events.filter(kind="noted", internal=False).count() == 1
        assert send(token=token, status="closed") == 400
        assert send(token=token, status="fixed") == 400
        assert send(token=token) == 400
        assert send(description="没有凭证") == 400
        assert send(token=f"{case.number}-AAAAAA", description="猜的") == 404
        assert send(token=token, service_request_id="HL-260918-0417-P", description="别的件") == 404


class TestHostileText:
    def test_what_xml_cannot_hold_does_not_break_it(self, district: District, caller: Client) -> None:
        nasty = "<script>alert(1)</script>&\ufffe\x0b]]>\U0001f600"
        number = report(caller, description=nasty, address_string="路\x0c<b>")
        root = get(caller, f"requests/{number}.xml")
        assert "<script>alert(1)</script>&" in root.findtext("request/description")
        assert "\U0001f600" in root.findtext("request/description")
        get(caller, "requests/\x0b<x>.xml", expect=404)
        get(caller, "requests.xml", expect=404, service_code="\ufffe<x>")

    def test_a_zero_byte_is_refused(self, district: District, caller: Client) -> None:
        assert caller.get("/open311/requests.json?service_request_id=%00").status_code in (400, 404)
        assert caller.get("/open311/requests/%00.json").status_code in (400, 404)
        assert caller.get("/open311/services/%00.json").status_code == 404
        assert caller.get("/open311/requests.json?service_code=%00").status_code == 404
        post(caller, status=400, address_string="a\x00b", lat=None, long=None)
