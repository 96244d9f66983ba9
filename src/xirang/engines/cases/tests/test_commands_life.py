"""The whole life of a case through its commands: who may, in which order, how often, and what is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.world import NOW, WHY, Told, World
from xirang.engines.cases import commands
from xirang.engines.cases.logic.dispatching import Dispatch
from xirang.engines.cases.logic.process import DispatchRule
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries import NoSuchCaseError
from xirang.engines.cases.queries.replaying import state_of
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import PUBLIC
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.models import OutboxEvent

REASON = "这件事属于交通部门职责，请改派。"
REPLY = "已经接通第二路电源，请查看。"


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody hears everything, so that every event is kept for delivery."""
    Told(monkeypatch, "everything")


def kinds(world: World) -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("kind", flat=True))


def test_asked_assigned_accepted_supplied_answered_confirmed(world: World):
    case_id = world.ask()
    case = world.case(case_id)
    assert (case.stage, case.due_clock, case.holder_unit_id) == ("collected", "accept", None)
    assert case.number.startswith("HL-260918-0001")
    assert case.requester_account_id == world.account("enterprise").pk
    assert case.requester_organisation_id == case.about_organisation_id

    case = world.assign(case_id)
    assert (case.stage, case.holder_unit_id) == ("assigned", world.unit("power_supply"))
    case = world.act(case_id, "handler", "accept")
    assert (case.stage, case.holder_account_id) == ("handling", world.account("handler").pk)
    case = world.act(case_id, "handler", "ask", question="请补充厂区平面图。")
    assert (case.stage, case.stage_kind, case.due_at) == ("waiting", "waiting", None)
    case = world.act(case_id, "enterprise", "supply", more="已寄出。", now=NOW + timedelta(hours=2))
    assert case.stage == "handling"
    assert case.due_at is not None
    case = world.act(case_id, "handler", "answer", outcome="solved", reply=REPLY, now=NOW + timedelta(hours=3))
    assert (case.stage, case.outcome, case.due_clock) == ("answered", "solved", "silence")
    case = world.act(case_id, "enterprise", "confirm", rating="5", now=NOW + timedelta(hours=4))
    assert (case.stage, case.stage_kind, case.outcome, case.next_mark_at) == ("struck_off", "done", "solved", None)
    assert case.closed_at == NOW + timedelta(hours=4)
    assert [row.seq for row in world.log(case_id)] == list(range(1, 8))
    assert kinds(world).count("cases.case_assigned") == 1
    assert kinds(world).count("cases.case_closed") == 1
    closed = OutboxEvent.objects.get(kind="cases.case_closed").body
    assert (closed["confirmed"], closed["outcome"]) == (True, "solved")
    steps = Record.objects.all_unscoped(WHY).filter(subject_kind="case", subject_id=str(case_id))
    assert steps.count() == 7


def test_explained_is_not_solved(world: World):
    case = world.case(world.answered("explained"))
    assert case.outcome == "explained"
    assert world.act(case.pk, "enterprise", "confirm").outcome == "explained"


def test_silence_closes_by_lapse_and_is_told_from_a_confirmation(world: World):
    case_id = world.answered()
    due = world.case(case_id).due_at
    assert due == NOW + timedelta(days=10)
    commands.run_clock(actor=world.actor("system"), case_id=case_id, now=due)
    case = world.case(case_id)
    assert (case.stage, case.outcome, case.closed_at) == ("struck_off", "solved", due)
    assert OutboxEvent.objects.get(kind="cases.case_closed").body["confirmed"] is False
    assert world.log(case_id)[-1].relation == "clock silence"


def test_reopening_goes_back_to_the_holder_three_times_and_no_more(world: World):
    case_id, moment = world.answered(), NOW
    for times in range(1, 4):
        case = world.act(case_id, "enterprise", "reopen", reason="还是没电。", now=moment)
        assert (case.stage, case.outcome, case.reopened) == ("assigned", "reopened", times)
        world.act(case_id, "handler", "accept", now=moment)
        world.act(case_id, "handler", "answer", outcome="solved", reply=REPLY, now=moment)
        moment += timedelta(hours=1)
    with pytest.raises(NotAllowedError) as refused:
        world.act(case_id, "enterprise", "reopen", reason="还是没电。", now=moment)
    assert "包案" in refused.value.zh


def test_reopening_has_a_window(world: World):
    case_id = world.answered()
    world.act(case_id, "enterprise", "confirm")
    inside, after = NOW + timedelta(days=30), NOW + timedelta(days=30, seconds=1)
    with pytest.raises(NotAllowedError) as refused:
        world.act(case_id, "enterprise", "reopen", reason="还是没电。", now=after)
    assert refused.value.code == "within"
    case = world.act(case_id, "enterprise", "reopen", reason="还是没电。", now=inside)
    assert (case.stage, case.closed_at) == ("assigned", None)


