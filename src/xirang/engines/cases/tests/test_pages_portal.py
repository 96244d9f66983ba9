"""The public's pages: ask once, take the receipt, track by number and code, confirm; nothing for whoever guesses."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client
from django.urls import reverse

from tests.world import PHONE, WHY, World
from xirang.engines.cases.limits import ASKS, ASKS_FOR_OTHERS, GUESSES_FROM_EVERYWHERE
from xirang.engines.cases.models import Attachment, Case
from xirang.engines.cases.pages import files as file_pages
from xirang.foundation.ids import query_code
from xirang.foundation.models import RateWindow

SNAP = "/ask/snap_report/"
GIVEN = {"category": "street_lamp", "what": "路灯三天没有亮。", "place_0": "澄湖路 18 号门口", "place_1": ""}


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path / "files"


def cases() -> Any:
    return Case.objects.all_unscoped(WHY)


def picture() -> io.BytesIO:
    from PIL import Image

    data = io.BytesIO()
    Image.new("RGB", (24, 24), "green").save(data, "JPEG")
    data.seek(0)
    data.name = "路灯.jpg"
    return data


def names_of(page: str, kind: str = "place") -> list[str]:
    return re.findall(rf'name="({kind}[^"]*)"', page)


def form_of(client: Client, path: str = SNAP, **more: Any) -> dict[str, Any]:
    """What a browser would send back: the hidden fields as the page has them, and what somebody typed."""
    page = client.get(path)
    assert page.status_code == 200
    text = page.content.decode()
    submission = re.search(r'name="submission" value="([^"]+)"', text)
    assert submission, "the form carries its mark"
    place = [name for name in names_of(text) if "address" in name or name == "place_0"]
    given = {key: value for key, value in GIVEN.items() if not key.startswith("place_")}
    return {**given, place[0]: GIVEN["place_0"], "submission": submission[1], **more}


def ask(client: Client, **more: Any) -> Case:
    answer = client.post(SNAP, form_of(client, **more))
    assert answer.status_code == 302, re.findall(r"x-field-error[^>]*>([^<]+)", answer.content.decode())
    assert "/receipt/" in answer["Location"]
    return cases().get(pk=answer["Location"].split("/")[2])


def test_ask_receipt_track_confirm(world: World):
    client = Client()
    assert "随手报" in client.get("/").content.decode()
    case = ask(client, contact=PHONE)
    code = query_code(live.SECRETS.bytes_of("receipts_key"), case.pk)
    receipt = client.get(reverse("cases:receipt", args=[case.pk])).content.decode()
    assert case.number in receipt
    assert code in receipt
    assert PHONE not in receipt
    world.act(case.pk, "street_handler", "answer", outcome="solved", reply="灯泡已经更换。")

    other = Client()
    assert other.get(reverse("cases:tracked", args=[case.pk])).status_code == 404
    found = other.post("/track/", {"number": case.number.replace("-", "").lower(), "code": code.lower()})
    assert found["Location"] == reverse("cases:tracked", args=[case.pk])
    assert case.number not in found["Location"]
    page = other.get(found["Location"]).content.decode()
    assert "灯泡已经更换" in page
    assert "确认办结" in page
    step = reverse("cases:answer", args=[case.pk, "confirm"])
    assert other.get(step).status_code == 200
    done = other.post(step, {"rating": "5", "seq": str(cases().get(pk=case.pk).last_seq)})
    assert done.status_code == 302
    assert cases().get(pk=case.pk).stage == "closed"


def test_the_same_form_sent_twice_is_one_case_and_one_receipt(world: World):
    client = Client()
    form = form_of(client)
    first, second = client.post(SNAP, form), client.post(SNAP, form)
    assert first["Location"] == second["Location"]
    assert cases().count() == 1


def test_going_back_and_telling_of_something_else_loses_nothing(world: World):
    client = Client()
    form = form_of(client)
    client.post(SNAP, form)
    client.post(SNAP, {**form, "what": "另一盏路灯也不亮。"})
    assert sorted(cases().values_list("title", flat=True)) == ["另一盏路灯也不亮", "路灯三天没有亮"]


def test_somebody_elses_mark_does_not_hand_out_their_receipt(world: World):
    victim, thief = Client(), Client()
    form = form_of(victim, submission="1", contact=PHONE)
    mine = victim.post(SNAP, form)["Location"]
    got = thief.post(SNAP, {**form, "contact": "", "what": "什么都行"})["Location"]
    assert got != mine
    assert thief.get(mine).status_code == 404


def test_what_is_missing_or_wrong_is_said_under_its_field(world: World):
    client = Client()
    answer = client.post(SNAP, form_of(client, what="", category="no_such", contact="123"))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "请填写情况说明。" in text
    assert cases().count() == 0
    assert client.post(SNAP, {}).status_code in (200, 400)
    assert client.post(SNAP, {"what": "x\0y"}).status_code == 400


def test_wrong_and_large_files_get_a_sentence_under_the_field(world: World, settings: Any):
    client = Client()
    program = io.BytesIO(b"MZ" + b"\0" * 2000)
    program.name = "photo.jpg"
    answer = client.post(SNAP, form_of(client, photos=program))
    assert answer.status_code == 400
    assert "photo.jpg：" in answer.content.decode()
    settings.FILE_SIZE_LIMIT = 100
    answer = client.post(SNAP, form_of(client, photos=picture()))
    assert answer.status_code == 400
    assert "路灯.jpg：" in answer.content.decode()
    assert cases().count() == 0


def test_a_file_has_a_short_lived_address_without_cookies_and_runs_nothing(world: World, monkeypatch: Any):
    client = Client()
    case = ask(client, photos=picture())
    kept = Attachment.objects.get(case=case)
    address = reverse("cases:attachment", args=[case.pk, kept.pk])
    assert Client().get(address).status_code == 404
    signed = client.get(address)
    assert signed.status_code == 302
    bare = Client()
    answer = bare.get(signed["Location"])
    assert answer.status_code == 200
    assert answer.cookies == {}
    assert bare.cookies == {}
    assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "image/jpeg"
    token = signed["Location"].split("/")[2]
    assert bare.get(signed["Location"].replace(token, token[:-2] + "xx")).status_code == 404
    monkeypatch.setattr(file_pages, "SECONDS", -1)
    stale = bare.get(signed["Location"])
    assert stale.status_code == 404
    assert "已过期" in stale.content.decode()


def test_a_file_that_is_no_longer_there_is_not_found(world: World):
    client = Client()
    case = ask(client, photos=picture())
    kept = Attachment.objects.get(case=case)
    Attachment.objects.filter(pk=kept.pk).update(sha256="f" * 64)
    signed = client.get(reverse("cases:attachment", args=[case.pk, kept.pk]))
    assert Client().get(signed["Location"]).status_code == 404


@pytest.mark.parametrize(("part", "limit"), [("", ASKS), ("resident", ASKS), ("grid_worker", ASKS_FOR_OTHERS)])
def test_nobody_opens_cases_without_end(world: World, part: str, limit: int):
    client = world.client(part) if part else Client()
    assert client.post(SNAP, form_of(client)).status_code == 302
    used = RateWindow.objects.filter(bucket__startswith="ask:")
    assert used.update(used=limit - 1) == 1
    assert client.post(SNAP, form_of(client, what="第二件")).status_code == 302
    refused = client.post(SNAP, form_of(client, what="又一件写好的"))
    assert refused.status_code == 429
    assert "提交得太频繁了" in refused.content.decode()
    assert "又一件写好的" in refused.content.decode(), "what was typed is not lost"
    assert cases().count() == 2
    neighbour = Client(REMOTE_ADDR="198.51.100.9")
    assert neighbour.post(SNAP, form_of(neighbour)).status_code == 302


def test_guessing_codes_is_slow_however_the_number_is_written(world: World):
    case = world.case(world.report())
    plain = case.number.replace("-", "")
    spellings = [case.number, case.number.lower(), plain, plain.lower(), f" {case.number} ", f"{plain[:4]}-{plain[4:]}"]
    statuses = [
        Client(REMOTE_ADDR="203.0.113.1")
        .post("/track/", {"number": spellings[turn % len(spellings)], "code": "AAAAAA"})
        .status_code
        for turn in range(12)
    ]
    assert statuses == [400] * 10 + [429] * 2


def look(case, code: str, source: str) -> int:
    """The status of each door in turn is the same; here the tracking page's."""
    return Client(REMOTE_ADDR=source).post("/track/", {"number": case.number, "code": code}).status_code


