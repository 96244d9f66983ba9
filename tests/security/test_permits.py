"""The table of permissions, tried out: every command whose roles decide is given by everybody of the cast."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
import pytest
from django.conf import settings
from django.db import transaction
from openpyxl import Workbook

from tests.world import NOW, PASSWORD, World
from tools.permissions import load_commands
from xirang.engines.bulletin.commands import notify
from xirang.engines.bulletin.spec import Notify
from xirang.engines.cases.logic.dispatching import Dispatch
from xirang.engines.cases.logic.process import DispatchRule
from xirang.engines.cases.models import ProcessVersion
from xirang.foundation.actor import SYSTEM, Grant, PlainActor, Ref
from xirang.foundation.errors import NotAllowedError, NotFoundError
from xirang.foundation.models import Delivery, OutboxEvent
from xirang.foundation.permits import ANYONE, SIGNED_IN, Permit
from xirang.foundation.short_cache import forget_all
from xirang.packs.commands import retire_pack
from xirang.packs.models import PackActivation
from xirang.packs.wiring.naming import hearer_name
from xirang.people import commands as people
from xirang.people.logic.staff_sheet import HEADINGS
from xirang.people.models import RoleGrant
from xirang.people.queries.vault import master_keys
from xirang.people.spec import ADMINISTRATORS, PLATFORM_ROLES
from xirang.project.demo.areas import DISTRICT
from xirang.project.imports.commands import Figures, start_import

Given = dict[str, Any]
COMMANDS = load_commands()
# Where anyone may, the process, the receipt or the password decides; the tests of those commands prove it.
DECIDED_BY_ROLES = {name: one for name, one in COMMANDS.items() if one.permit.roles != (ANYONE,)}
# One part for each role, and those of the same role to whom this is none of their business.
BY_ROLE = PLATFORM_ROLES
STRANGERS = ("other_leader", "outsider", "neighbour")
EVERYBODY = (*BY_ROLE, *STRANGERS, "public", "system")
# The permit asks for a role, wherever it is held.
ANYWHERE = {
    "cases.install_process",
    "imports.start_import",
    "imports.finish_import",
    "packs.install_pack",
    "packs.remove_pack",
}
# Whom it is done to: a colleague of the unit whose head is `unit_leader`.
TARGET = "colleague"
PACK = "snap_report"
REFUSALS = (NotAllowedError, NotFoundError, people.SheetHasFaultsError)


@pytest.mark.parametrize("name", sorted(DECIDED_BY_ROLES))
def test_a_command_is_carried_out_for_those_whom_its_permit_names(world: World, name: str) -> None:
    permit = DECIDED_BY_ROLES[name].permit
    common = RECIPES[name](world) if name in RECIPES else {}
    named, done = set(), set()
    for part in EVERYBODY:
        actor = _actor(world, part)
        if _expected(name, permit, part, actor):
            named.add(part)
        if _carried_out(world, name, part, actor, common):
            done.add(part)
    assert done == named


def test_every_command_that_roles_decide_is_tried() -> None:
    assert {*RECIPES, *OWN_RECIPES} == set(DECIDED_BY_ROLES)


def test_the_cast_has_every_role(world: World) -> None:
    held = {grant.role for part in BY_ROLE for grant in _actor(world, part).grants}
    assert held == set(PLATFORM_ROLES)


def _actor(world: World, part: str) -> PlainActor:
    """A part of the cast; `neighbour` is an account with both administrators' roles in the neighbouring district."""
    if part != "neighbour":
        return world.actor(part)
    abroad = world.area("abroad")
    grants = tuple(Grant(role, abroad.pk, tuple(abroad.path)) for role in ("system_admin", "security_admin"))
    return PlainActor(Ref("account", str(world.account("outsider").pk)), "邻区管理员", grants)


def _expected(name: str, permit: Permit, part: str, actor: PlainActor) -> bool:
    """What the permit says of this part, written down without the code that decides."""
    if part in ("public", "system"):
        return part in permit.roles
    if SIGNED_IN in permit.roles:
        return True
    held = {grant.role for grant in actor.grants}
    if part in STRANGERS and name not in ANYWHERE:
        return False
    return bool(held & set(permit.roles)) or bool(held & set(permit.of_unit))


def _carried_out(world: World, name: str, part: str, actor: PlainActor, common: Given) -> bool:
    """Whether the command does it for this part; whatever was done is undone."""
    with transaction.atomic():
        given = OWN_RECIPES[name](world, part, actor) if name in OWN_RECIPES else common
        try:
            COMMANDS[name](actor=actor, now=NOW, **given)
            done = True
        except REFUSALS:
            done = False
        transaction.set_rollback(True)
    forget_all()
    return done


def _account(world: World, part: str = TARGET) -> UUID:
    return world.account(part).pk