def test_a_return_has_a_limit_and_then_comes_the_objection(world: World):
    case_id = world.ask()
    world.assign(case_id)
    with pytest.raises(NotAllowedError) as early:
        world.act(case_id, "handler", "objection", reason=REASON)
    assert early.value.code == "not_yet"
    case = world.act(case_id, "handler", "return", reason=REASON)
    assert (case.stage, case.holder_unit_id) == ("collected", None)
    world.assign(case_id)
    with pytest.raises(NotAllowedError) as used:
        world.act(case_id, "handler", "return", reason=REASON)
    assert used.value.code == "limit"
    assert world.act(case_id, "handler", "objection", reason=REASON).stage == "objected"
    case = world.act(case_id, "leader", "rule", unit="unit/transport", grounds="按三定方案由交通部门办理。")
    assert (case.stage, case.holder_unit_id) == ("assigned", world.unit("transport"))
    with pytest.raises(NotFoundError):
        world.act(case_id, "handler", "accept")


def test_a_return_needs_a_reason_long_enough(world: World):
    case_id = world.ask()
    world.assign(case_id)
    for given in ({}, {"reason": ""}, {"reason": "   "}, {"reason": "不归我"}):
        with pytest.raises(InvalidError) as wrong:
            world.act(case_id, "handler", "return", **given)
        assert set(wrong.value.fields) == {"reason"}
    assert world.case(case_id).stage == "assigned"


def test_on_account_is_the_leaders_word_and_is_counted_apart(world: World):
    case_id = world.handled()
    with pytest.raises(NotAllowedError):
        world.act(case_id, "handler", "suspend", reason="变电站扩容明年六月才能完成，届时再接。")
    case = world.act(case_id, "unit_leader", "suspend", reason="变电站扩容明年六月才能完成，届时再接。")
    assert (case.stage, case.stage_kind, case.outcome) == ("on_account", "waiting", "on_account")
    assert case.next_mark_at is not None
    world.act(case_id, "unit_leader", "review", progress="扩容工程已经开工。")
    case = world.act(case_id, "dispatcher", "resume")
    assert (case.stage, case.outcome) == ("handling", "")


def test_refused_with_a_reason_is_an_end_of_its_own(world: World):
    case_id = world.ask()
    case = world.act(case_id, "dispatcher", "refuse", reason="此事正在诉讼，请以判决为准，可向法院咨询。")
    assert (case.stage_kind, case.outcome) == ("done", "not_accepted")
    with pytest.raises(ConflictError):
        world.assign(case_id)


def test_withdrawn_by_whoever_asked_and_by_nobody_else(world: World):
    case_id = world.ask()
    with pytest.raises(NotAllowedError):
        world.act(case_id, "dispatcher", "withdraw")
    with pytest.raises(NotFoundError):
        world.act(case_id, "other_enterprise", "withdraw")
    assert world.act(case_id, "enterprise", "withdraw").outcome == "withdrawn"


def test_helpers_give_their_opinion_and_decide_nothing(world: World):
    case_id = world.handled()
    world.act(case_id, "handler", "join", helper="unit/economy", task="请核对用电计划。")
    case = world.act(case_id, "other_handler", "opinion", opinion="用电计划属实。")
    assert case.holder_unit_id == world.unit("power_supply")
    with pytest.raises(NotAllowedError):
        world.act(case_id, "other_handler", "answer", outcome="solved", reply=REPLY)


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("enterprise", NotAllowedError),
        ("leader", NotAllowedError),
        ("auditor", NotAllowedError),
        ("handler", NotFoundError),
        ("resident", NotFoundError),
        ("grid_worker", NotFoundError),
        ("outsider", NotFoundError),
        ("system_admin", NotFoundError),
        ("security_admin", NotFoundError),
        ("audit_admin", NotFoundError),
        ("public", NotFoundError),
    ],
)
def test_who_may_not_assign(world: World, part: str, error: type[Exception]):
    case_id = world.ask()
    with pytest.raises(error):
        world.act(case_id, part, "assign", unit="unit/power_supply")
    if error is NotFoundError:
        with pytest.raises(error):
            commands.add_note(actor=world.actor(part), case_id=case_id, text="我看看", now=NOW)
    assert world.case(case_id).last_seq == 1


def test_auditors_see_and_change_nothing(world: World):
    case_id = world.handled()
    view = world.view(case_id, "auditor")
    assert view.allowed == ()
    for action in view.process.actions:
        with pytest.raises((NotAllowedError, ConflictError, InvalidError)):
            world.act(case_id, "auditor", action)
    assert world.case(case_id).last_seq == 3


