"""Records read as sentences: every word that is recorded has a title, ids become names, nobody reads codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from tests.guards.sources import in_room, modules, tree
from tests.world import NOW, WHY, World, note_something
from xirang.engines.ledger import queries
from xirang.engines.ledger.models import Record
from xirang.engines.ledger.wording import facts_in, kinds, parts
from xirang.foundation.actor import SYSTEM, Ref
from xirang.foundation.commands import command_title
from xirang.people import commands as people


def bodies() -> Iterator[tuple[str, set[str]]]:
    """Kind of object and words of the body, of every place in the program that records with both written out."""
    for path in modules():
        if in_room(path, "commands"):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("record", "_say"):
                    literal = next((one for one in node.args if isinstance(one, ast.Dict)), None)
                    words = {key.value for key in literal.keys if isinstance(key, ast.Constant)} if literal else set()
                    named = [one.args[0] for one in node.args if isinstance(one, ast.Call) and len(one.args) == 2]
                    yield (named[0].value if named and isinstance(named[0], ast.Constant) else "account"), words


def test_every_word_and_kind_that_is_recorded_has_a_title():
    found = list(bodies())
    assert len(found) > 40
    assert {kind for kind, _ in found} <= set(kinds())
    plain = set().union(*(words for kind, words in found if kind != "case"))
    assert len(plain) > 50
    assert plain - set(parts()) == set()


def test_a_whole_life_reads_in_the_words_of_its_process(world: World, django_assert_num_queries):
    case_id = world.answered()
    world.act(case_id, "enterprise", "confirm", rating="4", remark="谢谢")
    rows = list(Record.objects.all_unscoped(WHY).filter(subject_kind="case", subject_id=str(case_id)).order_by("id"))
    queries.speak(rows)
    with django_assert_num_queries(3):  # Processes, units, and the names of those who acted.
        said = queries.speak(rows)
    assert [said[row.pk].title for row in rows] == ["提交", "交办", "签收", "答复", "确认销号"]
    number = world.case(case_id).number
    assert {said[row.pk].subject for row in rows} == {f"办件 {number}"}
    assigned = dict(said[rows[1].pk].facts)
    assert assigned["阶段"] == "收集 → 交办"
    assert assigned["承办单位"] == "禾澜供电公司"
    closed = dict(said[rows[-1].pk].facts)
    assert closed["请评价"] == "已填"
    assert closed["想说的话"] == "2 字"
    with translation.override("en"):
        assert queries.speak(rows)[rows[0].pk].title == "Submitted"


def test_what_others_record_of_a_case_reads_in_plain_words(world: World):
    note_something(actor=SYSTEM, now=NOW, body={"because": "试"}, subject=Ref("case", str(world.ask())))
    latest = Record.objects.all_unscoped(WHY).order_by("id").last()
    assert queries.speak([latest])[latest.pk].facts == (("理由", "试"),)


def test_what_a_clock_did_is_said_too(world: World):
    from xirang.engines.cases import commands as cases

    case_id = world.handled()
    cases.run_clock(actor=SYSTEM, case_id=case_id, now=NOW + timedelta(days=60))
    rows = list(Record.objects.all_unscoped(WHY).filter(subject_id=str(case_id), action="cases.run_clock"))
    titles = [one.title for one in queries.speak(rows).values()]
    assert titles
    assert all("已用" in title for title in titles)


def test_ids_become_names_and_codes_words(world: World, django_assert_max_num_queries):
    account = world.account("handler")
    people.lock_account(actor=world.actor("system_admin"), account_id=account.pk, because="调离", now=NOW)
    activated = Record.objects.all_unscoped(WHY).filter(action="cases.activate_process").first()
    granted = Record.objects.all_unscoped(WHY).filter(action="people.grant_role", body__role="handler").first()
    locked = Record.objects.all_unscoped(WHY).filter(action="people.lock_account").get()
    queries.speak([activated])  # The registry of processes is read once for the process.
    with django_assert_max_num_queries(4):  # Names of areas, accounts and organisations; what is sealed.
        said = queries.speak([activated, granted, locked])
    assert said[locked.pk].title == "锁定账号"
    assert said[locked.pk].subject == f"账号 {account.title_name}"
    assert said[locked.pk].facts == (("锁定", "是"), ("理由", "调离"))
    assert dict(said[granted.pk].facts)["角色"] == "经办"
    assert dict(said[granted.pk].facts)["区域"] == "禾澜区"
    assert dict(said[activated.pk].facts)["启用于"] == "禾澜区"
    assert said[activated.pk].subject in ("流程 企业求助", "流程 随手报")


def test_a_pack_goes_by_its_title_and_its_switches_by_theirs(world: World):
    activated = Record.objects.all_unscoped(WHY).get(action="packs.activate_pack", subject_id="snap_report")
    said = queries.speak([activated])[activated.pk]
    assert said.subject == "应用包 随手报"
    assert dict(said.facts)["开关"] == "办结时请上报人评价（开）、上报时可以留电话（开）、网格员可以当场处置（开）"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"digests": {"a": "1", "b": "2"}}, "2 项"),
        ({"hash": "0123456789abcdef"}, "0123456789ab…"),
        ({"fields": ["name", "phone"]}, "姓名、手机号码"),
        ({"options": {"encoding": "gbk", "dry": False}}, "encoding=gbk、dry=否"),
        ({"matter": "case:1"}, "办件"),
        ({"about": ["case", "1"]}, "办件"),
        ({"locked_until": "2026-09-18T08:30:00+00:00"}, "9 月 18 日 16:30"),
        ({"locked_until": "no moment at all, though T"}, "no moment at all, though T"),
        ({"unheard_of": 3}, "3"),
    ],
)
def test_values_read_as_people_write_them(body: dict, text: str):
    assert [said for _, said in facts_in(body, {})] == [text]


def test_empty_parts_are_left_out():
    assert facts_in({"to": None, "source": "", "roles": [], "options": {}}, {}) == ()


def test_a_command_that_is_gone_keeps_its_name():
    assert command_title("gone.long_ago") == "gone.long_ago"


def test_the_auditors_page_shows_no_codes_and_asks_few_questions(world: World, django_assert_max_num_queries):
    case_id = world.handled()
    client = world.client("auditor")
    with django_assert_max_num_queries(13):
        page = client.get("/records/").content.decode()
    number = world.case(case_id).number
    assert f"办件 {number}" in page
    assert "签收" in page
    table = page[page.index("<tbody") :]
    assert "cases." not in table
    assert "act_on_case" not in table
    only = client.get("/records/?action=cases.open_case").content.decode()
    assert '<option value="cases.open_case" selected>提交办件</option>' in only
