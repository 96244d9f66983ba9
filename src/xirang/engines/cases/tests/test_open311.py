"""GeoReport v2 as the book has it: every address in both forms, every refusal with its code, nothing personal out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from xirang.engines.cases import commands, queries
from xirang.engines.cases.models import Case
from xirang.engines.cases.tests.snap import CLOSED, District, install, make_district
from xirang.foundation.actor import SYSTEM
from xirang.foundation.ids import parse_case_number
from xirang.people.queries.vault import open_fields

pytestmark = pytest.mark.django_db
REPORT = {
    "service_code": "TS01",
    "description": "路灯不亮。晚上很黑",
    "address_string": "澄湖路 12 号",
    "lat": "30.75123456",
    "long": "120.70654321",
    "attribute[topic]": "light",
}


@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def caller() -> Client:
    return Client(enforce_csrf_checks=True)


def get(caller: Client, path: str, expect: int = 200, **query: Any) -> Any:
    answer = caller.get(f"/open311/{path}", query)
    assert answer.status_code == expect, answer.content.decode()
    if path.endswith(".json"):
        assert answer["Content-Type"] == "application/json"
        return answer.json()
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ElementTree.fromstring(answer.content)


def post(caller: Client, status: int = 200, path: str = "requests.json", headers: Any = None, **changes: Any) -> Any:
    given = {name: value for name, value in (REPORT | changes).items() if value is not None}
    answer = caller.post(f"/open311/{path}", given, headers=headers or {})
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if path.endswith(".json") else ElementTree.fromstring(answer.content)


def report(caller: Client, **changes: Any) -> str:
    return post(caller, **changes)[0]["service_request_id"]


def case_of(number: str) -> Case:
    return Case.objects.all_unscoped("looked at by a test").select_related("area", "place").get(number=number)


def answer_case(number: str, district: District) -> None:
    moment, case = timezone.now(), case_of(number)
    assign = {"unit": str(district.unit.pk)}
    commands.act_on_case(actor=SYSTEM, case_id=case.pk, action="assign", answers=assign, now=moment)
    said = {"outcome": "solved", "reply": "已换灯泡，电话 13800000001"}
    commands.act_on_case(actor=SYSTEM, case_id=case.pk, action="answer", answers=said, now=moment)


class TestDiscoveryAndServices:
    def test_discovery_names_the_address_and_both_forms(self, district: District, caller: Client) -> None:
        found = get(caller, "discovery.json")
        endpoint = found["endpoints"][0]
        assert endpoint["url"] == "http://testserver/open311"
        assert endpoint["formats"] == ["text/xml", "application/json"]
        assert endpoint["specification"].endswith("GeoReport_v2")
        assert found["changeset"].endswith("Z")
        root = get(caller, "discovery.xml")
        assert root.tag == "discovery"
        assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]

    def test_services_open_to_anyone_come_first(self, district: District, caller: Client) -> None:
        found = get(caller, "services.json")
        assert [one["service_code"] for one in found] == ["TS01", "TF01"]
        assert found[0] | {"keywords": ""} == {
            "service_code": "TS01", "service_name": "随手拍测试", "description": "看到身边的问题，拍下来告诉我们。",
            "metadata": True, "type": "realtime", "keywords": "", "group": "公共设施与环境",
        }  # fmt: skip
        assert found[1]["metadata"] is False
        root = get(caller, "services.xml")
        assert [one.findtext("service_code") for one in root.findall("service")] == ["TS01", "TF01"]
        assert root.find("service").findtext("metadata") == "true"

    def test_services_speak_english(self, district: District, caller: Client) -> None:
        answer = caller.get("/open311/services.json", headers={"Accept-Language": "en"})
        assert answer.json()[0]["service_name"] == "Snap test"

    def test_definition_lists_what_the_book_does_not_fix(self, district: District, caller: Client) -> None:
        found = get(caller, "services/TS01.json")
        assert found["service_code"] == "TS01"
        kinds = {one["code"]: one["datatype"] for one in found["attributes"]}
        assert kinds == {
            "topic": "singlevaluelist", "more": "multivaluelist", "poles": "number", "since": "datetime",
            "urgent": "singlevaluelist", "remark": "text",
        }  # fmt: skip
        topic = found["attributes"][0]
        assert topic["required"] is True
        assert topic["order"] == 1
        assert topic["variable"] is True
        assert topic["values"] == [{"key": "light", "name": "照明"}, {"key": "road", "name": "道路"}]
        root = get(caller, "services/TS01.xml")
        assert root.tag == "service_definition"
        assert [one.text for one in root.findall("attributes/attribute/code")] == list(kinds)
        assert root.findtext("attributes/attribute/values/value/key") == "light"

    @pytest.mark.parametrize("given", ["330402", "330402000000", ""])
    def test_jurisdiction_is_the_district(self, district: District, caller: Client, given: str) -> None:
        assert len(get(caller, "services.json", jurisdiction_id=given)) == 2

    @pytest.mark.parametrize("given", ["city.gov", "330499", "330403", "1'; drop table x", "３３０４０２"])
    def test_other_jurisdictions_are_not_found(self, district: District, caller: Client, given: str) -> None:
        for path in ("services.json", "services/TS01.json", "requests.json", "servicerequestupdates.json"):
            found = get(caller, path, expect=404, jurisdiction_id=given)
            assert found[0]["code"] == 404
        post(caller, status=404, jurisdiction_id=given)

    def test_unknown_things_are_404_in_either_form(self, district: District, caller: Client) -> None:
        root = get(caller, "services/NO99.xml", expect=404)
        assert root.tag == "errors"
        assert root.findtext("error/code") == "404"
        assert "NO99" in root.findtext("error/description")
        get(caller, "requests/HL-260918-0417-P.json", expect=404)
        get(caller, "requests.json", expect=404, service_code="NO99")
        get(caller, "tokens/nonsense.json", expect=404)
        for path in ("services.yaml", "services", "discovery.html", "requests/x.csv", ""):
            assert caller.get(f"/open311/{path}").status_code == 404

    def test_other_methods_are_405(self, district: District, caller: Client) -> None:
        for path in ("discovery.json", "services.xml", "services/TS01.json", "requests/x.json", "tokens/x.json"):
            answer = caller.post(f"/open311/{path}")
            assert answer.status_code == 405
            assert answer["Allow"] == "GET, HEAD"
        assert caller.delete("/open311/requests.json").status_code == 405


class TestReporting:
    def test_a_report_becomes_a_case(self, district: District, caller: Client) -> None:
        found = post(caller)
        assert list(found[0]) == ["service_request_id", "service_notice", "account_id"]
        assert found[0]["account_id"] is None
        assert "查询码" in found[0]["service_notice"]
        case = case_of(found[0]["service_request_id"])
        assert str(parse_case_number(case.number)) == case.number
        assert case.channel == "open311"
        assert case.area == district.county
        assert case.fields["what"] == "路灯不亮。晚上很黑"
        assert case.fields["topic"] == "light"
        assert (case.place.address_text, case.place.latitude) == ("澄湖路 12 号", 30.75123456)

    def test_the_answer_in_xml_is_the_books(self, district: District, caller: Client) -> None:
        root = post(caller, path="requests.xml")
        assert root.tag == "service_requests"
        assert [one.tag for one in root.find("request")] == ["service_request_id", "service_notice", "account_id"]
        assert root.find("request/account_id").text is None

    def test_every_kind_of_attribute_arrives(self, district: District, caller: Client) -> None:
        changes = {
            "attribute[more][]": ["danger", "noise"], "attribute[poles]": "3",
            "attribute[since]": "2026-09-30T00:00:00Z", "attribute[urgent]": "true", "attribute[remark]": "只给内部看",
        }  # fmt: skip
        case = case_of(report(caller, **changes))
        assert case.fields["more"] == ["danger", "noise"]
        assert case.fields["poles"] == 3
        assert case.fields["since"] == "2026-09-30"
        assert case.fields["urgent"] is True

    def test_personal_data_goes_to_the_vault_and_nowhere_else(self, district: District, caller: Client) -> None:
        number = report(caller, phone="13812345678", first_name="小明", last_name="王", email="ming@example.cn")
        case = case_of(number)
        kept = open_fields([case.requester_person_id], ["name", "phone", "email"])[case.requester_person_id]
        assert kept == {"name": "王小明", "phone": "13812345678", "email": "ming@example.cn"}
        with connection.cursor() as cursor:
            for table in ("cases_case", "cases_caseevent", "ledger_record", "foundation_outboxevent"):
                cursor.execute(f"select t::text from {table} t")
                everything = str(cursor.fetchall())
                assert "13812345678" not in everything
                assert "ming@example.cn" not in everything
                assert "小明" not in everything

    @pytest.mark.parametrize(
        ("changes", "word"),
        [
            ({"service_code": None}, "service_code"),
            ({"description": None}, "description"),
            ({"description": "长" * 501}, "description"),
            ({"attribute[topic]": None}, "attribute[topic]"),
            ({"attribute[topic]": "moon"}, "attribute[topic]"),
            ({"attribute[moon]": "1"}, "attribute[moon]"),
            ({"attribute[{0.__class__}]": "1"}, "attribute[{0.__class__}]"),
            ({"attribute[poles]": "many"}, "attribute[poles]"),
            ({"attribute[poles]": ["1", "2"]}, "attribute[poles]"),
            ({"lat": None}, "lat"),
            ({"lat": "91"}, "lat"),
            ({"lat": "nan"}, "lat"),
            ({"long": "１２０"}, "long"),
            ({"lat": None, "long": None, "address_string": None}, "address_string"),
            ({"lat": None, "long": None, "address_string": None, "address_id": "7"}, "address_id"),
            ({"phone": "12"}, "phone"),
            ({"email": "nobody"}, "email"),
            ({"media_url": "file:///etc/passwd"}, "media_url"),
            ({"media_url": "javascript:alert(1)"}, "media_url"),
        ],
    )
    def test_a_wrong_parameter_is_named(self, district: District, caller: Client, changes: Any, word: str) -> None:
        found = post(caller, status=400, **changes)
        assert found[0]["code"] == 400
        assert word in found[0]["description"]
        assert Case.objects.all_unscoped("counted by a test").count() == 0

    def test_unknown_service_is_404_and_a_closed_one_403(self, district: District, caller: Client) -> None:
        post(caller, status=404, service_code="NO99")
        closed = {"service_code": "TF01", "attribute[topic]": None, "lat": None, "long": None}
        assert post(caller, status=403, **closed)[0]["code"] == 403

    def test_a_point_alone_is_enough(self, district: District, caller: Client) -> None:
        number = report(caller, address_string=None)
        found = get(caller, f"requests/{number}.json")[0]
        assert found["address"] == "测试区"
        assert (found["lat"], found["long"]) == (30.751235, 120.706543)

    def test_a_picture_is_kept_and_anything_else_refused(
        self, district: District, caller: Client, settings: Any, tmp_path: Any
    ) -> None:
        from io import BytesIO

        from django.core.files.uploadedfile import SimpleUploadedFile
        from PIL import Image

        settings.FILES_ROOT = tmp_path / "files"
        picture = BytesIO()
        Image.new("RGB", (8, 8), "red").save(picture, "PNG")
        case = case_of(report(caller, media=SimpleUploadedFile("灯.png", picture.getvalue())))
        assert case.attachments.get().content_type == "image/png"
        post(caller, status=400, media=SimpleUploadedFile("灯.png", b"MZ\x90\x00 a program"))

    def test_media_url_is_kept_but_never_fetched(self, district: District, caller: Client) -> None:
        case = case_of(report(caller, media_url="https://pictures.example.cn/1.jpg"))
        assert case.fields["what"].endswith("（附图地址：https://pictures.example.cn/1.jpg）")

    def test_an_area_below_may_be_named(self, district: District, caller: Client) -> None:
        assert case_of(report(caller, jurisdiction_id="330402001")).area == district.town


class TestKeys:
    def test_a_configured_key_is_demanded(self, district: District, caller: Client, settings: Any) -> None:
        settings.OPEN311_KEYS = ["secret-one", "other"]
        assert post(caller, status=403)[0]["code"] == 403
        post(caller, status=403, api_key="secret-on")
        post(caller, status=403, api_key="密钥")
        post(caller, api_key="secret-one")
        assert caller.post("/open311/requests.json?api_key=other", REPORT).status_code == 200
        assert get(caller, "requests.json"), "reading needs no key"

    def test_a_key_of_a_missing_account_is_no_key(self, district: District, caller: Client, settings: Any) -> None:
        settings.OPEN311_KEYS = ["secret:nobody-here"]
        post(caller, status=403, api_key="secret")


class TestRepeats:
    def test_the_same_device_with_the_same_content_makes_one_case(self, district: District, caller: Client) -> None:
        assert report(caller, device_id="d1") == report(caller, device_id="d1")
        assert report(caller, device_id="d1", description="另一盏灯不亮") != report(caller, device_id="d1")
        assert report(caller, device_id="d2") != report(caller, device_id="d1")
        assert report(caller) != report(caller)

    def test_ten_minutes_later_it_is_another_case(self, district: District, caller: Client) -> None:
        first = report(caller, device_id="d1")
        with connection.cursor() as cursor:
            cursor.execute("update foundation_idempotencykey set claimed_at = claimed_at - interval '601 seconds'")
        assert report(caller, device_id="d1") != first

    def test_a_key_in_the_header_is_remembered(self, district: District, caller: Client) -> None:
        header = {"Idempotency-Key": "7f3a"}
        first = report(caller, headers=header)
        with connection.cursor() as cursor:
            cursor.execute("update foundation_idempotencykey set claimed_at = claimed_at - interval '1 day'")
        assert report(caller, headers=header) == first
        assert report(caller, headers=header, description="别人用了同样的标识") != first

    def test_reports_are_limited_by_address(self, district: District, caller: Client, monkeypatch: Any) -> None:
        monkeypatch.setattr("xirang.engines.cases.limits.REPORTS", 2)
        report(caller)
        report(caller)
        answer = caller.post("/open311/requests.json", REPORT)
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0
        assert answer.json()[0]["code"] == 429
        assert caller.post("/open311/requests.json", REPORT, REMOTE_ADDR="10.1.1.1").status_code == 200


class TestQuerying:
    def test_a_request_shows_what_the_pack_made_public(self, district: District, caller: Client) -> None:
        number = report(caller, phone="13812345678", **{"attribute[remark]": "内部"})
        found = get(caller, f"requests/{number}.json")[0]
        assert found["description"] == "路灯不亮。晚上很黑"
        assert found["address"] == "澄湖路 12 号"
        assert found["status"] == "open"
        assert found["status_notes"] == "已收到"
        assert found["service_code"] == "TS01"
        for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
            assert found[name].endswith("Z")
        assert "13812345678" not in str(found)
        assert "内部" not in str(found)
        root = get(caller, f"requests/{number}.xml")
        assert [one.tag for one in root.find("request")] == list(found)
        assert root.findtext("request/lat") == "30.751235"

    def test_nothing_public_leaves_a_neutral_title(self, district: District, caller: Client) -> None:
        opening = commands.Opening(process="test_firm", area_id=district.town.pk, answers={"need": "某某公司欠薪"})
        case_id = commands.open_case(actor=SYSTEM, opening=opening, now=timezone.now())
        number = queries.get_case(actor=SYSTEM, case_id=case_id).number
        found = get(caller, f"requests/{number}.json")[0]
        assert found["description"] == "企业测试"
        assert found["address"] == "测试区听潮街道"
        assert (found["lat"], found["long"]) == (None, None)
        assert "欠薪" not in str(found)

    def test_numbers_override_everything(self, district: District, caller: Client) -> None:
        first, second = report(caller), report(caller)
        listed = f"{second},{first}, ,HL-260918-0417-P"
        found = get(caller, "requests.json", service_request_id=listed, service_code="TF01", status="closed")
        assert [one["service_request_id"] for one in found] == [second, first]
        get(caller, "requests.json", service_request_id="HL-260918-0417-P", expect=404)

    def test_filters(self, district: District, caller: Client) -> None:
        number = report(caller)
        assert [one["service_request_id"] for one in get(caller, "requests.json", service_code="TS01,TF01")] == [number]
        assert get(caller, "requests.json", service_code="TF01") == []
        assert caller.get("/open311/requests.json?status=open").json()
        assert caller.get("/open311/requests.json?status=closed").json() == []
        assert caller.get("/open311/requests.json?status=open,closed").json()
        hour = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert get(caller, "requests.json", start_date=hour)
        assert get(caller, "requests.json", end_date=hour) == []
        assert caller.get("/open311/requests.json?start_date=2026-01-01T00:00:00+08:00").json() == []
        assert len(get(caller, "requests.xml").findall("request")) == 1

    @pytest.mark.parametrize(
        "query",
        [
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-03T00:00:00Z"},
            {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
            {"start_date": "yesterday"},
            {"end_date": "2026-13-01"},
            {"start_date": "0001-01-01T00:00:00+14:00"},
            {"end_date": "9999-12-31T23:59:59-14:00"},
            {"status": "done"},
            {"page": "0"},
            {"page": "-1"},
            {"page_size": "x"},
            {"page": "9" * 400},
            {"service_request_id": ",".join(map(str, range(300)))},
        ],
    )
    def test_spoilt_queries_are_400(self, district: District, caller: Client, query: dict[str, str]) -> None:
        answer = caller.get("/open311/requests.json", query)
        assert answer.status_code == 400, answer.content
        assert answer.json()[0]["code"] == 400

    def test_the_edges_of_time_are_no_fault(self, district: District, caller: Client) -> None:
        assert get(caller, "requests.json", end_date="0001-01-01T00:00:00Z") == []
        assert get(caller, "requests.json", start_date="9999-12-31T00:00:00Z") == []

    def test_pages_cut_the_thousand_rows(self, district: District, caller: Client) -> None:
        numbers = [report(caller) for _ in range(5)]
        seen = [
            one["service_request_id"]
            for page in (1, 2, 3)
            for one in get(caller, "requests.json", page=page, page_size=2)
        ]
        assert seen == numbers[::-1]
        assert get(caller, "requests.json", page=999999, page_size=1000) == []

    def test_a_list_costs_few_queries(self, district: District, caller: Client) -> None:
        for _ in range(4):
            report(caller)
        get(caller, "requests.json")
        with CaptureQueriesContext(connection) as queries_made:
            assert len(get(caller, "requests.json")) == 4
        assert len(queries_made) <= 5, [one["sql"][:90] for one in queries_made]

    def test_another_districts_cases_stay_out(self, district: District, caller: Client) -> None:
        install(CLOSED.replace("test_firm", "other_firm").replace("TF01", "TF02"), district.elsewhere.pk)
        opening = commands.Opening(process="other_firm", area_id=district.elsewhere.pk, answers={"need": "别处的事"})
        case_id = commands.open_case(actor=SYSTEM, opening=opening, now=timezone.now())
        assert get(caller, "requests.json") == []
        number = queries.get_case(actor=SYSTEM, case_id=case_id).number
        get(caller, f"requests/{number}.json", expect=404)
        assert "TF02" not in str(get(caller, "services.json"))