def test_what_is_no_action_is_told_so(world: World):
    case_id = world.ask()
    with pytest.raises(InvalidError) as wrong:
        world.act(case_id, "dispatcher", "no_such_thing")
    assert wrong.value.code == "no_such_action"
    for unit in ("unit/nobody", "恒拓", "'; drop table", str(world.unit("power_supply"))[:-1]):
        with pytest.raises(InvalidError) as wrong:
            world.act(case_id, "dispatcher", "assign", unit=unit)
        assert "unit" in wrong.value.fields
    with pytest.raises(InvalidError) as wrong:
        world.act(case_id, "dispatcher", "assign", unit="unit/power_supply", stage="struck_off")
    assert "stage" in wrong.value.fields


def test_a_stale_page_cannot_act(world: World):
    case_id = world.ask()
    commands.add_note(actor=world.actor("dispatcher"), case_id=case_id, text="先问一下", now=NOW)
    with pytest.raises(ConflictError):
        commands.act_on_case(
            actor=world.actor("dispatcher"),
            case_id=case_id,
            action="assign",
            answers={"unit": "unit/power_supply"},
            now=NOW,
            seq=1,
        )
    assert world.case(case_id).last_seq == 2


def test_out_of_turn_is_a_conflict_and_leaves_nothing(world: World):
    case_id = world.ask()
    before = (CaseEvent.objects.count(), OutboxEvent.objects.count(), Record.objects.all_unscoped(WHY).count())
    with pytest.raises(NotAllowedError):
        world.act(case_id, "enterprise", "assign", unit="unit/power_supply")
    with pytest.raises(ConflictError):
        world.act(case_id, "enterprise", "confirm")
    after = (CaseEvent.objects.count(), OutboxEvent.objects.count(), Record.objects.all_unscoped(WHY).count())
    assert before == after


def test_a_clock_that_runs_backwards_does_not_disturb_the_log(world: World):
    case_id = world.ask()
    world.assign(case_id, now=NOW + timedelta(hours=1))
    case = world.act(case_id, "handler", "accept", now=NOW)  # Another machine's clock is behind.
    moments = [row.at for row in world.log(case_id)]
    assert moments == sorted(moments)
    assert state_of(case)[1].seq == 3


def test_notes_inside_stay_inside_and_words_to_the_requester_do_not(world: World):
    case_id = world.handled()
    commands.add_note(actor=world.actor("handler"), case_id=case_id, text="企业此前有拖欠", now=NOW)
    commands.add_note(actor=world.actor("handler"), case_id=case_id, text="明天上午到厂", now=NOW, internal=False)
    commands.add_note(actor=world.actor("enterprise"), case_id=case_id, text="好的", now=NOW)
    shown = {part: str(world.view(case_id, part).entries) for part in ("enterprise", "handler", "auditor")}
    assert "拖欠" not in shown["enterprise"]
    assert "明天上午到厂" in shown["enterprise"]
    assert all("拖欠" in shown[part] for part in ("handler", "auditor"))
    assert world.log(case_id)[-1].internal is False, "a requester cannot write an internal note"
    for text in ("", "  ", "长" * 2001):
        with pytest.raises(InvalidError):
            commands.add_note(actor=world.actor("handler"), case_id=case_id, text=text, now=NOW)


def test_who_only_watches_over_a_case_says_nothing_to_the_requester(world: World):
    watched = world.report()
    before = world.case(watched).last_seq
    with pytest.raises(NotAllowedError, match="内部备注"):
        commands.add_note(actor=world.actor("leader"), case_id=watched, text="马上办", now=NOW, internal=False)
    commands.add_note(actor=world.actor("leader"), case_id=watched, text="请抓紧", now=NOW)
    assert world.log(watched)[-1].internal
    for internal in (True, False):
        with pytest.raises(NotAllowedError):
            commands.add_note(actor=world.actor("auditor"), case_id=watched, text="x", now=NOW, internal=internal)
    assert world.case(watched).last_seq == before + 1


def test_whoever_may_take_a_step_may_also_say_a_word(world: World):
    case_id = world.handled()
    for part in ("dispatcher", "handler", "enterprise"):
        commands.add_note(actor=world.actor(part), case_id=case_id, text=f"{part}说", now=NOW, internal=False)
        assert not world.log(case_id)[-1].internal


def test_the_public_cannot_open_what_is_not_open_to_it(world: World):
    for part in ("public", "resident", "handler", "auditor", "outsider"):
        with pytest.raises(NotAllowedError):
            world.ask(part)
    assert not Case.objects.all_unscoped(WHY).exists()
    assert world.ask("grid_worker")