def _own(world: World, actor: PlainActor) -> UUID:
    """The actor's own account, or, for nobody's, that of the target."""
    return UUID(actor.ref.id) if actor.ref.kind == "account" else _account(world)


def _message(world: World, part: str, actor: PlainActor) -> Given:
    note = Notify("主题", "内容", to_account_id=_own(world, actor))
    return {"message_id": notify(actor=SYSTEM, notes=[note], now=NOW)[0]}


def _unread(world: World, part: str, actor: PlainActor) -> Given:
    """Something to mark: nothing is given to the command itself."""
    _message(world, part, actor)
    return {}


def _case(world: World) -> Given:
    return {"case_id": world.ask()}


def _dispatch(world: World) -> Given:
    rule = DispatchRule(when="true", to="unit/power_supply")
    return {"case_id": world.ask(), "decision": Dispatch(rule.to, rule, 1, "因为", "because", True)}


def _version(world: World) -> Given:
    row = ProcessVersion.objects.get(code=PACK)
    return {"pack": row.pack, "version_hash": row.version_hash, "document": row.document, "values": row.values}


def _imported(world: World) -> UUID:
    given = {"kind": "enterprises", "file_name": "x.csv", "file_hash": "0" * 64, "options": {}}
    return start_import(actor=SYSTEM, now=NOW, **given)


def _rows(world: World) -> list[people.OrganisationRow]:
    return [people.OrganisationRow("91330402MA2CU00005", "新办的企业有限公司", world.root)]


def _sheet(world: World) -> Given:
    book, out = Workbook(), io.BytesIO()
    for line in (HEADINGS, ("林知远", "lin.zhiyuan", "power_supply", "13811112222", "经办", DISTRICT, NOW.date(), "")):
        book.active.append(list(line))
    book.save(out)
    return {"data": out.getvalue()}


def _asked_role(world: World) -> Given:
    given = {"account_id": _account(world), "role": "grid_worker", "area_id": world.root}
    return {"request_ids": [people.request_role(actor=SYSTEM, now=NOW, **given)], "granted": True}


def _two_others(part: str) -> tuple[str, str]:
    first, second, *_ = (one for one in ADMINISTRATORS if one != part)
    return first, second


def _securing(world: World, part: str, actor: PlainActor) -> Given:
    return {"account_id": _account(world, _two_others(part)[0]), "act": "lock_account", "because": "离任"}


def _asked_securing(world: World, part: str, actor: PlainActor) -> Given:
    by = world.actor(_two_others(part)[1])
    return {
        "request_id": people.request_securing(actor=by, now=NOW, **_securing(world, part, actor)),
        "confirmed": True,
    }


def _stand_in(world: World) -> Given:
    return {
        "absent_id": _account(world),
        "substitute_id": _account(world, "unit_leader"),
        "valid_from": NOW.date(),
        "valid_to": NOW.date(),
        "because": "出差",
    }


def _covered(world: World) -> Given:
    return {"stand_in_id": people.set_stand_in(actor=SYSTEM, now=NOW, **_stand_in(world))}


def _code(world: World, part: str, actor: PlainActor) -> Given:
    if actor.ref.kind != "account":
        return {"code": "000000"}
    return {"code": pyotp.TOTP(people.start_totp(actor=actor, now=NOW)).at(NOW)}


def _view(world: World, part: str, actor: PlainActor) -> Given:
    if actor.ref.kind != "account":
        return {"view_id": uuid4()}
    return {"view_id": people.save_view(actor=actor, page="cases", title="我的", query={}, now=NOW)}


def _new_area(world: World) -> Given:
    code = f"{DISTRICT[:6]}999000"
    return {"code": code, "name": "新设街道", "parent_id": world.root, "valid_from": NOW.date()}


def _old_area(world: World) -> Given:
    area_id = COMMANDS["areas.found_area"](actor=SYSTEM, now=NOW, **_new_area(world))
    return {"area_id": area_id, "successor_ids": [], "on": (NOW + timedelta(days=1)).date()}


def _activation(world: World) -> PackActivation:
    return PackActivation.objects.get(pack=PACK, active_to__isnull=True)


def _switch(world: World) -> Given:
    return {"activation_id": _activation(world).pk, "switch": "settle_on_spot", "on": False, "because": "试行"}


def _failed(world: World) -> Given:
    """What the first line of the pack's wiring could not do when something was reported."""
    world.report()
    event = OutboxEvent.objects.get(kind="cases.case_opened")
    name = hearer_name(_activation(world).pk, 1)
    return {"delivery_id": Delivery.objects.create(event=event, listener=name, failed_at=NOW, tries=1).pk}


def _retired(world: World) -> Given:
    retire_pack(actor=SYSTEM, pack=PACK, area_id=world.root, now=NOW)
    return {"pack": PACK}


