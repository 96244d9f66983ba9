"""The demo district: whole, invented, the same on every machine, and made only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction

from xirang.areas.models import Area
from xirang.areas.spec import Level
from xirang.engines.cases.models import Case, CaseEvent
from xirang.engines.cases.queries.replaying import state_of
from xirang.engines.ledger.models import Record
from xirang.foundation.calendar import WorkingCalendar
from xirang.foundation.models import OutboxEvent
from xirang.people.logic.credit_code import check_credit_code
from xirang.people.models import Account, Organisation, RoleGrant, VaultEntry
from xirang.people.spec import ADMINISTRATORS, PLATFORM_ROLES, RESERVED_USERNAMES
from xirang.project import demo
from xirang.project.demo.cast import CAST
from xirang.project.demo.password import demo_password
from xirang.project.demo.seeding import found_district, tell
from xirang.project.demo.stories import Story, stories
from xirang.project.keeping import accounts, health
from xirang.project.running.prepare import forget_demo_password

FRIDAY = datetime(2026, 9, 18, 8, 30, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
WHY = "a test looks at everything"
needs_packs = pytest.mark.packs(*sorted({story.request.process for story in stories()}))


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The district once for the whole module, in a transaction that is rolled back at its end.

    Its first start broke off after five stories: what the tests find is what the second start has finished.
    """
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        life = found_district(FRIDAY)
        for story in _tellable()[:5]:
            tell(life, story, FRIDAY, WorkingCalendar())
        demo.seed(FRIDAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def district(seeded: None, db: None) -> None:
    """The demo district on a Friday; what a test changes is undone."""


def _tellable() -> list[Story]:
    """The stories of packs that are at hand."""
    return [story for story in stories() if (settings.PACKS_ROOT / story.request.process / "pack.yaml").exists()]


def cases():
    return Case.objects.all_unscoped(WHY)


# The tests that make a district of their own come first, before the shared one is there.


def test_without_any_pack_ground_units_firms_and_cast_stand_all_the_same(db, settings, tmp_path):
    settings.PACKS_ROOT = tmp_path
    demo.seed(FRIDAY)
    assert cases().count() == 0
    levels = Counter(Area.objects.values_list("level", flat=True))
    assert (levels[Level.TOWN.value], levels[Level.VILLAGE.value], levels[Level.GRID.value]) == (4, 20, 34)
    assert Account.objects.all_unscoped(WHY).count() == len(CAST)


@pytest.mark.slow
@needs_packs
def test_forty_cases_have_a_past_and_stand_in_many_stages_also_on_a_saturday_night(db):
    demo.seed(SATURDAY_NIGHT)
    _have_a_past(SATURDAY_NIGHT)


@needs_packs
def test_what_an_interrupted_start_left_is_finished(district, django_assert_max_num_queries):
    assert cases().count() == len(list(stories()))
    with django_assert_max_num_queries(1):
        demo.seed(FRIDAY)


def test_no_code_belongs_to_anybody(district):
    rows = Organisation.objects.all_unscoped(WHY).filter(credit_code__isnull=False)
    assert rows.count() == 60
    for code in rows.values_list("credit_code", flat=True):
        assert check_credit_code(code).ok
        assert code[2:8] == "339902"
    assert rows.filter(staff_count__gte=1000).count() >= 2
    assert not Organisation.objects.all_unscoped(WHY).filter(is_demo=False).exists()
    assert all(area.code.startswith(("33000", "3399")) for area in Area.objects.all())


def test_every_platform_role_is_played_and_no_name_is_a_tempting_one(district):
    assert set(RoleGrant.objects.values_list("role", flat=True)) == set(PLATFORM_ROLES)
    assert not {one.username for one in CAST} & set(RESERVED_USERNAMES)
    administrators = RoleGrant.objects.filter(role__in=ADMINISTRATORS).values_list("account_id", flat=True)
    assert len(set(administrators)) == len(administrators) == 3


def test_names_of_the_public_lie_in_the_vault_alone(district):
    assert VaultEntry.objects.filter(field="name").count() == len(CAST)
    shown = set(Account.objects.all_unscoped(WHY).values_list("title_name", flat=True))
    for member in CAST:
        if not member.unit:
            assert not any(member.name in title for title in shown)


def test_one_password_made_here_opens_every_account(district):
    told = demo.identities()
    word = demo_password()
    assert len(told) == 11
    assert {row[2] for row in told} == {word}
    assert all(row[3] for row in told)
    encoded = Account.objects.all_unscoped(WHY).get(username=told[0][1]).password
    assert encoded.startswith("argon2")
    assert check_password(word, encoded)
    path = settings.VAR / "demo-password"
    assert path.stat().st_mode & 0o077 == 0


def test_outside_demo_mode_nobody_is_shown(district, settings):
    settings.DEMO = False
    assert demo.identities() == []


def open_demo_accounts():
    return Account.objects.all_unscoped(WHY).filter(is_demo=True, is_active=True).count()


def test_outside_demo_mode_the_password_is_deleted_and_the_doctor_asks_to_lock_the_accounts(
    district, settings, monkeypatch, tmp_path
):
    settings.VAR, path = tmp_path, tmp_path / "demo-password"
    demo_password()
    forget_demo_password()
    assert path.exists(), "in demo mode it stays"
    assert list(health.examine_demo_accounts(connection.connection)) == []
    settings.DEMO = False
    monkeypatch.setenv("XIRANG_DEMO", "0")
    forget_demo_password()
    assert not path.exists()
    [(level, said, _english)] = health.examine_demo_accounts(connection.connection)
    assert level == "WRONG"
    assert f"{open_demo_accounts()} 个演示账号" in said
    assert accounts.lock_demo(FRIDAY) == 0
    assert open_demo_accounts() == 0
    assert list(health.examine_demo_accounts(connection.connection)) == []
    assert Record.objects.all_unscoped(WHY).filter(action="people.lock_account", actor_kind="system").exists()


def test_a_changed_password_is_not_told(district):
    row = Account.objects.all_unscoped(WHY).get(username=CAST[0].username)
    row.set_password("something-else-entirely")
    row.save(update_fields=["password"])
    assert demo_password() not in str(demo.identities())


@needs_packs
def test_forty_cases_have_a_past_and_stand_in_many_stages(district):
    _have_a_past(FRIDAY)


def _have_a_past(now: datetime) -> None:
    assert cases().count() == len(list(stories())) >= 40
    stages = Counter(cases().filter(process_code="enterprise_help").values_list("stage", flat=True))
    assert set(stages) >= {
        "collected",
        "assigned",
        "handling",
        "waiting",
        "answered",
        "on_account",
        "struck_off",
        "refused",
        "withdrawn",
        "objected",
    }
    assert set(cases().values_list("outcome", flat=True)) >= {"solved", "explained", "on_account", "reopened"}
    assert not cases().filter(opened_at__gt=now).exists()
    assert not CaseEvent.objects.filter(at__gt=now).exists()
    assert not cases().filter(next_mark_at__lte=now).exists()
    assert not cases().filter(is_demo=False).exists()


@needs_packs
def test_replaying_each_log_gives_the_row_and_office_steps_keep_office_hours(district):
    calendar = WorkingCalendar()
    for case in cases():
        _, state = state_of(case)
        assert (state.stage, state.due_at, state.outcome) == (case.stage, case.due_at, case.outcome)
    office = CaseEvent.objects.filter(kind="acted", actor_kind="account").exclude(relation="requester")
    assert office.exists()
    # A step may fall on the very last moment of the day, where the office time it needed ends.
    assert all(calendar.is_working_time(event.at - timedelta(seconds=1)) for event in office)


@needs_packs
def test_a_second_time_changes_nothing(district):
    before = (
        cases().count(),
        CaseEvent.objects.count(),
        Record.objects.all_unscoped(WHY).count(),
        OutboxEvent.objects.count(),
    )
    demo.seed(FRIDAY + timedelta(days=3))
    assert before == (
        cases().count(),
        CaseEvent.objects.count(),
        Record.objects.all_unscoped(WHY).count(),
        OutboxEvent.objects.count(),
    )


@needs_packs
def test_a_retired_pack_stays_retired(district):
    from xirang.foundation.actor import SYSTEM
    from xirang.packs.commands import retire_pack
    from xirang.packs.models import PackActivation
    from xirang.project.demo.areas import DISTRICT

    area = Area.objects.get(code=DISTRICT)
    retire_pack(actor=SYSTEM, pack="snap_report", area_id=area.pk, now=FRIDAY)
    found_district(FRIDAY)
    assert not PackActivation.objects.filter(pack="snap_report", active_to__isnull=True).exists()