def test_a_stranger_s_wrong_looks_do_not_keep_the_holder_of_the_receipt_out(world: World):
    case_id = world.report()
    case, code = world.case(case_id), query_code(live.SECRETS.bytes_of("receipts_key"), case_id)
    assert [look(case, "AAAAAA", "203.0.113.1") for _ in range(11)] == [400] * 10 + [429]
    assert [look(case, code, "198.51.100.7") for _ in range(40)] == [302] * 40, "right looks are not counted"
    assert look(case, code, "203.0.113.1") == 429, "past the limit a code is not even compared"


def test_a_number_tried_in_vain_from_everywhere_is_closed_for_a_while(world: World):
    case_id = world.report()
    case, code = world.case(case_id), query_code(live.SECRETS.bytes_of("receipts_key"), case_id)
    assert look(case, "AAAAAA", "203.0.113.1") == 400
    tried = RateWindow.objects.filter(bucket=f"track:{case.number}")
    assert tried.update(used=GUESSES_FROM_EVERYWHERE - 1) == 1
    assert look(case, code, "198.51.100.7") == 302
    assert look(case, "AAAAAA", "198.51.100.8") == 400
    assert look(case, code, "198.51.100.7") == 429


def test_guessing_from_one_house_is_slow_within_its_network_too(world: World):
    statuses = [
        Client(REMOTE_ADDR=f"2001:db8:0:1::{turn:x}").post("/track/", {"number": f"X{turn}", "code": "A"}).status_code
        for turn in range(32)
    ]
    assert statuses[-1] == 429


