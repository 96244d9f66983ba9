"""The office's pages: each for its roles, in few queries, and what they count is what their lists hold."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from tests.world import PACKS, PHONE, World
from xirang.engines.cases import commands
from xirang.engines.cases.commands import Opening
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import PUBLIC

LISTS = ("/work/", "/dispatch/", "/cases/", "/asked/", "/cases/?view=all", "/messages/")
REPLY = "已经接通第二路电源，请查看。"


def rows_of(text: str) -> set[str]:
    """The ids of the cases that a list shows."""
    return set(re.findall(r'href="/cases/([0-9a-f-]{36})/"', text))


def figures_of(text: str) -> dict[str, tuple[str, str, str]]:
    """What a page of figures shows, by title: the figure, the address of its list, and the words that lead there."""
    found = re.findall(
        r'<div class="x-stat-k"><span[^>]*>([^<]+)</span>.*?<div class="x-stat-v">([^<]*)<'
        r'.*?<a class="x-stat-go" href="([^"]+)">([^<]+)</a>',
        text,
    )
    return {title: (figure, unescape(url), words) for title, figure, url, words in found}


@pytest.fixture
def today() -> Any:
    return timezone.now()


@pytest.mark.parametrize(
    ("part", "pages"),
    [
        ("dispatcher", ("/work/", "/dispatch/", "/cases/", "/overview/", "/messages/")),
        ("handler", ("/work/", "/cases/", "/messages/")),
        ("unit_leader", ("/work/", "/dispatch/", "/overview/")),
        ("leader", ("/dispatch/", "/cases/", "/overview/")),
        ("auditor", ("/cases/", "/overview/", "/records/")),
        ("grid_worker", ("/work/", "/dispatch/")),
        ("enterprise", ("/asked/", "/messages/")),
        ("audit_admin", ("/records/",)),
        ("system_admin", ("/packs/", "/relief/", "/messages/")),
    ],
)
def test_everybody_opens_their_pages(world: World, part: str, pages: tuple[str, ...]):
    world.handled()
    client = world.client(part)
    for path in pages:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("handler", "/dispatch/"),
        ("enterprise", "/overview/"),
        ("handler", "/overview/"),
        ("handler", "/records/"),
        ("leader", "/records/"),
        ("resident", "/packs/"),
    ],
)
def test_other_pages_are_refused(world: World, part: str, path: str):
    assert world.client(part).get(path).status_code == 403


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(world: World):
    case_id = world.ask()
    for path in ("/work/", "/cases/", f"/cases/{case_id}/", "/overview/", "/records/"):
        answer = world.client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=") or "next=" in answer["Location"]


def test_lists_cost_few_queries_however_many_rows(
    world: World, today: Any, kept: None, django_assert_max_num_queries: Any
):
    for turn in range(12):
        world.handled(now=today - timedelta(hours=turn))
    for part in ("handler", "dispatcher", "enterprise"):
        client = world.client(part)
        for path in LISTS:
            if path == "/dispatch/" and part != "dispatcher":
                continue
            client.get(path)
            with django_assert_max_num_queries(6):
                assert client.get(path).status_code == 200, path


@pytest.mark.packs(*PACKS, "complaint")
def test_what_waits_to_be_signed_for_was_handed_over_and_not_yet_touched(world: World, today: Any):
    """In each of the three packs, whatever it calls the stage; `handling` is such a stage in one and not in another."""
    world.open_pack("complaint", now=today)
    said = {"kind": "attitude", "text": "电话打了三次都没有人接，请改进。"}
    opening = Opening(process="complaint", area_id=world.root, answers=said)
    complaint = commands.open_case(actor=PUBLIC, opening=opening, now=today)
    asked, untouched = world.ask(now=today), world.ask(now=today)
    for case_id in (asked, complaint):
        world.assign(case_id, now=today)
    report = world.report(now=today)

    def waiting(part: str) -> set[str]:
        return rows_of(world.client(part).get("/work/?view=sign").content.decode()) & mine

    mine = {str(one) for one in (asked, untouched, complaint, report)}
    assert waiting("handler") == {str(asked), str(complaint)}
    assert waiting("street_handler") == {str(report)}
    world.act(asked, "handler", "accept", now=today)
    assert world.case(asked).stage == world.case(report).stage == "handling"
    assert waiting("handler") == {str(complaint)}
    world.act(complaint, "handler", "answer", outcome="explained", reply="已经加派人手接听电话，请再拨打。", now=today)
    world.act(report, "street_handler", "answer", outcome="solved", reply="已经修好。", now=today)
    assert waiting("handler") == waiting("street_handler") == set()
    assert str(asked) in rows_of(world.client("handler").get("/work/").content.decode())


def test_the_page_of_a_case_costs_as_much_after_twenty_steps_as_after_two(
    world: World, today: Any, kept: None, django_assert_max_num_queries: Any
):
    case_id = world.handled(now=today)
    for _ in range(9):
        world.act(case_id, "handler", "ask", question="请补充。", now=today)
        world.act(case_id, "enterprise", "supply", more="已补充。", now=today)
    client = world.client("handler")
    for path, most in (("", 7), ("drawer/", 6), ("act/answer/", 7)):
        client.get(f"/cases/{case_id}/{path}")
        with django_assert_max_num_queries(most):
            assert client.get(f"/cases/{case_id}/{path}").status_code == 200


def test_a_case_outside_the_scope_has_no_page(world: World):
    case_id = world.ask()
    for part in ("outsider", "other_enterprise", "handler", "resident", "system_admin"):
        client = world.client(part)
        for path in (f"/cases/{case_id}/", f"/cases/{case_id}/drawer/", f"/cases/{case_id}/act/assign/",
                     f"/records/case/{case_id}/"):  # fmt: skip
            assert client.get(path, follow=True).status_code == 404, (part, path)
        assert client.post(f"/cases/{case_id}/note/", {"text": "x"}).status_code == 404


def test_acting_through_the_page(world: World, today: Any):
    case_id = world.ask(now=today)
    client, path = world.client("dispatcher"), f"/cases/{case_id}/act/assign/"
    assert "禾澜供电公司" in client.get(path).content.decode()
    empty = client.post(path, {"seq": "1"})
    assert empty.status_code == 400
    assert "请选择承办单位。" in empty.content.decode()
    done = client.post(path, {"unit": str(world.unit("power_supply")), "seq": "1"})
    assert done["Location"] == f"/cases/{case_id}/"
    assert world.case(case_id).stage == "assigned"
    stale = world.client("unit_leader").post(f"/cases/{case_id}/act/accept/", {"seq": "1"})
    assert stale.status_code == 409
    gone = client.get(path)
    assert gone.status_code == 302, "what can no longer be done leads back to the case"


def test_whoever_hands_a_case_back_goes_on_with_their_work(world: World, today: Any):
    case_id = world.ask(now=today)
    world.assign(case_id, now=today)
    answer = world.client("handler").post(
        f"/cases/{case_id}/act/return/", {"reason": "按三定方案应由交通部门办理。", "seq": "2"}
    )
    assert answer["Location"] == "/work/"


def test_several_are_accepted_at_one_click_and_what_fails_is_named(world: World, today: Any):
    mine = [world.ask(now=today) for _ in range(3)]
    for case_id in mine:
        world.assign(case_id, now=today)
    foreign = world.ask(now=today)
    client = world.client("handler")
    given = {"ids": [str(one) for one in (*mine, foreign)] + ["not-an-id"], "next": "https://evil.example/"}
    answer = client.post("/work/bulk/accept/", given, follow=True)
    assert answer.redirect_chain[0][0] == "/work/"
    assert [world.case(one).stage for one in mine] == ["handling"] * 3
    assert world.case(foreign).stage == "collected"
    text = answer.content.decode()
    assert "已办 3 件" in text
    assert "1 件没有办成" in text
    assert client.get("/work/bulk/accept/").status_code == 405


def test_what_was_said_inside_never_reaches_the_requesters_pages(world: World, today: Any):
    case_id = world.answered(now=today)
    commands.add_note(actor=world.actor("handler", today), case_id=case_id, text="内部秘密", now=today)
    for path in (f"/cases/{case_id}/", f"/track/{case_id}/", f"/records/case/{case_id}/"):
        answer = world.client("enterprise").get(path, follow=True)
        assert answer.status_code == 200, path
        assert "内部秘密" not in answer.content.decode()


def test_the_page_offers_each_only_the_notes_that_they_may_write(world: World, today: Any):
    case_id = world.report(now=today)
    path = f"/cases/{case_id}/note/"
    auditor, leader, dispatcher = (world.client(part) for part in ("auditor", "leader", "dispatcher"))
    assert path not in auditor.get(f"/cases/{case_id}/").content.decode()
    assert auditor.post(path, {"text": "公之于众"}).status_code == 403
    offered = leader.get(f"/cases/{case_id}/").content.decode()
    assert '<input type="hidden" name="internal" value="True"' in offered
    assert leader.post(path, {"text": "公之于众"}).status_code == 403
    assert leader.post(path, {"text": "请抓紧", "internal": "True"}).status_code == 302
    assert world.log(case_id)[-1].internal
    assert 'type="checkbox" name="internal"' in dispatcher.get(f"/cases/{case_id}/").content.decode()


def test_a_number_is_shown_for_a_purpose_and_the_look_is_recorded(world: World, today: Any):
    case_id = world.report(now=today, contact=PHONE)
    path = f"/cases/{case_id}/reveal/contact/"
    client = world.client("street_handler")
    assert PHONE not in client.get(f"/cases/{case_id}/").content.decode()
    assert client.post(path, {"purpose": ""}).status_code == 400
    shown = client.post(path, {"purpose": "电话联系求助人核实位置"})
    assert shown.status_code == 200
    assert PHONE in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    record = Record.objects.all_unscoped("a test").filter(action="people.reveal_field").get()
    assert record.body["matter"] == f"case:{case_id}"
    assert PHONE not in str(record.body)
    for part, status in (("auditor", 404), ("resident", 404), ("outsider", 404), ("dispatcher", 200)):
        assert world.client(part).post(path, {"purpose": "看看是谁报的"}).status_code == status, part


def test_the_five_figures_are_the_lengths_of_their_lists(world: World, today: Any):
    world.ask(now=today)
    world.handled(now=today - timedelta(days=40))
    account = world.handled(now=today)
    world.act(account, "unit_leader", "suspend", reason="变电站扩容明年才能完成，届时再接。", now=today)
    again = world.answered(now=today)
    world.act(again, "enterprise", "reopen", reason="还是没电。", now=today)
    for outcome in ("solved", "explained", "explained"):
        done = world.answered(outcome, now=today)
        world.act(done, "enterprise", "confirm", now=today)
    before = world.answered("explained", now=today - timedelta(days=70))
    world.act(before, "enterprise", "confirm", now=today - timedelta(days=69))
    client = world.client("leader")
    counted = figures_of(client.get("/overview/?span=month").content.decode())
    assert len(counted) == 5
    for title in ("在办", "超期未办结", "挂账", "重开"):
        figure, url, _words = counted[title]
        assert len(rows_of(client.get(url).content.decode())) == int(figure), title
    assert [counted[title][0] for title in ("挂账", "重开", "超期未办结")] == ["1", "1", "1"]
    rate, url, words = counted["已解决率"]
    assert rate == "33.3"
    rest = int(re.search(r"\d+", words)[0])
    assert (rest, len(rows_of(client.get(url).content.decode()))) == (2, 2)


def test_a_spoilt_address_is_told_so_and_breaks_nothing(world: World):
    client = world.client("dispatcher")
    for query in ("key=xyz", "key=" + "A" * 3000):
        assert client.get(f"/cases/?{query}").status_code == 400
    for query in ("due=never", "state=x", "area=x", "unit=1", "q=%25_%27", "outcome=%3Cb%3E", "view=nothing"):
        assert client.get(f"/cases/?{query}").status_code == 200, query
    assert client.get("/cases/?q=%00").status_code == 200, "a sign that cannot have been typed counts as a blank"
    assert client.get("/cases/?list=a.b").status_code == 404


def test_the_main_way_is_offered_first_also_after_a_reopening(world: World):
    def offered(part: str) -> list[str]:
        page = world.client(part).get(f"/cases/{case_id}/").content.decode()
        return re.findall(r"/cases/[0-9a-f-]+/act/(\w+)/", page[page.index('class="x-bar"') :])

    case_id = world.handled()
    assert offered("handler")[0] == "answer"
    world.act(case_id, "handler", "ask", question="请说明是哪一台开关。")
    assert offered("dispatcher") == []
    world.act(case_id, "enterprise", "supply", more="一号进线柜。")
    world.act(case_id, "handler", "answer", outcome="solved", reply="已更换进线开关，恢复供电。")
    world.act(case_id, "enterprise", "reopen", reason="下午又跳闸了，没有修好。")
    assert offered("handler")[0] == "accept"
    world.act(case_id, "handler", "accept")
    assert offered("handler")[0] == "answer"


def test_whoever_may_only_look_reads_whose_turn_it_is(world: World):
    page = world.client("auditor").get(f"/cases/{world.ask()}/").content.decode()
    assert "现在轮到：" in page[page.index('class="x-bar"') :]
