"""A small district for the tests of people: two streets, a few units, and one account for each role that matters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from xirang.areas import queries as areas
from xirang.areas.commands import found_area
from xirang.foundation.actor import SYSTEM, PlainActor
from xirang.people import commands, queries
from xirang.people.models import Account

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)  # Friday 9:00 in the district.
PASSWORD = "lan-shan-9527-ok"
START = date(2020, 1, 1)
TREE = (
    ("province", "330000000000", "浙东省", None),
    ("city", "330400000000", "禾州市", "province"),
    ("county", "330402000000", "禾澜区", "city"),
    ("listen", "330402001000", "听潮街道", "county"),
    ("lake", "330402001001", "澄湖社区", "listen"),
    ("hill", "330402002000", "云岭街道", "county"),
    ("elsewhere", "330411000000", "邻区", "city"),
)


@dataclass
class District:
    """What the tests need to hand: areas, units and accounts by short names."""

    areas: dict[str, UUID] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)

    def area(self, name: str):
        return areas.get_area(self.areas[name])

    def account(self, name: str) -> Account:
        return Account.sign_ins.get(pk=self.accounts[name])

    def actor(self, name: str, now: datetime = NOW) -> PlainActor:
        return queries.actor_of(self.account(name), now=now)

    def unit(self, name: str, title: str, area: str, kind: str = "government", **more) -> UUID:
        self.units[name] = commands.create_organisation(
            actor=SYSTEM,
            kind=kind,
            name=title,
            code=name if kind != "enterprise" else "",
            area_id=self.areas[area],
            now=NOW,
            **more,
        )
        return self.units[name]

    def open(
        self, login: str, area: str, unit: str = "", roles: tuple[str, ...] = (), *, where: str = "", **more
    ) -> UUID:
        opened = commands.open_account(
            actor=SYSTEM,
            username=login,
            title_name=more.pop("title_name", login),
            area_id=self.areas[area],
            organisation_id=self.units[unit] if unit else None,
            password=PASSWORD,
            must_change_password=False,
            now=NOW,
            **more,
        )
        self.accounts[login] = opened.account_id
        for role in roles:
            commands.grant_role(
                actor=SYSTEM,
                account_id=opened.account_id,
                role=role,
                area_id=self.areas[where or area],
                now=NOW,
                valid_from=START,
            )
        return opened.account_id


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at its lowest cost: a test opens a dozen accounts."""
    for name, value in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.fixture
def district(db: None) -> District:
    """Two streets of one district, power supply and the street offices, the three administrators and some staff."""
    made = District()
    for name, code, title, parent in TREE:
        made.areas[name] = found_area(
            actor=SYSTEM,
            code=code,
            name=title,
            parent_id=made.areas[parent] if parent else None,
            valid_from=START,
            now=NOW,
        )
    made.unit("government", "禾澜区人民政府", "county")
    made.unit("power_supply", "禾澜区供电局", "county")
    made.unit("listen_office", "听潮街道办事处", "listen", "street")
    made.unit("hill_office", "云岭街道办事处", "hill", "street")
    made.unit("far_office", "邻区政府", "elsewhere")
    made.open("sys.guan", "county", "government", ("system_admin",))
    made.open("sec.guan", "county", "government", ("security_admin",))
    made.open("aud.guan", "county", "government", ("audit_admin",))
    made.open("shen.lan", "county", "power_supply", ("handler",), title_name="沈岚", name="沈岚", phone="13812342076")
    made.open("lu.yuan", "county", "power_supply", ("handler",), title_name="陆远")
    made.open("head.power", "county", "power_supply", ("unit_leader",), title_name="供电负责人")
    made.open("listen.sec", "listen", "listen_office", ("security_admin",))
    made.open("hill.worker", "hill", "hill_office", ("grid_worker",), phone="13900001111")
    made.open("far.handler", "elsewhere", "far_office", ("handler",))
    return made


@pytest.fixture
def people_records(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The records that commands leave, beside those the ledger writes."""
    from xirang.foundation import sockets

    kept: list = []
    ledger = sockets.recorder()

    def both(act) -> None:
        kept.extend((act.name, item.subject, item.body) for item in act.records)
        ledger(act)

    monkeypatch.setattr(sockets, "recorder", lambda: both)
    return SimpleNamespace(all=kept, of=lambda name: [body for action, _, body in kept if action == name])