def test_a_signed_in_person_may_track_what_they_reported_without_signing_in(world: World):
    case_id = world.report()
    case, code = world.case(case_id), query_code(live.SECRETS.bytes_of("receipts_key"), case_id)
    client = world.client("resident")
    found = client.post("/track/", {"number": case.number, "code": code})
    assert found.status_code == 302
    assert client.get(found["Location"]).status_code == 200


def test_the_holder_does_not_become_the_requester_by_knowing_the_code(world: World):
    case_id = world.report()
    world.act(case_id, "street_handler", "answer", outcome="solved", reply="已经修好。")
    case, code = world.case(case_id), query_code(live.SECRETS.bytes_of("receipts_key"), case_id)
    client = world.client("street_handler")
    client.post("/track/", {"number": case.number, "code": code})
    client.post(reverse("cases:answer", args=[case_id, "confirm"]), {"rating": "5"})
    assert world.case(case_id).stage == "answered"


def test_services_that_need_an_account_send_one_to_sign_in(world: World):
    answer = Client().get("/ask/enterprise_help/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("people:sign_in"))
    assert world.client("resident").get("/ask/enterprise_help/").status_code == 403
    assert world.client("enterprise").get("/ask/enterprise_help/").status_code == 200
    assert Client().get("/ask/no_such_thing/").status_code == 404


def test_public_figures_and_their_table(world: World):
    from django.utils import timezone

    now = timezone.now()
    world.answered(now=now)
    world.report(now=now)
    assert Client().get("/figures/").status_code == 200
    table = Client().get("/figures/?format=csv")
    text = table.content.decode("utf-8-sig")
    lines = text.strip().splitlines()
    assert lines[0] == "月份,收到,已解决,已解释,挂账,重开,办理中"
    assert lines[1] == f"{timezone.localtime(now):%Y-%m},2,0,0,0,0,2"
    assert "attachment" in table["Content-Disposition"]


def test_months_are_twelve_also_at_the_end_of_a_long_one(world: World):
    from datetime import UTC, datetime

    from xirang.engines.cases.queries import list_public_months

    for month in range(1, 13):
        world.report(now=datetime(2025, month, 15, 4, tzinfo=UTC))
    now = datetime(2025, 12, 31, 15, 0, tzinfo=UTC)
    assert len(list_public_months(now=now, months=12)) == 12
    assert len(list_public_months(now=now, months=11)) == 11
    assert len(list_public_months(now=now, months=3)) == 3


def test_public_pages_cost_few_queries(world: World, django_assert_max_num_queries: Any):
    for _ in range(3):
        world.report()
    for path in ("/", "/ask/", SNAP, "/track/", "/figures/"):
        Client().get(path)
        with django_assert_max_num_queries(8):
            assert Client().get(path).status_code == 200


def test_everything_that_is_wrong_is_told_at_once(world: World):
    given = {"category": "", "contact": "12", "what": "灯不亮了"}
    page = Client().post("/ask/snap_report/", given).content.decode()
    assert "请选择问题类型" in page, "what is missing"
    assert "手机" in page[page.index('id="id_contact"') :], "and what is wrong"
    english = Client(headers={"accept-language": "en"}).post("/ask/snap_report/", given).content.decode()
    assert "Not a phone number" in english
