"""Personal answers lie in the vault and nowhere else; who may see a case, and as whom, is decided case by case."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tests.world import NOW, PHONE, WHY, World
from xirang.engines.cases import commands, policy, queries
from xirang.engines.cases.models import Attachment, Case
from xirang.engines.cases.queries import CaseFilter, speak_records
from xirang.engines.cases.queries.replaying import state_of
from xirang.engines.ledger.models import Record
from xirang.engines.ledger.queries import list_records_of
from xirang.foundation.actor import PUBLIC, Ref
from xirang.foundation.errors import InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.files import StoredFile
from xirang.foundation.ids import query_code
from xirang.people.models import VaultEntry


def everywhere(text: str) -> list[str]:
    """The tables in which a text stands in clear, whatever their columns."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'select 1 from "{table}" t where t::text like %s limit 1', [f"%{text}%"])
            found += [table] if cursor.fetchone() else []
    return found


def test_a_phone_number_lies_in_the_vault_and_nowhere_else(world: World):
    case_id = world.report(contact=PHONE)
    case = world.case(case_id)
    reference = case.fields["contact"]
    assert set(reference) == {"person", "drawer"}
    assert VaultEntry.objects.filter(person_id=reference["person"], field="phone").exists()
    world.act(case_id, "street_handler", "answer", outcome="solved", reply="已换灯泡。")
    commands.run_clock(actor=world.actor("system"), case_id=case_id, now=NOW + timedelta(days=30))
    assert everywhere(PHONE) == []
    assert everywhere(PHONE[3:]) == []


def test_nobody_but_who_works_on_it_reads_the_number(world: World):
    case_id = world.report(contact=PHONE)
    for part in ("street_handler", "dispatcher", "auditor"):
        shown = {one.code: one.text for one in world.view(case_id, part).fields}
        assert shown["contact"] == "139****0042"


def test_the_firms_number_is_carried_along_without_being_asked(world: World):
    case = world.case(world.ask())
    assert case.fields["contact"] == {"person": str(world.account("enterprise").person_id), "drawer": "phone"}
    assert everywhere("13800002076") == []


def test_a_personal_answer_of_a_step_goes_to_the_vault_too(world: World):
    from xirang.engines.cases.tests.snap import SNAP, install

    text = SNAP.replace("test_snap", "test_private").replace("TS01", "TS09")
    text = text.replace(
        "asks: {why: {kind: text, title: {zh: 原因, en: Why}, required: true}}",
        "asks: {why: {kind: text, title: {zh: 原因, en: Why}, required: true}, back: {kind: phone, title: {zh: 回电,"
        " en: Call}, personal: contact, keep: 1y, because: {zh: 另留电话, en: Another number}}}",
    )
    install(text, world.root, NOW)
    opening = commands.Opening(
        process="test_private",
        area_id=world.root,
        answers={"what": "不亮", "topic": "light"},
        places={"where": commands.PlaceGiven(address="澄湖路")},
    )
    case_id = commands.open_case(actor=PUBLIC, opening=opening, now=NOW)
    world.act(case_id, "dispatcher", "assign", unit="unit/urban_management")
    world.act(case_id, "street_handler", "answer", outcome="solved", reply="好了")
    receipt = queries.receipt_actor(case_id)
    commands.act_on_case(
        actor=receipt, case_id=case_id, action="reopen", answers={"why": "还不亮", "back": PHONE}, now=NOW
    )
    assert everywhere(PHONE) == []
    view = world.view(case_id, "street_handler")
    answers = {one.code: one.text for one in view.entries[0].answers}
    assert answers == {"why": "还不亮", "back": "139****0042"}


def test_the_number_and_its_code_open_one_case_and_no_other(world: World, settings):
    case_id, other = world.report(), world.report()
    number = world.case(case_id).number
    code = query_code(settings.SECRETS.bytes_of("receipts_key"), case_id)
    assert queries.find_case_by_receipt(number=number.lower(), code=code.lower()).pk == case_id
    receipt = queries.receipt_actor(case_id)
    assert queries.get_case(actor=receipt, case_id=case_id).pk == case_id
    with pytest.raises(NotFoundError):
        queries.get_case(actor=receipt, case_id=other)
    with pytest.raises(NotFoundError):
        commands.act_on_case(actor=receipt, case_id=other, action="confirm", answers={}, now=NOW)
    assert not Case.objects.within(receipt).exists()


def test_a_wrong_code_and_an_unknown_number_are_refused_alike(world: World, settings):
    from xirang.foundation.ids import format_case_number

    case_id = world.report()
    unknown = format_case_number(settings.DISTRICT_PREFIX, NOW.date(), 999)
    told = []
    for number, code in ((world.case(case_id).number, "AAAAAA"), (unknown, "AAAAAA"), (unknown, "")):
        with pytest.raises(NotFoundError) as refused:
            queries.find_case_by_receipt(number=number, code=code)
        told.append((refused.value.code, refused.value.zh, refused.value.en))
    assert len(set(told)) == 1
    with pytest.raises(NotFoundError) as mistyped:
        queries.find_case_by_receipt(number=unknown[:-1] + ("A" if unknown[-1] != "A" else "B"), code="AAAAAA")
    assert mistyped.value.code == "mistyped_number"


