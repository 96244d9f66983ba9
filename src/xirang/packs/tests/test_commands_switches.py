"""Switches as a district turns them: at once, for new cases and running ones, and nothing of the past is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.world import NOW, World
from xirang.engines.cases import commands as cases
from xirang.engines.cases import queries
from xirang.engines.cases.commands import Opening
from xirang.engines.cases.models import Activation
from xirang.engines.cases.queries.replaying import state_of
from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.errors import InvalidError, NotAllowedError, NotFoundError
from xirang.packs.checking.loader import check_pack
from xirang.packs.cli.scaffold import make_pack
from xirang.packs.commands import activate_pack, install_pack, retire_pack, turn_switch
from xirang.packs.models import PackActivation, SwitchChange

SWITCHES = """\
switches:
  ask_colour: {title: {zh: 问颜色, en: Ask for the colour}, default: on}
  ask_rating: {title: {zh: 请评价, en: Ask for a rating}, default: on}
  hand_back: {title: {zh: 当场归还, en: Hand back at once}, default: on}
"""
COLOUR = """\
  colour: {kind: choice, title: {zh: 颜色, en: Colour}, choices: {red: {zh: 红, en: Red}}, switch: ask_colour}
"""
ACTIONS = """\
  hand_back:
    title: {zh: 当场归还, en: Hand back}
    from: handling
    to: closed
    by: holder
    outcome: solved
    switch: hand_back
  again:
    title: {zh: 又丢了, en: Lost again}
    from: closed
    to: handling
    by: requester
    asks:
      rating: {kind: rating, title: {zh: 请评价, en: Rating}, switch: ask_rating}
    note: reply
    outcome: reopened
"""


def lost_found(folder: Path) -> Path:
    """A pack of our own, so that no pack of the house needs to be there."""
    pack = make_pack(folder, "lost_found", "失物招领", "Lost and found")
    with (pack / "pack.yaml").open("a", encoding="utf-8") as manifest:
        manifest.write(SWITCHES)
    text = (pack / "cases.yaml").read_text(encoding="utf-8")
    text = text.replace("open_to: [resident, dispatcher]", "open_to: anyone\nservice_code: LF01")
    text = text.replace("\nstages:", f"{COLOUR}\nstages:").replace("\nclocks:", f"{ACTIONS}\nclocks:")
    text = text.replace("    stops: answer\n", "    stops: [answer, hand_back]\n")
    (pack / "cases.yaml").write_text(text, encoding="utf-8")
    assert check_pack(pack).findings == ()
    return pack


@dataclass
class Found:
    """The pack at work in the world's district."""

    world: World
    folder: Path
    activation_id: UUID

    def turn(self, switch: str, *, on: bool = False, activation_id: UUID | None = None) -> None:
        admin = self.world.actor("system_admin")
        chosen = activation_id or self.activation_id
        turn_switch(actor=admin, activation_id=chosen, switch=switch, on=on, because="区里决定", now=NOW)

    def open(self, town: str = "听潮", **answers: Any) -> UUID:
        opening = Opening("lost_found", self.world.town(town), {"what": "黑色雨伞", **answers})
        return cases.open_case(actor=PUBLIC, opening=opening, now=NOW)

    def handled(self, town: str = "听潮", **answers: Any) -> UUID:
        case_id = self.open(town, **answers)
        self.world.assign(case_id)
        return case_id

    def offered(self, case_id: UUID, part: str) -> list[str]:
        return [action.code for action in self.world.view(case_id, part).allowed]


@pytest.fixture
def found(world: World, tmp_path: Path) -> Found:
    folder = lost_found(tmp_path)
    install_pack(actor=SYSTEM, folder=folder, now=NOW)
    return Found(world, folder, activate_pack(actor=SYSTEM, pack="lost_found", area_id=world.root, now=NOW))


def form_of(client: Client) -> str:
    return client.get("/ask/lost_found/").content.decode()


