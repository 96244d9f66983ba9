"""No record holds a name, an address or somebody's words in plain: a log that freezes its hash could never forget."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from django.conf import settings
from openpyxl import Workbook

from tests.guards.sources import in_room, modules, shown, tree
from tests.world import NOW, PASSWORD, WHY, World, built_world, world
from tools.permissions import load_commands
from xirang.areas.commands import dissolve_area, found_area
from xirang.engines.bulletin import commands as bulletin
from xirang.engines.bulletin.spec import Notify
from xirang.engines.cases import commands as cases
from xirang.engines.cases.commands import Opening, PlaceGiven
from xirang.engines.ledger.models import Record, SealedValue
from xirang.engines.ledger.queries import verify_record
from xirang.engines.places.commands import note_place
from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.models import Delivery, OutboxEvent
from xirang.packs import commands as packs
from xirang.packs.models import PackActivation
from xirang.packs.wiring.naming import hearer_name
from xirang.people import commands as people
from xirang.people.commands import OrganisationRow
from xirang.people.logic.staff_sheet import HEADINGS
from xirang.people.models import Account, Organisation, RoleRequest, SavedView, SecuringRequest, StandIn
from xirang.project.demo.cast import CAST
from xirang.project.imports import commands as imports
from xirang.ui.commands import export_list

__all__ = ["built_world", "world"]

# What a body may say: codes, ids, numbers, dates, hashes and what the program itself chose. No blank, no Chinese.
CODE = re.compile(r"[A-Za-z0-9_.:+/-]*")
# Typed by somebody in the story below, in a shape that passes for a code; besides every word that does not.
TYPED = ("203.0.113.9", "13700001234", "13811112222", "13900005555", "wen.xiao", "new.hand", "fangxiaoxiao", "NoBody7")
# Commands that the story cannot tell on its own, with where their records are seen instead.
UNTOLD = {
    "cases.activate_process": "runs inside packs.activate_pack",
    "cases.install_process": "runs inside packs.install_pack",
    "cases.retire_process": "runs inside packs.retire_pack",
    "cases.run_clocks": "records nothing of its own: each case in the block records its act as cases.run_clock",
    "cases.switch_process": "runs inside packs.turn_switch",
    "demo.gather_cast": "built the world before the story begins, and is read with it",
    "packs.retry_delivery": "records an event's kind and a line's number; see packs/tests/test_commands_wiring.py",
    "people.rewrap_keys": "records a count; project/tests/test_vault.py reads it whole",
}
# Parts of bodies that are somebody's words wherever they stand.
WORDS = {
    "address", "because", "file", "filters", "name", "page", "phone", "purpose", "reason", "remark", "source", "text",
    "title", "username", "view",
}  # fmt: skip


def test_no_record_of_a_busy_day_holds_words(world: World) -> None:
    _tell(world)
    rows = list(Record.objects.all_unscoped(WHY).order_by("id"))
    untold = set(load_commands()) - {row.action for row in rows}
    assert untold <= set(UNTOLD), "tell in this story what the new command records"
    spoken = {(row.action, text) for row in rows for text in _texts(row) if not CODE.fullmatch(text)}
    assert spoken == set(), "what is no code goes through sealing.sealed"
    known = _known()
    plain = {(row.action, word) for row in rows for text in _texts(row) for word in known if word in text}
    assert plain == set()
    kept = set(SealedValue.objects.values_list("value", flat=True))
    assert {"澄湖路 18 号门口", "203.0.113.9", "new.hand", "回访核实情况", "恒拓名录.csv"} <= kept, "the story was told"
    assert "回访方晴" not in kept, "erased with the person"
    assert [row.action for row in rows if not verify_record(row).sound] == []


def test_what_is_somebodys_words_is_sealed_where_it_is_recorded() -> None:
    """Also where no story passes: the value behind such a word is a call of `sealed`, or no text at all."""
    found = list(_worded())
    assert len(found) > 20
    assert [place for place, value in found if not _harmless(value)] == []


def _tell(world: World) -> None:
    """One of everything that can be done, each with words that a record must not keep."""
    _life_of_cases(world)
    _accounts(world)
    _administrators(world)
    _signing(world)
    _people(world)
    _ground_and_packs(world)
    _import(world)


def _life_of_cases(world: World) -> None:
    place = PlaceGiven("恒拓精工北门", 30.1, 120.2)
    opening = Opening(
        process="enterprise_help",
        area_id=world.town(),
        answers={"topic": "space", "need": "二期厂房没有场地。"},
        places={"place": place},
        contact={"name": "沈明哲", "phone": "13700001234"},
    )
    case_id = cases.open_case(actor=world.actor("enterprise"), opening=opening, now=NOW)
    world.assign(case_id)
    world.act(case_id, "handler", "accept")
    cases.add_note(actor=world.actor("handler"), case_id=case_id, text="已电话联系沈先生 13700001234。", now=NOW)
    world.act(case_id, "handler", "answer", outcome="solved", reply="已经接通第二路电源，请查看。")
    world.act(case_id, "enterprise", "confirm", rating="4", remark="谢谢周雨桐")
    world.report()
    cases.run_clock(actor=SYSTEM, case_id=world.handled(), now=NOW + timedelta(days=60))
    cases.set_back_clock(actor=SYSTEM, case_id=case_id, error="谢谢周雨桐：这一步读不出来", now=NOW)
    where: dict[str, Any] = {"latitude": None, "longitude": None, "system": ""}
    note_place(actor=SYSTEM, area_id=world.town(), address_text="澄湖路 20 号", now=NOW, **where)
    note = Notify("有新交办", "请陈立签收。", to_account_id=world.account("handler").pk, about=("case", str(case_id)))
    message = bulletin.notify(actor=SYSTEM, notes=[note], now=NOW)[0]
    bulletin.mark_read(actor=world.actor("handler"), message_id=message, now=NOW)
    bulletin.notify(actor=SYSTEM, notes=[note], now=NOW)
    bulletin.mark_all_read(actor=world.actor("handler"), now=NOW)


def _accounts(world: World) -> None:
    area, unit = world.root, world.unit("power_supply")
    opened = people.open_account(
        actor=SYSTEM, username="new.hand", title_name="新来的", name="新来的", phone="13900005555", area_id=area,
        organisation_id=unit, now=NOW,
    )  # fmt: skip
    one = opened.account_id
    people.reset_password(actor=SYSTEM, account_id=one, now=NOW)
    people.lock_account(actor=SYSTEM, account_id=one, because="新来的已经调离", now=NOW)
    people.unlock_account(actor=SYSTEM, account_id=one, now=NOW)
    grant = people.grant_role(actor=SYSTEM, account_id=one, role="handler", area_id=area, now=NOW)
    people.end_role(actor=SYSTEM, grant_id=grant, because="新来的不再经办", now=NOW)
    people.request_role(actor=SYSTEM, account_id=one, role="handler", area_id=area, now=NOW)
    asked = list(RoleRequest.objects.filter(account_id=one).values_list("pk", flat=True))
    people.decide_role_requests(actor=SYSTEM, request_ids=asked, granted=False, now=NOW)
    world.cover(absent="unit_leader", by="colleague")
    cover = StandIn.objects.latest("id")
    people.end_stand_in(actor=world.actor("unit_leader"), stand_in_id=cover.pk, now=NOW)
    people.start_preview(
        actor=world.actor("security_admin"), account_id=world.account("handler").pk, because="核对周雨桐的权限", now=NOW
    )
    people.end_preview(actor=world.actor("security_admin"), account_id=world.account("handler").pk, now=NOW)
    book = Workbook()
    book.active.append(list(HEADINGS))
    book.active.append(["温晓", "wen.xiao", "power_supply", "13811112222", "", "", "", ""])
    book.save(file := io.BytesIO())
    people.import_staff(actor=SYSTEM, data=file.getvalue(), now=NOW)


def _administrators(world: World) -> None:
    guarded = world.account("system_admin").pk
    asking, confirming = world.actor("security_admin"), world.actor("audit_admin")
    people.request_securing(actor=asking, account_id=guarded, act="reset_password", because="姚远帆忘了口令", now=NOW)
    asked = SecuringRequest.objects.latest("id")
    people.decide_securing(actor=confirming, request_id=asked.pk, confirmed=True, now=NOW)


def _signing(world: World) -> None:
    address = "203.0.113.9"
    people.register_resident(
        actor=PUBLIC, username="fangxiaoxiao", password=PASSWORD, name="方小小", phone="13900005555",
        now=NOW,
    )  # fmt: skip
    for name, password in (("NoBody7", "x"), ("zhouyutong", "wrong"), ("zhouyutong", PASSWORD)):
        people.sign_in(actor=PUBLIC, username=name, password=password, address=address, now=NOW)
    me, issuer = world.actor("handler"), "https://id.example.org"
    for name in ("zhouyutong", "NoBody7"):
        people.sign_in_by_oidc(actor=PUBLIC, username=name, issuer=issuer, address=address, now=NOW)
    codes = pyotp.TOTP(people.start_totp(actor=me, now=NOW))
    people.confirm_totp(actor=me, code=codes.at(NOW), now=NOW)
    later = NOW + timedelta(minutes=5)
    people.sign_in_second(
        actor=PUBLIC, account_id=world.account("handler").pk, code=codes.at(later), address=address, now=later
    )
    people.disable_totp(actor=SYSTEM, account_id=world.account("handler").pk, now=later)
    people.choose_language(actor=me, language="en", now=NOW)
    people.save_view(actor=me, page="cases:mine", title="周雨桐的件", query={"q": "沈明哲"}, now=NOW)
    export_list(
        actor=me,
        listing="cases:work",
        form="xlsx",
        rows=2,
        filters="沈明哲",
        personal=True,
        purpose="回访沈明哲",
        now=NOW,
    )
    people.remove_view(actor=me, view_id=SavedView.objects.latest("id").pk, now=NOW)
    people.change_password(actor=me, old_password=PASSWORD, new_password="another-lantern-77", now=NOW)
    people.sign_out(actor=me, now=NOW)


def _people(world: World) -> None:
    person = people.create_person(actor=PUBLIC, fields={"name": "方小小", "phone": "13700001234"}, now=NOW)
    assert person
    known = world.account("resident").person_id
    guard = world.actor("security_admin")
    people.keep_fields(actor=world.actor("resident"), person_id=known, fields={"phone": "13900005555"}, now=NOW)
    colleague = world.account("handler").person_id
    for one, purpose in ((known, "回访方晴"), (colleague, "回访核实情况")):
        people.reveal_field(actor=guard, person_id=one, field="phone", purpose=purpose, now=NOW)
    people.erase_person(actor=guard, person_id=known, because="方晴本人申请", now=NOW)
    rows = [OrganisationRow("91330402MA2CTEST0X", "方晴小吃店", world.town(), address_text="听潮街 3 号")]
    people.upsert_organisations(actor=SYSTEM, rows=rows, source="市场监管名录", now=NOW)
    shop = people.create_organisation(
        actor=SYSTEM, kind="government", name="临时工作专班", code="task_force", area_id=world.root, now=NOW,
        source="区政府文件",
    )  # fmt: skip
    people.retire_organisation(actor=SYSTEM, organisation_id=shop, because="方晴已注销", now=NOW)


def _ground_and_packs(world: World) -> None:
    grid = found_area(
        actor=SYSTEM, code="339902009000", name="陈立网格", parent_id=world.root, valid_from=date(2026, 1, 1), now=NOW
    )
    dissolve_area(actor=SYSTEM, area_id=grid, successor_ids=[world.town()], on=date(2026, 12, 1), now=NOW)
    running = PackActivation.objects.get(pack="snap_report", active_to__isnull=True)
    switch = next(iter(running.version.manifest["switches"]))
    packs.turn_switch(
        actor=SYSTEM, activation_id=running.pk, switch=switch, on=False, because="许望舒会上决定", now=NOW
    )
    event = OutboxEvent.objects.create(id=uuid4(), kind="cases.case_opened", body={"number": "许望舒"}, occurred_at=NOW)
    failed = Delivery.objects.create(event=event, listener=hearer_name(running.pk, 1), last_error="许望舒不在")
    packs.retry_delivery(actor=SYSTEM, delivery_id=failed.pk, now=NOW)
    packs.retire_pack(actor=SYSTEM, pack="snap_report", area_id=world.root, now=NOW)
    packs.remove_pack(actor=SYSTEM, pack="snap_report", now=NOW)
    packs.install_pack(actor=SYSTEM, folder=settings.PACKS_ROOT / "snap_report", now=NOW)


def _import(world: World) -> None:
    options = {"area": "339902000000", "map": {"企业名称": "name"}, "source": "恒拓名录"}
    run = imports.start_import(
        actor=SYSTEM, kind="enterprises", file_name="恒拓名录.csv", file_hash="a" * 64, options=options, now=NOW
    )
    rows = [OrganisationRow("91330402MA2CTEST1Y", "沈明哲面馆", world.town())]
    imports.take_rows(actor=SYSTEM, run_id=run, rows=rows, from_line=1, next_line=2, source="恒拓名录", now=NOW)
    figures = imports.Figures(read=1, refused=0, repeated=0, warned=0)
    imports.finish_import(actor=SYSTEM, run_id=run, figures=figures, report_hash="b" * 64, now=NOW)


def _known() -> set[str]:
    """Names, user names and telephones of everybody and of every organisation, and what was typed."""
    accounts = Account.objects.all_unscoped(WHY).values_list("username", "title_name")
    names = {word for pair in accounts for word in pair if not word.startswith("erased-")}
    names |= {word for member in CAST for word in (member.name, member.phone)}
    return names | set(Organisation.objects.all_unscoped(WHY).values_list("name", flat=True)) | set(TYPED)


def _texts(row: Record) -> Iterator[str]:
    """Every text that the leaf of a record covers."""
    yield from (row.action, row.subject_kind, row.subject_id, row.actor_kind, row.actor_id, row.stands_in_for)
    yield from _texts_in(row.body)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_in(part)


def _worded() -> Iterator[tuple[str, ast.expr]]:
    """Place and value of each word of WORDS in a literal body, of every call that records."""
    for path in modules():
        if in_room(path, "commands"):
            for call in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
                if ast.unparse(call.func) in ("record", "_say"):
                    for body in (one for argument in call.args for one in ast.walk(argument)):
                        if isinstance(body, ast.Dict):
                            for key, value in zip(body.keys, body.values, strict=True):
                                if isinstance(key, ast.Constant) and key.value in WORDS:
                                    yield f"{shown(path)}:{value.lineno} {key.value}", value


def _harmless(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) or (
        isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "sealed"
    )


@pytest.mark.parametrize(
    ("body", "passes"), [("{'name': name}", False), ("{'name': sealed(name)}", True), ("{'text': True}", True)]
)
def test_the_guard_sees_what_stands_in_plain(body: str, passes: bool) -> None:
    literal = ast.parse(body, mode="eval").body
    assert isinstance(literal, ast.Dict)
    assert [_harmless(value) for value in literal.values] == [passes]