def test_a_rule_assigns_at_once_and_says_why(world: World):
    case = world.case(world.report())
    assert (case.stage, case.holder_unit_id) == ("handling", world.unit("urban_management"))
    event = world.log(case.pk)[1]
    assert (event.actor_kind, event.body["rule"]) == ("system", 1)
    assert "综合行政执法局" in event.body["because"]["zh"]
    record = Record.objects.all_unscoped(WHY).filter(subject_id=str(case.pk)).order_by("id").last()
    assert (record.body["answers"], record.body["rule"]) == ({"unit": str(case.holder_unit_id)}, 1)
    assert "because" not in record.body, "the rule says why, in the process that the case keeps"
    assert event.body["because"]["zh"] in dict(speak_records([record])[record.pk].facts)["依据"]
    undecided = world.case(world.report(category="noise"))
    assert (undecided.stage, undecided.holder_unit_id) == ("reported", None)


def test_a_request_of_a_firm_waits_for_the_desk_whatever_the_rules_say(world: World):
    assert world.case(world.ask(topic="power")).stage == "collected"


def test_outside_the_scope_a_case_does_not_exist(world: World):
    case_id = world.ask()
    for part in ("outsider", "other_enterprise", "handler", "resident", "system_admin"):
        actor = world.actor(part)
        with pytest.raises(NotFoundError) as refused:
            queries.get_case(actor=actor, case_id=case_id)
        with pytest.raises(NotFoundError) as unknown:
            queries.get_case(actor=actor, case_id=uuid4())
        assert (refused.value.code, refused.value.zh) == (unknown.value.code, unknown.value.zh)
        assert queries.list_cases(actor=actor, wanted=CaseFilter(state="all"), now=NOW).rows == []
        assert queries.count_open(actor=actor, wanted=CaseFilter(), now=NOW) == 0


def test_the_list_and_the_single_case_agree_for_everybody(world: World):
    made = [world.ask(), world.handled(), world.report(), world.report(category="noise"), world.ask("other_enterprise")]
    parts = ("enterprise", "other_enterprise", "dispatcher", "handler", "colleague", "unit_leader", "other_handler",
             "street_handler", "leader", "grid_worker", "resident", "auditor", "outsider", "public")  # fmt: skip
    for part in parts:
        actor = world.actor(part)
        listed = {row.pk for row in queries.list_cases(actor=actor, wanted=CaseFilter(state="all"), now=NOW).rows}
        alone = {case_id for case_id in made if _seen(actor, case_id)}
        assert listed == alone, part


def _seen(actor: Any, case_id: Any) -> bool:
    try:
        queries.get_case(actor=actor, case_id=case_id)
    except NotFoundError:
        return False
    return True


def test_colleague_holder_head_and_stand_in(world: World):
    case_id = world.handled()
    case = world.case(case_id)

    def relations(part: str, now=NOW) -> frozenset[str]:
        return policy.relations_to(world.actor(part, now), case, state_of(case)[1].co_holders)

    assert "holder" in relations("handler")
    assert "holder" not in relations("colleague"), "what one person has taken is theirs"
    assert {"holder", "holder.leader"} <= relations("unit_leader")
    assert not relations("other_handler") & {"holder", "holder.leader", "co_holder"}
    assert _seen(world.actor("colleague"), case_id), "the unit sees what it holds"
    with pytest.raises(NotAllowedError):
        world.act(case_id, "colleague", "answer", outcome="solved", reply="已经处理完毕，请查看结果。")

    world.cover(absent="handler", by="colleague")
    assert "holder" in relations("colleague")
    assert "holder" not in relations("colleague", NOW + timedelta(days=9))
    world.act(case_id, "colleague", "answer", outcome="solved", reply="已经处理完毕，请查看结果。")
    event = world.log(case_id)[-1]
    assert (event.actor_name, event.stands_in_for) == ("林晓", world.account("handler").title_name)
    assert "代 周雨桐" in str(world.view(case_id, "leader").entries[0].who)


def test_who_covers_a_colleague_and_holds_a_post_too_acts_in_their_own_name_where_that_will_do(world: World):
    world.cover(absent="handler", by="colleague")
    case_id = world.ask()
    world.assign(case_id)
    world.act(case_id, "colleague", "accept")
    assert world.log(case_id)[-1].stands_in_for == ""
    last = Record.objects.all_unscoped(WHY).filter(subject_id=str(case_id)).order_by("id").last()
    assert last.stands_in_for == ""