def test_a_field_that_is_switched_off_is_asked_at_no_door(found: Found) -> None:
    visitor = Client()
    assert 'name="colour"' in form_of(visitor)
    assert [one["code"] for one in visitor.get("/api/services/lost_found").json()["fields"]] == ["what", "colour"]
    assert "colour" in visitor.get("/open311/services/LF01.json").content.decode()
    found.turn("ask_colour")
    assert 'name="colour"' not in form_of(visitor), "at once, without a restart"
    assert [one["code"] for one in visitor.get("/api/services/lost_found").json()["fields"]] == ["what"]
    assert "colour" not in visitor.get("/open311/services/LF01.json").content.decode()
    with pytest.raises(InvalidError) as refused:
        found.open(colour="red")
    assert refused.value.fields == {"colour": "没有这一栏。"}
    assert found.world.case(found.open()).fields == {"what": "黑色雨伞"}
    found.turn("ask_colour", on=True)
    assert 'name="colour"' in form_of(visitor)
    assert found.world.case(found.open(colour="red")).fields["colour"] == "red"


def test_an_action_that_is_switched_off_is_offered_to_nobody_and_refused(found: Found) -> None:
    case_id = found.handled()
    clerk = found.world.client("handler")
    row = f'data-x-row="{case_id}" data-x-bulk="hand_back"'
    assert found.offered(case_id, "handler") == ["answer", "hand_back"]
    assert row in clerk.get("/work/").content.decode()
    assert clerk.get(f"/cases/{case_id}/act/hand_back/").status_code == 200
    found.turn("hand_back")
    assert found.offered(case_id, "handler") == ["answer"]
    shown = clerk.get("/work/").content.decode()
    assert str(case_id) in shown
    assert row not in shown
    for answer in (clerk.get(f"/cases/{case_id}/act/hand_back/"), clerk.post(f"/cases/{case_id}/act/hand_back/")):
        assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case_id}/")
    told = clerk.post("/work/bulk/hand_back/", {"ids": [str(case_id)]}, follow=True).content.decode()
    assert "“当场归还”在本区没有启用。" in told
    with pytest.raises(NotAllowedError) as refused:
        found.world.act(case_id, "handler", "hand_back")
    assert (refused.value.code, refused.value.zh) == ("switch", "“当场归还”在本区没有启用。")
    assert found.world.case(case_id).stage == "handling"
    assert clerk.get(f"/cases/{case_id}/act/nonsense/").status_code == 404


def test_what_was_answered_stays_in_the_history_and_the_log_replays(found: Found) -> None:
    case_id = found.handled(colour="red")
    found.world.act(case_id, "handler", "hand_back")
    receipt = queries.receipt_actor(case_id)
    cases.act_on_case(actor=receipt, case_id=case_id, action="again", answers={"rating": "4"}, now=NOW)
    for switch in ("ask_colour", "ask_rating", "hand_back"):
        found.turn(switch)
    view = queries.get_case_view(actor=receipt, case_id=case_id, now=NOW + timedelta(hours=1))
    assert [(one.title, one.text) for one in view.fields] == [("要办什么", "黑色雨伞"), ("颜色", "红")]
    assert [entry.title for entry in view.entries] == ["又丢了", "当场归还", "交办", "提交"]
    assert [(one.title, one.text) for one in view.entries[0].answers] == [("请评价", "4 / 5")]
    row = found.world.case(case_id)
    _, state = state_of(row)
    assert (state.stage, state.reopened, state.rating) == (row.stage, row.reopened, 4) == ("handling", 1, 4)
    assert found.world.client("handler").get(f"/cases/{case_id}/").status_code == 200
    found.world.act(case_id, "handler", "answer", outcome="solved", reply="已经找到。")
    again = next(one for one in queries.get_case_view(actor=receipt, case_id=case_id, now=NOW).allowed)
    assert (again.code, list(again.asks)) == ("again", [])
    with pytest.raises(InvalidError):
        cases.act_on_case(actor=receipt, case_id=case_id, action="again", answers={"rating": "4"}, now=NOW)


