"""One small district with a named cast by role, built by commands alone, for every test that needs somebody to act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import close_old_connections, connection, connections, transaction
from django.test import Client
from django.utils import translation

from tests import databases
from tests.engines import bring
from xirang.areas.models import Area
from xirang.engines.cases import commands as cases
from xirang.engines.cases import queries
from xirang.engines.cases.commands import Opening, PlaceGiven
from xirang.engines.cases.models import Case, CaseEvent
from xirang.foundation.actor import PUBLIC, SYSTEM, PlainActor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.pages import now as clock
from xirang.foundation.permits import Permit
from xirang.foundation.short_cache import forget_all
from xirang.foundation.sockets import Listener
from xirang.packs.commands import activate_pack, install_pack
from xirang.people import commands as people
from xirang.people.middleware import begin_marks
from xirang.people.models import Account
from xirang.people.queries import actor_of, is_office
from xirang.project.demo.areas import DISTRICT, code_of, found_ground
from xirang.project.demo.cast import CAST
from xirang.project.demo.commands import gather_cast
from xirang.project.demo.firms import found_firms, found_units
from xirang.project.keeping.postgres import EmbeddedPostgres

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)  # A Friday, nine o'clock in the district.
SINCE = NOW - timedelta(days=90)
PASSWORD = "reed-lantern-5521"
PHONE = "13987650042"
# The cast lives by these packs; without one of them the tests with the fixture `world` are skipped.
PACKS = ("enterprise_help", "snap_report")
WHY = "a test looks at everything"
THING = Ref("thing", "1")
ANYBODY = Permit(("anyone",), "a trial of the tests")
# Who plays which part; the user names are those of the demo district.
PARTS = {
    "enterprise": "shenmingzhe",
    "other_enterprise": "qiaojin",
    "dispatcher": "hejing",
    "handler": "zhouyutong",
    "unit_leader": "luyifan",
    "colleague": "linxiao",
    "other_handler": "wujianing",
    "other_leader": "qiyuanshan",
    "road_handler": "tanghe",
    "street_handler": "niuben",
    "leader": "xuwangshu",
    "grid_worker": "chenli",
    "resident": "fangqing",
    "auditor": "gumo",
    "system_admin": "xitong",
    "security_admin": "anquan",
    "audit_admin": "shenji",
    "outsider": "waiqu",
}


@dataclass
class World:
    """The district by short names: areas and units by code, firms by name, accounts by the part they play."""

    areas: dict[str, UUID]
    organisations: dict[str, UUID]
    accounts: dict[str, UUID] = field(default_factory=dict)

    @property
    def root(self) -> UUID:
        """The district itself."""
        return self.areas[DISTRICT]

    def area(self, code: str = DISTRICT) -> Area:
        return Area.objects.get(pk=self.areas[code])

    def town(self, short: str = "听潮", village: str = "") -> UUID:
        """The id of a street by its short name, or of one of its communities."""
        return self.areas[code_of(short, village)]

    def unit(self, code: str) -> UUID:
        return self.organisations[code]

    def account(self, part: str) -> Account:
        return Account.sign_ins.get(pk=self.accounts[PARTS.get(part, part)])

    def actor(self, part: str, now: datetime = NOW) -> PlainActor:
        """The actor that plays a part; `system` and `public` are nobody's account."""
        if part in ("system", "public"):
            return SYSTEM if part == "system" else PUBLIC
        return actor_of(self.account(part), now=now)

    def client(self, part: str = "", **options: Any) -> Client:
        """A browser, signed in as somebody or, without a part, of the public."""
        client = Client(**options)
        if part:
            account, now = self.account(part), clock()
            client.force_login(account)
            session = client.session
            begin_marks(session, office=is_office(actor_of(account, now=now)), now=now)
            session.save()
        return client

    def receipt_client(self, case_id: UUID) -> Client:
        """A browser of the public that has shown the receipt of a case."""
        client = Client()
        session = client.session
        session["receipts"] = [str(case_id)]
        session.save()
        return client

    def ask(self, part: str = "enterprise", *, now: datetime = NOW, key: str | None = None, **answers: Any) -> UUID:
        """Open an enterprise's request."""
        given = {"topic": "space", "need": "二期厂房没有场地，想找三千平方米。", **answers}
        opening = Opening(process="enterprise_help", area_id=self.town(), answers=given)
        return cases.open_case.once(key, actor=self.actor(part, now), opening=opening, now=now)

    def report(self, part: str = "public", *, now: datetime = NOW, **answers: Any) -> UUID:
        """Open a snap report."""
        given = {"category": "street_lamp", "what": "路灯三天没有亮。", **answers}
        opening = Opening(
            process="snap_report",
            area_id=self.town("听潮", "澄湖社区"),
            answers=given,
            places={"place": PlaceGiven(address="澄湖路 18 号门口")},
        )
        return cases.open_case(actor=self.actor(part, now), opening=opening, now=now)

    def act(self, case_id: UUID, part: str, action: str, *, now: datetime = NOW, **answers: Any) -> Case:
        """Take one step and return the row afterwards."""
        cases.act_on_case(actor=self.actor(part, now), case_id=case_id, action=action, answers=answers, now=now)
        return self.case(case_id)

    def assign(self, case_id: UUID, unit: str = "power_supply", *, now: datetime = NOW) -> Case:
        return self.act(case_id, "dispatcher", "assign", now=now, unit=f"unit/{unit}")

    def cover(self, *, absent: str, by: str) -> None:
        """Let one colleague stand in for another from today for three more days."""
        people.set_stand_in(
            actor=self.actor("unit_leader"),
            absent_id=self.account(absent).pk,
            substitute_id=self.account(by).pk,
            valid_from=NOW.date(),
            valid_to=(NOW + timedelta(days=3)).date(),
            because="出差",
            now=NOW,
        )

    def open_pack(self, pack: str, *, now: datetime = NOW) -> None:
        """Install one more pack and open it in the district."""
        install_pack(actor=SYSTEM, folder=settings.PACKS_ROOT / pack, now=now)
        activate_pack(actor=SYSTEM, pack=pack, area_id=self.root, now=now)

    def handled(self, *, now: datetime = NOW) -> UUID:
        """A request that the power supply has accepted."""
        case_id = self.ask(now=now)
        self.assign(case_id, now=now)
        self.act(case_id, "handler", "accept", now=now)
        return case_id

    def answered(self, outcome: str = "solved", *, now: datetime = NOW) -> UUID:
        case_id = self.handled(now=now)
        self.act(case_id, "handler", "answer", now=now, outcome=outcome, reply="已经接通第二路电源，请查看。")
        return case_id

    def case(self, case_id: UUID) -> Case:
        return Case.objects.all_unscoped(WHY).select_related("area", "process").get(pk=case_id)

    def log(self, case_id: UUID) -> list[CaseEvent]:
        return list(CaseEvent.objects.filter(case_id=case_id).order_by("seq"))

    def view(self, case_id: UUID, part: str, now: datetime = NOW) -> queries.CaseView:
        return queries.get_case_view(actor=self.actor(part, now), case_id=case_id, now=now)