def test_the_record_says_that_a_rule_assigned_what_the_public_reported(world: World):
    case_id = world.report()
    said = Record.objects.all_unscoped(WHY).order_by("id").filter(area_id=world.town("听潮", "澄湖社区"), at=NOW)
    assert list(said.values_list("action", "actor_kind")) == [
        ("places.note_place", "public"),
        ("cases.open_case", "public"),
        ("cases.assign_by_rule", "system"),
    ]
    assigned = said.get(action="cases.assign_by_rule")
    assert (assigned.subject_id, assigned.body["action"], assigned.body["rule"]) == (str(case_id), "assign", 1)
    told = OutboxEvent.objects.order_by("id").values_list("kind", "actor")
    assert list(told) == [("cases.case_opened", "public:public"), ("cases.case_assigned", "system:system")]
    log = world.log(case_id)
    assert [(one.action, one.actor_name) for one in log] == [("open", "公众"), ("assign", "系统")]
    assert world.case(case_id).holder_unit_id is not None


def test_only_the_system_assigns_by_rule(world: World):
    case_id = world.ask()
    decision = Dispatch(
        "unit/power_supply", DispatchRule(when="true", to="unit/power_supply"), 1, "因", "because", True
    )
    for part in ("public", "dispatcher", "system_admin"):
        with pytest.raises(NotAllowedError):
            commands.assign_by_rule(actor=world.actor(part), case_id=case_id, decision=decision, now=NOW)
    gone = replace(decision, unit="unit/no_longer_there")
    assert commands.assign_by_rule(actor=world.actor("system"), case_id=case_id, decision=gone, now=NOW) == case_id
    assert world.case(case_id).holder_unit_id is None
    assert not Record.objects.all_unscoped(WHY).filter(action="cases.assign_by_rule").exists()


def test_nobody_asks_in_anothers_name(world: World):
    opening = commands.Opening(
        process="snap_report",
        area_id=world.town(),
        answers={"category": "street_lamp", "what": "路灯不亮"},
        places={"place": commands.PlaceGiven(address="澄湖路")},
        requester_id=world.account("resident").pk,
    )
    for actor in (PUBLIC, world.actor("enterprise"), world.actor("auditor")):
        with pytest.raises(NotAllowedError):
            commands.open_case(actor=actor, opening=opening, now=NOW)
    case_id = commands.open_case(actor=world.actor("grid_worker"), opening=opening, now=NOW)
    assert world.case(case_id).requester_account_id == world.account("resident").pk


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"topic": "no_such"}, "topic"),
        ({"topic": ""}, "topic"),
        ({"need": ""}, "need"),
        ({"need": "短"}, "need"),
        ({"need": "长" * 2001}, "need"),
        ({"contact": "12"}, "contact"),
        ({"unknown": "x"}, "unknown"),
    ],
)
def test_a_wrong_answer_is_told_under_its_field(world: World, answers: dict, field: str):
    with pytest.raises(InvalidError) as wrong:
        world.ask(**answers)
    assert set(wrong.value.fields) == {field}
    assert wrong.value.fields[field].endswith("。")
    assert not Case.objects.all_unscoped(WHY).exists()


def test_a_case_in_an_area_where_nothing_is_open_is_not_found(world: World):
    opening = commands.Opening(process="snap_report", area_id=world.areas["abroad"], answers={})
    with pytest.raises(NotFoundError):
        commands.open_case(actor=PUBLIC, opening=opening, now=NOW)
    with pytest.raises(NotFoundError):
        commands.open_case(
            actor=PUBLIC, opening=commands.Opening(process="nothing", area_id=world.root, answers={}), now=NOW
        )


def test_the_same_submission_twice_is_one_case(world: World):
    assert world.ask(key="s") == world.ask(key="s")
    assert Case.objects.all_unscoped(WHY).count() == 1


def test_a_step_of_somebody_who_sees_a_whole_province_is_locked_within_the_same_scope(world: World) -> None:
    """A province is no column of a case: this scope is stated by Django's own compiler instead."""
    case_id = world.ask()
    province = world.area().path[0]
    dispatcher = world.actor("dispatcher")
    grants = tuple(replace(grant, area_id=province, area_path=(province,)) for grant in dispatcher.grants)
    wide = replace(dispatcher, grants=grants)
    commands.add_note(actor=wide, case_id=case_id, text="省里看过了。", now=NOW)
    assert world.case(case_id).last_seq == 2
    abroad = world.areas["abroad"]
    path = (*world.area().path[:-1], abroad)
    narrow = replace(wide, grants=tuple(replace(one, area_id=abroad, area_path=path) for one in grants))
    with pytest.raises(NoSuchCaseError):
        commands.add_note(actor=narrow, case_id=case_id, text="邻区不该看到。", now=NOW)