def _person(world: World, **more: Any) -> Given:
    return {"person_id": world.account(TARGET).person_id, **more}


# What a command is given, whoever gives it.
RECIPES: dict[str, Callable[[World], Given]] = {
    "areas.found_area": _new_area,
    "areas.dissolve_area": _old_area,
    "bulletin.notify": lambda world: {"notes": [Notify("主题", "内容", to_account_id=_account(world))]},
    "cases.assign_by_rule": _dispatch,
    "cases.run_clock": _case,
    "cases.run_clocks": lambda world: {},
    "cases.set_back_clock": lambda world: _case(world) | {"error": "x"},
    "cases.install_process": _version,
    "cases.activate_process": lambda world: {
        "version_id": ProcessVersion.objects.get(code=PACK).pk,
        "area_id": world.root,
        "switches": {},
    },
    "cases.switch_process": lambda world: {"code": PACK, "area_id": world.root, "switches": {}},
    "cases.retire_process": lambda world: {"code": PACK, "area_id": world.root},
    "demo.gather_cast": lambda world: {
        "areas": world.areas,
        "organisations": world.organisations,
        "password": PASSWORD,
    },
    "imports.start_import": lambda world: {
        "kind": "enterprises",
        "file_name": "x.csv",
        "file_hash": "1" * 64,
        "options": {},
    },
    "imports.take_rows": lambda world: {
        "run_id": _imported(world),
        "rows": _rows(world),
        "from_line": 1,
        "next_line": 2,
        "source": "登记",
    },
    "imports.finish_import": lambda world: {
        "run_id": _imported(world),
        "figures": Figures(0, 0, 0, 0),
        "report_hash": "0" * 64,
    },
    "packs.install_pack": lambda world: {"folder": settings.PACKS_ROOT / PACK},
    "packs.activate_pack": lambda world: {"pack": PACK, "area_id": world.root},
    "packs.retire_pack": lambda world: {"pack": PACK, "area_id": world.root},
    "packs.turn_switch": _switch,
    "packs.retry_delivery": _failed,
    "packs.remove_pack": _retired,
    "people.create_organisation": lambda world: {
        "kind": "government",
        "name": "新设单位",
        "code": "new_unit",
        "area_id": world.root,
    },
    "people.upsert_organisations": lambda world: {"rows": _rows(world), "source": "登记"},
    "people.retire_organisation": lambda world: {"organisation_id": world.unit("power_supply"), "because": "撤销"},
    "people.open_account": lambda world: {
        "username": "xin.ren",
        "title_name": "新人",
        "name": "新人",
        "area_id": world.root,
    },
    "people.import_staff": _sheet,
    "people.request_role": lambda world: {"account_id": _account(world), "role": "grid_worker", "area_id": world.root},
    "people.decide_role_requests": _asked_role,
    "people.grant_role": lambda world: {"account_id": _account(world), "role": "grid_worker", "area_id": world.root},
    "people.end_role": lambda world: {"grant_id": RoleGrant.objects.get(account_id=_account(world)).pk},
    "people.reset_password": lambda world: {"account_id": _account(world)},
    "people.lock_account": lambda world: {"account_id": _account(world), "because": "调离"},
    "people.unlock_account": lambda world: {"account_id": _account(world)},
    "people.disable_totp": lambda world: {"account_id": _account(world)},
    "people.set_stand_in": _stand_in,
    "people.end_stand_in": _covered,
    "people.start_preview": lambda world: {"account_id": _account(world), "because": "核对页面"},
    "people.keep_fields": lambda world: _person(world, fields={"phone": "13811112222"}),
    "people.reveal_field": lambda world: _person(world, field="name", purpose="回访诉求人"),
    "people.erase_person": lambda world: _person(world, because="本人申请"),
    "people.rewrap_keys": lambda world: {"master": master_keys()},
    "people.change_password": lambda world: {"old_password": PASSWORD, "new_password": "willow-harbour-7734"},
    "people.choose_language": lambda world: {"language": "en"},
    "people.start_totp": lambda world: {},
    "people.save_view": lambda world: {"page": "cases", "title": "我的", "query": {}},
    "people.sign_out": lambda world: {},
    "ui.export_list": lambda world: {
        "listing": "cases:work",
        "form": "csv",
        "rows": 3,
        "filters": "",
        "personal": False,
        "purpose": "",
    },
}
# What a command is given by this part, which is about the actor's own account or about two others.
OWN_RECIPES: dict[str, Callable[[World, str, PlainActor], Given]] = {
    "bulletin.mark_read": _message,
    "bulletin.mark_all_read": _unread,
    "people.request_securing": _securing,
    "people.decide_securing": _asked_securing,
    "people.end_preview": lambda world, part, actor: {"account_id": _own(world, actor)},
    "people.confirm_totp": _code,
    "people.remove_view": _view,
}
