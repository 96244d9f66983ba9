"""Finding cases: by every text that the reader may read, by number and telephone, never beyond the reader's scope."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import NOW, PHONE, World
from xirang.engines.cases import commands, queries
from xirang.engines.cases.commands import words
from xirang.engines.cases.logic.searching import inner_code
from xirang.engines.cases.models import Attachment, Case, CaseWords, WordsMark
from xirang.engines.cases.queries import searching
from xirang.foundation.search import code_of, read_question
from xirang.foundation.text import tokens


def kept(now: Any = NOW) -> None:
    """Take in everything that the log holds."""
    while commands.keep_words(now=now):
        pass


def found(world: World, part: str, text: str) -> set[UUID]:
    answer = queries.search_cases(actor=world.actor(part), question=read_question(text), limit=50, language="zh")
    assert answer.count == len(answer.hits)
    return {hit.case.pk for hit in answer.hits}


def matched(world: World, part: str, text: str) -> dict[str, str]:
    answer = queries.search_cases(actor=world.actor(part), question=read_question(text), limit=50, language="zh")
    return {piece.where: piece.text for hit in answer.hits for piece in hit.pieces}


def page(world: World, part: str, text: str, **more: str) -> Any:
    return world.client(part).get("/search/", {"q": text, **more})


def test_words_of_text_title_place_and_firm_find_a_case(world: World) -> None:
    asked = world.ask(need="新产线投产，变压器容量不够，申请增容。")
    reported = world.report(what="路灯杆被撞歪，挡住盲道。")
    kept()
    firm = Case.objects.all_unscoped("a test").select_related("about_organisation").get(pk=asked).about_organisation
    assert found(world, "dispatcher", "变压器") == {asked}
    assert found(world, "dispatcher", "变压器 增容") == {asked}
    assert found(world, "dispatcher", "变压器 盲道") == set()
    assert found(world, "dispatcher", "盲道") == {reported}
    assert found(world, "dispatcher", "澄湖路18号") == {reported}
    assert found(world, "dispatcher", "１８号") == {reported}
    assert firm is not None
    assert asked in found(world, "dispatcher", firm.name)


def test_steps_notes_and_names_of_files_find_a_case_and_say_where(world: World) -> None:
    case_id = world.answered()
    commands.add_note(
        actor=world.actor("handler"), case_id=case_id, text="已约环网柜厂家看现场。", now=NOW, internal=False
    )
    kept()
    assert matched(world, "dispatcher", "环网柜") == {"留言": "已约环网柜厂家看现场。"}
    assert matched(world, "enterprise", "环网柜") == {"留言": "已约环网柜厂家看现场。"}
    assert found(world, "other_enterprise", "环网柜") == set()
    assert matched(world, "enterprise", "第二路电源") == {"答复": "已经接通第二路电源，请查看。"}


def test_the_name_of_a_file_finds_its_case_but_not_that_of_a_personal_one(world: World) -> None:
    case_id = world.ask()
    for name, field, internal in (
        ("变压器负荷表.xlsx", "photos", False),
        ("张三.pdf", "contact", False),
        ("底稿.pdf", "", True),
    ):
        Attachment.objects.create(
            case_id=case_id,
            seq=1,
            field=field,
            name=name,
            internal=internal,
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            scanned="clean",
            uploaded_at=NOW,
        )
    kept()
    assert matched(world, "enterprise", "变压器") == {"附件名": "变压器负荷表.xlsx"}
    assert found(world, "dispatcher", "张三") == set()
    assert matched(world, "dispatcher", "底稿") == {"附件名": "底稿.pdf"}
    assert found(world, "enterprise", "底稿") == set()


def test_what_was_said_inside_is_found_by_those_who_read_it_alone(world: World) -> None:
    case_id = world.ask()
    world.assign(case_id)
    commands.add_note(actor=world.actor("dispatcher"), case_id=case_id, text="疑似偷排，先不惊动。", now=NOW)
    kept()
    for part in ("dispatcher", "handler", "unit_leader", "auditor"):
        assert matched(world, part, "偷排") == {"内部备注": "疑似偷排，先不惊动。"}
    assert found(world, "enterprise", "偷排") == set()
    # Neither does the other half of the question make it count.
    assert found(world, "enterprise", "偷排 厂房") == set()
    assert found(world, "enterprise", "厂房") == {case_id}
    row = CaseWords.objects.get(pk=case_id)
    assert code_of("偷排") not in row.terms
    assert inner_code("偷排") in row.terms


@pytest.mark.parametrize(
    "part", ["resident", "other_enterprise", "other_handler", "other_leader", "outsider", "system_admin", "public"]
)
def test_a_case_outside_the_scope_is_not_found_nor_counted(world: World, part: str) -> None:
    case_id = world.ask(need="新产线投产，变压器容量不够，申请增容。")
    world.assign(case_id)
    kept()
    number = Case.objects.all_unscoped("a test").get(pk=case_id).number
    for text in ("变压器", "增容 变压器", number, number.lower().replace("-", "")):
        assert found(world, part, text) == set()
        if part != "public":
            answer = page(world, part, text)
            assert answer.status_code == 200
            assert str(case_id) not in answer.content.decode()
            assert "共 0 条" in answer.content.decode()


def test_the_public_is_sent_to_sign_in(world: World) -> None:
    assert world.client().get("/search/?q=变压器")["Location"].startswith("/sign-in/")


def test_a_whole_number_leads_straight_to_its_case(world: World) -> None:
    case_id = world.ask()
    number = Case.objects.all_unscoped("a test").get(pk=case_id).number
    for typed in (
        number,
        number.lower(),
        number.replace("-", ""),
        f" {number.replace('-', ' ')} ",
        number.replace("-", "－"),
    ):
        assert page(world, "dispatcher", typed)["Location"] == f"/cases/{case_id}/"
    assert page(world, "enterprise", number)["Location"] == f"/track/{case_id}/"
    # A part of it is a word like any other.
    kept()
    assert str(case_id) in page(world, "dispatcher", number.split("-")[2]).content.decode()


def test_a_telephone_leads_to_the_case_for_whoever_may_call(world: World) -> None:
    first = world.report(contact=PHONE)
    assert page(world, "dispatcher", PHONE)["Location"] == f"/cases/{first}/"
    second = world.report(contact=PHONE, now=NOW + timedelta(hours=1))
    text = page(world, "dispatcher", PHONE).content.decode()
    assert str(first) in text
    assert str(second) in text
    assert "139****0042" in text
    assert PHONE not in text.replace(f'value="{PHONE}"', "").replace(f"q={PHONE}", "").replace(f"{PHONE} ·", "")
    # Whoever watches over cases sees both of them, yet may not call, so that the number tells nothing.
    for part in ("auditor", "leader", "outsider", "enterprise"):
        assert "共 0 条" in page(world, part, PHONE).content.decode(), part


def test_closed_cases_are_found_behind_open_ones(world: World) -> None:
    closed = world.answered(now=NOW)
    world.act(closed, "enterprise", "confirm", now=NOW + timedelta(days=1))
    older = world.ask(now=NOW - timedelta(days=3))
    kept()
    answer = queries.search_cases(
        actor=world.actor("dispatcher"), question=read_question("厂房"), limit=50, language="zh"
    )
    assert [hit.case.pk for hit in answer.hits] == [older, closed]


def test_nothing_personal_is_kept_and_erasing_finds_nothing_to_erase(world: World) -> None:
    case_id = world.report(contact=PHONE)
    kept()
    row = CaseWords.objects.get(pk=case_id)
    for secret in (PHONE, PHONE[3:7], PHONE[-4:]):
        assert not {code_of(one) for one in tokens(secret)} & set(row.terms)
        assert not {inner_code(one) for one in tokens(secret)} & set(row.terms)
    assert found(world, "dispatcher", PHONE) == set()


def test_a_step_without_words_leaves_the_index_alone_and_later_words_are_added(world: World) -> None:
    case_id = world.ask()
    kept()
    before = CaseWords.objects.get(pk=case_id)
    world.assign(case_id)
    kept()
    after = CaseWords.objects.get(pk=case_id)
    assert (before.terms, before.seq < after.seq) == (after.terms, True)
    commands.add_note(actor=world.actor("dispatcher"), case_id=case_id, text="请看环网柜。", now=NOW)
    kept()
    assert found(world, "dispatcher", "厂房 环网柜") == {case_id}


def test_an_event_that_commits_late_is_taken_in(world: World) -> None:
    case_id = world.ask(need="新产线投产，变压器容量不够，申请增容。")
    kept()
    # As if this opening had drawn its number first and committed after the next one had been taken in.
    CaseWords.objects.all().delete()
    world.ask("other_enterprise")
    kept()
    assert found(world, "dispatcher", "变压器") == {case_id}
    # Nothing is looked at twice once all that was begun has ended.
    CaseWords.objects.all().delete()
    kept(NOW + words.LONGEST * 2)
    assert CaseWords.objects.count() == 0


def test_old_cases_are_taken_in_block_by_block(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for turn in range(6):
        world.ask(now=NOW + timedelta(minutes=turn))
    monkeypatch.setattr(words, "BLOCK", 4)
    left = queries.count_unkept_events()
    assert left >= 6
    assert commands.keep_words(now=NOW)
    assert queries.count_unkept_events() == left - 4
    kept()
    assert queries.count_unkept_events() == 0
    assert WordsMark.objects.get().done > 0
    assert len(found(world, "dispatcher", "厂房")) == 6


def test_opening_and_acting_cost_no_statement_more(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        case_id = world.ask()
        world.assign(case_id)
    assert not [one["sql"] for one in captured if "casewords" in one["sql"] or "wordsmark" in one["sql"]]


def test_both_arms_find_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for turn in range(5):
        world.ask(now=NOW + timedelta(minutes=turn))
        world.report(now=NOW + timedelta(minutes=turn))
    kept()
    parts = ("dispatcher", "grid_worker", "leader", "enterprise", "handler", "street_handler", "outsider")
    newest = {part: found(world, part, "路灯") | found(world, part, "厂房") for part in parts}
    monkeypatch.setattr(searching, "NEWEST", 1)
    assert {part: found(world, part, "路灯") | found(world, part, "厂房") for part in parts} == newest
    assert newest["dispatcher"]
    assert newest["grid_worker"]
    assert not newest["outsider"]


def test_a_word_too_common_is_said_to_be_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for turn in range(4):
        world.ask(now=NOW + timedelta(minutes=turn))
    kept()
    monkeypatch.setattr(searching, "NEWEST", 1)
    monkeypatch.setattr(searching, "CANDIDATES", 2)
    answer = queries.search_cases(
        actor=world.actor("dispatcher"), question=read_question("厂房"), limit=50, language="zh"
    )
    assert answer.more
    assert 1 <= answer.count <= 4
    # Also for those who see none of them: too many candidates is no statement about one of them.
    hidden = queries.search_cases(actor=world.actor("outsider"), question=read_question("厂房"), limit=5, language="zh")
    assert (hidden.hits, hidden.count) == ((), 0)


def test_the_page_marks_the_words_and_costs_few_queries(world: World, django_assert_max_num_queries: Any) -> None:
    for turn in range(12):
        world.ask(need="新产线投产，变压器容量不够，申请增容。", now=NOW + timedelta(minutes=turn))
    kept()
    client = world.client("dispatcher")
    client.get("/search/?q=变压器")
    with django_assert_max_num_queries(34):
        text = client.get("/search/?q=变压器").content.decode()
    assert text.count("<mark>变压器</mark>") >= 10
    assert "办件 12" in text
    assert "看更多" in text
    alone = client.get("/search/?q=变压器&group=cases").content.decode()
    assert alone.count("data-x-hit") == 12


def test_where_nothing_is_found_the_page_leads_on(world: World) -> None:
    world.ask(need="新产线投产，变压器容量不够，申请增容。")
    kept()
    text = page(world, "dispatcher", "变压器 恐龙").content.decode()
    assert "没有同时含“变压器”、“恐龙”的" in text
    assert "只搜“变压器”，1 条" in text
    assert "/ask/?said=" in text
    assert "改搜“听潮街道”" in page(world, "dispatcher", "听湖街道").content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "。，！？",
        "%",
        "'",
        "';--",
        "_",
        "😀😀",
        "\u202e\u200b",
        "电",
        "一" * 1000,
        "a " * 500,
        "\\",
        "[",
        "{}",
        "%s",
    ],
)
def test_hostile_questions_get_a_clear_page(world: World, text: str) -> None:
    world.ask()
    kept()
    answer = page(world, "dispatcher", text)
    assert answer.status_code == 200
    said = answer.content.decode()
    assert any(
        word in said
        for word in ("没有可以搜的字词", "只有一个字", "没有含", "没有同时含", "输完整编号或电话", "写得太长", "共 ")
    )


def test_the_public_job_stops_in_time_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from xirang.engines.cases import tasks

    for turn in range(3):
        world.ask(now=NOW + timedelta(minutes=turn))
    monkeypatch.setattr(words, "BLOCK", 2)
    monkeypatch.setattr(tasks, "WORDS_SECONDS", 0.0)
    tasks.keep_words(0)
    assert queries.count_unkept_events() >= 1
    monkeypatch.setattr(tasks, "WORDS_SECONDS", 10.0)
    tasks.keep_words(0)
    assert queries.count_unkept_events() == 0