def test_the_rating_is_invisible_to_those_who_are_rated(world: World):
    case_id = world.answered()
    world.act(case_id, "enterprise", "confirm", rating="1", remark="服务很好")
    for part, sees in (("handler", False), ("colleague", False), ("unit_leader", False), ("dispatcher", True),
                       ("leader", True), ("auditor", True), ("enterprise", True)):  # fmt: skip
        shown = {one.code for entry in world.view(case_id, part).entries for one in entry.answers}
        assert ("rating" in shown) is sees, part
    bodies = [row.body for row in Record.objects.all_unscoped(WHY).filter(subject_id=str(case_id))]
    assert bodies[-1]["answers"]["rating"] == {"given": True}
    from xirang.foundation.models import OutboxEvent

    assert not [one for one in OutboxEvent.objects.values_list("body", flat=True) if "rating" in json.dumps(one)]


def stored(name: str, sha: str = "a" * 64) -> StoredFile:
    return StoredFile(sha, 10, "image/jpeg", name, None, "clean")  # type: ignore[arg-type]


def test_attachments_are_noted_with_their_step_and_inside_ones_hidden(world: World):
    case_id = world.handled()
    act = {"case_id": case_id, "now": NOW}
    commands.act_on_case(actor=world.actor("handler"), action="ask", answers={"question": "请补充。"}, **act)
    commands.act_on_case(
        actor=world.actor("enterprise"),
        action="supply",
        answers={"more": "见附件"},
        files={"papers": [stored("图纸.jpg"), stored("合同.jpg", "b" * 64)]},
        **act,
    )
    rows = list(Attachment.objects.filter(case_id=case_id).order_by("id"))
    assert [(row.name, row.seq, row.field, row.internal) for row in rows] == [
        ("图纸.jpg", 5, "papers", False),
        ("合同.jpg", 5, "papers", False),
    ]
    assert world.log(case_id)[-1].body["answers"]["papers"] == [str(row.pk) for row in rows]
    Attachment.objects.filter(pk=rows[0].pk).update(internal=True)
    names = [one.name for entry in world.view(case_id, "enterprise").entries for a in entry.answers for one in a.files]
    assert names == ["合同.jpg"]
    with pytest.raises(NotFoundError):
        queries.get_attachment(
            actor=world.actor("enterprise"), case_id=case_id, attachment_id=rows[0].pk, internal=False
        )
    with pytest.raises(NotFoundError):
        queries.get_attachment(actor=world.actor("outsider"), case_id=case_id, attachment_id=rows[1].pk, internal=True)


def test_too_many_files_are_told_so(world: World):
    case_id = world.handled()
    world.act(case_id, "handler", "ask", question="请补充。")
    with pytest.raises(InvalidError) as wrong:
        commands.act_on_case(
            actor=world.actor("enterprise"),
            case_id=case_id,
            action="supply",
            answers={"more": "见附件"},
            files={"papers": [stored(f"{n}.jpg") for n in range(10)]},
            now=NOW,
        )
    assert wrong.value.fields == {"papers": "最多 9 个附件，现有 10 个。"}
    assert not Attachment.objects.filter(case_id=case_id).exists()


def test_the_log_only_grows(world: World):
    from django.db import DatabaseError, transaction

    case_id = world.ask()
    row = world.log(case_id)[0]
    for change in (lambda: type(row).objects.filter(pk=row.pk).update(actor_name="别人"), row.delete):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            change()


def test_a_number_typed_into_free_text_does_not_travel_with_the_title(world: World):
    case_id = world.ask(need="请回电 13800001111 联系老周，二期厂房漏水。")
    assert world.case(case_id).title == "请回电 **** 联系老周，二期厂房漏水"
    assert not Record.objects.all_unscoped("the test looks at every row").filter(body__icontains="13800001111").exists()


def test_the_requester_reads_the_records_of_the_case_but_not_what_clocks_and_colleagues_say(world: World):
    case_id = world.handled()
    commands.run_clock(actor=world.actor("system"), case_id=case_id, now=NOW + timedelta(days=5))
    handler = world.actor("handler")
    commands.add_note(actor=handler, case_id=case_id, text="内部：先问过变电站", now=NOW + timedelta(days=5))
    seen = {who: actions_seen(world, who, case_id) for who in ("enterprise", "handler")}
    assert {"cases.open_case", "cases.act_on_case"} <= seen["enterprise"]
    assert {"cases.run_clock", "cases.add_note"} <= seen["handler"]
    assert not {"cases.run_clock", "cases.add_note"} & seen["enterprise"]


def actions_seen(world: World, who: str, case_id: Any) -> set[str]:
    """The actions of the records that somebody may read of a case."""
    _subject, page = list_records_of(actor=world.actor(who), subject=Ref("case", str(case_id)), now=NOW)
    return {record.action for record in page.rows}