def build(now: datetime = SINCE) -> World:
    """Everything, within the running transaction or for good."""
    areas = found_ground(now)
    organisations = found_units(areas, now) | found_firms(areas, now)
    gather_cast(actor=SYSTEM, areas=areas, organisations=organisations, password=PASSWORD, now=now)
    made = World(areas, organisations)
    _enter(made, "linxiao", "林晓", "handler", "power_supply", DISTRICT, now)
    _abroad(made, now)
    rows = Account.objects.all_unscoped(WHY).filter(username__in=[*(m.username for m in CAST), "linxiao", "waiqu"])
    made.accounts = dict(rows.values_list("username", "pk"))
    for pack in PACKS:
        made.open_pack(pack, now=now)
    forget_all()
    return made


def _abroad(made: World, now: datetime) -> None:
    """A dispatcher of the neighbouring district: whatever that person sees here is a leak."""
    from xirang.areas.commands import found_area

    made.areas["abroad"] = found_area(
        actor=SYSTEM,
        code="339903000000",
        name="邻澜区",
        parent_id=made.areas["339900000000"],
        valid_from=date(2021, 1, 1),
        now=now,
    )
    made.organisations["abroad_office"] = people.create_organisation(
        actor=SYSTEM, kind="government", name="邻澜区政府", code="abroad_office", area_id=made.areas["abroad"], now=now
    )
    _enter(made, "waiqu", "外区", "dispatcher", "abroad_office", "abroad", now)


def _enter(made: World, username: str, name: str, role: str, unit: str, area: str, now: datetime) -> None:
    opened = people.open_account(
        actor=SYSTEM,
        username=username,
        title_name=name,
        name=name,
        area_id=made.areas[area],
        organisation_id=made.organisations[unit],
        password=PASSWORD,
        must_change_password=False,
        now=now,
    )
    people.grant_role(
        actor=SYSTEM,
        account_id=opened.account_id,
        role=role,
        area_id=made.areas[area],
        organisation_id=made.organisations[unit],
        valid_from=now.date(),
        now=now,
    )


@pytest.fixture(scope="module")
def built_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world once for a module, in a transaction that is rolled back at the module's end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built_world: World, db: None) -> World:
    """The district and its cast; what a test changes is undone."""
    translation.activate(settings.LANGUAGE_CODE)  # Whoever read English before leaves it behind in this thread.
    return built_world


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: Any, postgres: EmbeddedPostgres, template: str
) -> Iterator[str]:
    """A database of the test's own with real commits, for threads and crashes; it is thrown away afterwards."""
    name = databases.clone(postgres, template, "own")
    before = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        _use(name)
        forget_all()
        yield name
        connection.close()
        _use(before)
    forget_all()
    databases.drop(postgres, name)


def _use(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    connections.settings["default"]["NAME"] = name


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own with a connection of its own; returns results or the exceptions raised."""
    import threading

    results: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[place] = work()
        except Exception as error:  # The test asks what went wrong, whatever it was.
            results[place] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


class Told:
    """A listener that remembers what it heard, and fails where it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str = "told") -> None:
        self.heard: list[tuple[Any, Any]] = []
        self.fails: Callable[[Any], bool] = lambda event: False
        bring(monkeypatch, Listener(name, self))

    def __call__(self, event: Any, delivered: Any) -> None:
        if self.fails(event):
            raise RuntimeError("this listener was told to fail")
        self.heard.append((event, delivered))


@command("Trial", permit=ANYBODY)
def note_something(
    *, actor: Any, now: datetime, body: Mapping[str, Any], area_id: UUID | None = None, subject: Ref = THING
) -> str:
    """The smallest command: it records what it is given."""
    record(subject, dict(body), area_id=area_id)
    return "noted"