def test_the_nearest_activation_decides(found: Found) -> None:
    here, there = found.handled("听潮"), found.handled("南埠")
    own = activate_pack(
        actor=SYSTEM, pack="lost_found", area_id=found.world.town("听潮"), now=NOW, switches={"hand_back": False}
    )
    assert (found.offered(here, "handler"), found.offered(there, "handler")) == (["answer"], ["answer", "hand_back"])
    found.turn("hand_back")
    found.turn("hand_back", on=True, activation_id=own)
    assert (found.offered(here, "handler"), found.offered(there, "handler")) == (["answer", "hand_back"], ["answer"])


def test_after_retirement_switches_stand_as_last_known(found: Found) -> None:
    case_id = found.handled()
    found.turn("hand_back")
    retire_pack(actor=SYSTEM, pack="lost_found", area_id=found.world.root, now=NOW)
    assert found.offered(case_id, "handler") == ["answer"]
    with pytest.raises(NotFoundError):
        found.turn("hand_back", on=True)


def test_a_newer_version_without_the_switch_turns_nothing_on_for_older_cases(found: Found) -> None:
    case_id = found.handled()
    found.turn("hand_back")
    for file, old, new in (
        ("pack.yaml", "  hand_back: {title: {zh: 当场归还, en: Hand back at once}, default: on}\n", ""),
        ("cases.yaml", "    switch: hand_back\n", ""),
    ):
        text = (found.folder / file).read_text(encoding="utf-8")
        assert old in text
        (found.folder / file).write_text(text.replace(old, new), encoding="utf-8")
    later = NOW + timedelta(hours=1)
    install_pack(actor=SYSTEM, folder=found.folder, now=later)
    activate_pack(actor=SYSTEM, pack="lost_found", area_id=found.world.root, now=later)
    assert found.offered(case_id, "handler") == ["answer"]
    assert found.offered(found.handled(), "handler") == ["answer", "hand_back"]


def test_turning_is_written_to_pack_and_process_and_only_an_administrator_may(found: Found) -> None:
    found.turn("ask_rating")
    whole = {"ask_colour": True, "ask_rating": False, "hand_back": True}
    assert PackActivation.objects.get(pk=found.activation_id).switches == whole
    assert Activation.objects.get(code="lost_found", active_to__isnull=True).switches == whole
    assert SwitchChange.objects.get(activation_id=found.activation_id).because == "区里决定"
    for part in ("dispatcher", "leader", "security_admin", "public"):
        with pytest.raises(NotAllowedError):
            cases.switch_process(
                actor=found.world.actor(part), code="lost_found", area_id=found.world.root, switches={}, now=NOW
            )
    with pytest.raises(InvalidError):
        turn_switch(
            actor=found.world.actor("system_admin"),
            activation_id=found.activation_id,
            switch="hand_back",
            on=False,
            because=" ",
            now=NOW,
        )
    assert Activation.objects.get(code="lost_found", active_to__isnull=True).switches == whole


def test_the_foot_of_every_page_leads_to_complaints_once_such_a_pack_is_open(world: World, tmp_path: Path) -> None:
    link = 'href="/ask/complaint/"'
    assert link not in Client().get("/").content.decode()
    folder = make_pack(tmp_path, "complaint", "意见与投诉", "Complaints")
    cases = (folder / "cases.yaml").read_text("utf-8")
    (folder / "cases.yaml").write_text(f"{cases}serves: complaints\n", "utf-8")
    install_pack(actor=SYSTEM, folder=folder, now=NOW)
    activate_pack(actor=SYSTEM, pack="complaint", area_id=world.root, now=NOW)
    for address in ("/", "/ask/", "/track/", "/about/accessibility/"):
        assert link in Client().get(address).content.decode(), address
