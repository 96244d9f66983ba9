"""Roles, the three administrators, requests for roles and stand-ins, against the real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.sealing import sealed
from xirang.people import commands, queries
from xirang.people.commands import (
    AdministratorRoleError,
    GrantOverlapsError,
    StandInRefusedError,
    TwoAdministratorsError,
)
from xirang.people.models import RoleGrant, RoleRequest
from xirang.people.tests.conftest import NOW, District

TODAY = date(2026, 9, 18)


def grant(district: District, by: str, to: str, role: str, area: str = "county", **more):
    return commands.grant_role(
        actor=district.actor(by),
        account_id=district.accounts[to],
        role=role,
        area_id=district.areas[area],
        now=NOW,
        **more,
    )


def appoint(district: District, to: str, role: str) -> None:
    """The system administrator asks, the security administrator grants."""
    asked = commands.request_role(
        actor=district.actor("sys.guan"),
        account_id=district.accounts[to],
        role=role,
        area_id=district.areas["county"],
        now=NOW,
    )
    commands.decide_role_requests(actor=district.actor("sec.guan"), request_ids=[asked], granted=True, now=NOW)


def test_the_security_administrator_grants_and_the_actor_holds_it(district: District) -> None:
    grant(district, "sec.guan", "shen.lan", "dispatcher", "listen")
    held = {(one.role, one.area_id, one.area_path[-1]) for one in district.actor("shen.lan").grants}
    listen = district.areas["listen"]
    assert ("dispatcher", listen, listen) in held


def test_actor_of_takes_one_query_unless_it_covers(district: District, django_assert_num_queries) -> None:
    account = district.account("shen.lan")
    with django_assert_num_queries(1):
        actor = queries.actor_of(account, now=NOW)
    assert actor.organisation_ids == {district.units["power_supply"]}
    assert actor.grants[0].area_path == (district.areas["province"], district.areas["city"], district.areas["county"])


@pytest.mark.parametrize("by", ["sys.guan", "aud.guan", "shen.lan", "head.power"])
def test_nobody_else_grants_roles(district: District, by: str) -> None:
    with pytest.raises((NotAllowedError, NotFoundError)):
        grant(district, by, "lu.yuan", "dispatcher")
    assert not district.actor("lu.yuan").holds("dispatcher")


def test_nobody_grants_to_the_own_account(district: District) -> None:
    with pytest.raises(NotAllowedError):
        grant(district, "sec.guan", "sec.guan", "dispatcher")


def test_a_street_administrator_reaches_neither_the_district_nor_the_next_street(district: District) -> None:
    with pytest.raises(NotFoundError):
        grant(district, "listen.sec", "hill.worker", "handler", "listen")
    district.open("listen.new", "listen", "listen_office")
    grant(district, "listen.sec", "listen.new", "handler", "lake")
    for beyond in ("county", "hill", "province"):
        with pytest.raises(NotAllowedError):
            grant(district, "listen.sec", "listen.new", "handler", beyond)


@pytest.mark.parametrize("second", ["security_admin", "audit_admin"])
def test_one_account_never_holds_two_administrators(district: District, second: str) -> None:
    with pytest.raises(TwoAdministratorsError):
        appoint(district, "sys.guan", second)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_nobody_alone_appoints_or_removes_an_administrator(district: District, role: str) -> None:
    with pytest.raises(AdministratorRoleError):
        grant(district, "sec.guan", "lu.yuan", role)
    own = commands.request_role(
        actor=SYSTEM, account_id=district.accounts["lu.yuan"], role=role, area_id=district.areas["county"], now=NOW
    )
    RoleRequest.objects.filter(pk=own).update(requested_by=str(district.actor("sec.guan").ref))
    with pytest.raises(NotAllowedError):
        commands.decide_role_requests(actor=district.actor("sec.guan"), request_ids=[own], granted=True, now=NOW)
    held = RoleGrant.objects.get(account_id=district.accounts["aud.guan"])
    with pytest.raises(AdministratorRoleError):
        commands.end_role(actor=district.actor("sec.guan"), grant_id=held.pk, now=NOW)
    appoint(district, "shen.lan", role)
    assert district.actor("shen.lan").holds(role)


def test_the_database_itself_keeps_the_administrators_apart(district: District) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(
            account_id=district.accounts["sys.guan"],
            role="audit_admin",
            area_id=district.areas["county"],
            valid_from=TODAY,
            granted_by="nobody",
            granted_at=NOW,
        )
    old = RoleGrant.objects.get(account_id=district.accounts["aud.guan"])
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=old.pk).update(account_id=district.accounts["sys.guan"])


def test_an_administrator_may_change_posts_once_the_old_one_ended(district: District) -> None:
    old = RoleGrant.objects.get(account_id=district.accounts["aud.guan"])
    commands.end_role(actor=SYSTEM, grant_id=old.pk, now=NOW)
    appoint(district, "aud.guan", "system_admin")
    assert district.actor("aud.guan").holds("system_admin")


def test_the_same_grant_twice_is_refused_but_later_days_are_not(district: District) -> None:
    grant(district, "sec.guan", "lu.yuan", "dispatcher", valid_to=TODAY + timedelta(days=9))
    with pytest.raises(GrantOverlapsError):
        grant(district, "sec.guan", "lu.yuan", "dispatcher", valid_from=TODAY + timedelta(days=9))
    grant(district, "sec.guan", "lu.yuan", "dispatcher", valid_from=TODAY + timedelta(days=10))


def test_a_grant_begins_and_ends_with_the_district_s_day(district: District) -> None:
    grant(
        district,
        "sec.guan",
        "lu.yuan",
        "dispatcher",
        valid_from=TODAY + timedelta(days=1),
        valid_to=TODAY + timedelta(days=1),
    )
    midnight = NOW.replace(hour=16, minute=0)  # 0:00 of the next day in the district.
    assert not district.actor("lu.yuan", midnight - timedelta(minutes=1)).holds("dispatcher")
    assert district.actor("lu.yuan", midnight).holds("dispatcher")
    assert not district.actor("lu.yuan", midnight + timedelta(days=1)).holds("dispatcher")


def test_ending_a_role_takes_effect_at_once_and_once_only(district: District) -> None:
    one = RoleGrant.objects.get(account_id=district.accounts["shen.lan"])
    commands.end_role(actor=district.actor("sec.guan"), grant_id=one.pk, now=NOW, because="调离")
    assert not district.actor("shen.lan").grants
    with pytest.raises(ConflictError):
        commands.end_role(actor=district.actor("sec.guan"), grant_id=one.pk, now=NOW)


def test_a_grant_out_of_scope_is_not_found(district: District) -> None:
    one = RoleGrant.objects.get(account_id=district.accounts["far.handler"])
    with pytest.raises(NotFoundError):
        commands.end_role(actor=district.actor("sec.guan"), grant_id=one.pk, now=NOW)


def test_firm_roles_need_a_firm(district: District) -> None:
    district.open("boss", "county")
    with pytest.raises(InvalidError) as refused:
        grant(district, "sec.guan", "boss", "enterprise")
    assert "organisation_id" in refused.value.fields


def test_unknown_roles_and_reversed_dates_are_refused(district: District) -> None:
    with pytest.raises(InvalidError):
        grant(district, "sec.guan", "lu.yuan", "superman")
    with pytest.raises(InvalidError):
        grant(district, "sec.guan", "lu.yuan", "dispatcher", valid_to=TODAY - timedelta(days=1))


def test_requested_roles_wait_for_the_security_administrator(district: District) -> None:
    asked = commands.request_role(
        actor=district.actor("sys.guan"),
        account_id=district.accounts["lu.yuan"],
        role="dispatcher",
        area_id=district.areas["county"],
        now=NOW,
    )
    assert not district.actor("lu.yuan").holds("dispatcher")
    with pytest.raises(NotAllowedError):
        commands.decide_role_requests(actor=district.actor("sys.guan"), request_ids=[asked], granted=True, now=NOW)
    assert (
        commands.decide_role_requests(actor=district.actor("sec.guan"), request_ids=[asked], granted=True, now=NOW) == 1
    )
    assert district.actor("lu.yuan").holds("dispatcher")
    with pytest.raises(ConflictError):
        commands.decide_role_requests(actor=district.actor("sec.guan"), request_ids=[asked], granted=True, now=NOW)


def stand_in(district: District, by: str, absent: str, substitute: str, days: int = 3, **more):
    return commands.set_stand_in(
        actor=district.actor(by),
        absent_id=district.accounts[absent],
        substitute_id=district.accounts[substitute],
        valid_from=more.pop("valid_from", TODAY),
        valid_to=TODAY + timedelta(days=days),
        because="年休假",
        now=NOW,
        **more,
    )


@pytest.mark.parametrize("by", ["lu.yuan", "head.power", "sec.guan"])
def test_a_substitute_holds_the_absent_one_s_posts_and_it_shows(district: District, by: str) -> None:
    grant(district, "sec.guan", "lu.yuan", "dispatcher", "listen")
    stand_in(district, by, "lu.yuan", "shen.lan")
    covered = [one for one in district.actor("shen.lan").grants if one.stands_in_for]
    assert {one.role for one in covered} == {"handler", "dispatcher"}
    assert {one.stands_in_for for one in covered} == {"陆远"}
    assert {one.organisation_id for one in covered} == {district.units["power_supply"]}


def test_a_stand_in_expires_by_itself(district: District) -> None:
    stand_in(district, "lu.yuan", "lu.yuan", "shen.lan", days=1)
    grant(district, "sec.guan", "lu.yuan", "dispatcher")
    assert district.actor("shen.lan", NOW + timedelta(days=1)).holds("dispatcher")
    assert not district.actor("shen.lan", NOW + timedelta(days=2)).holds("dispatcher")


def test_only_the_named_roles_are_covered(district: District) -> None:
    grant(district, "sec.guan", "lu.yuan", "dispatcher")
    stand_in(district, "lu.yuan", "lu.yuan", "shen.lan", roles=("dispatcher",))
    assert [one.role for one in district.actor("shen.lan").grants if one.stands_in_for] == ["dispatcher"]
    with pytest.raises(InvalidError):
        stand_in(district, "head.power", "head.power", "shen.lan", roles=("leader",))


def test_administrators_neither_are_covered_nor_cover(district: District) -> None:
    for absent, substitute in (("sys.guan", "sec.guan"), ("sec.guan", "aud.guan")):
        with pytest.raises(StandInRefusedError):
            stand_in(district, "sec.guan", absent, substitute)


def test_no_chain_of_substitutes(district: District) -> None:
    stand_in(district, "lu.yuan", "lu.yuan", "shen.lan")
    with pytest.raises(StandInRefusedError):
        stand_in(district, "shen.lan", "shen.lan", "head.power")
    with pytest.raises(StandInRefusedError):
        stand_in(district, "head.power", "head.power", "lu.yuan")
    with pytest.raises(StandInRefusedError):
        stand_in(district, "lu.yuan", "lu.yuan", "head.power")


def test_strangers_cannot_set_stand_ins_nor_backdate_them(district: District) -> None:
    with pytest.raises((NotAllowedError, NotFoundError)):
        stand_in(district, "hill.worker", "lu.yuan", "shen.lan")
    with pytest.raises(NotAllowedError):
        stand_in(district, "shen.lan", "lu.yuan", "shen.lan")
    with pytest.raises(InvalidError):
        stand_in(district, "lu.yuan", "lu.yuan", "shen.lan", valid_from=TODAY - timedelta(days=1))
    with pytest.raises(InvalidError):
        stand_in(district, "lu.yuan", "lu.yuan", "shen.lan", days=90)


def test_a_locked_colleague_s_posts_are_not_covered(district: District) -> None:
    stand_in(district, "lu.yuan", "lu.yuan", "shen.lan")
    commands.lock_account(
        actor=district.actor("sys.guan"), account_id=district.accounts["lu.yuan"], because="离职", now=NOW
    )
    assert not [one for one in district.actor("shen.lan").grants if one.stands_in_for]


def test_ending_a_stand_in_works_at_once_for_both_sides(district: District) -> None:
    one = stand_in(district, "lu.yuan", "lu.yuan", "shen.lan")
    with pytest.raises(NotFoundError):
        commands.end_stand_in(actor=district.actor("hill.worker"), stand_in_id=one, now=NOW)
    commands.end_stand_in(actor=district.actor("shen.lan"), stand_in_id=one, now=NOW)
    assert not [held for held in district.actor("shen.lan").grants if held.stands_in_for]


def test_a_preview_sees_but_cannot_act(district: District, people_records) -> None:
    security = district.actor("sec.guan")
    commands.start_preview(actor=security, account_id=district.accounts["shen.lan"], because="核对权限", now=NOW)
    seen = queries.preview_actor(security, district.account("shen.lan"), now=NOW)
    assert seen.holds("handler")
    assert seen.ref.id == str(district.accounts["shen.lan"])
    with pytest.raises(NotAllowedError):
        commands.choose_language(actor=seen, language="en", now=NOW)
    assert people_records.of("people.start_preview")[0]["because"] == sealed("核对权限")


@pytest.mark.parametrize(("by", "whom"), [("sec.guan", "aud.guan"), ("sec.guan", "sec.guan"), ("sys.guan", "shen.lan")])
def test_administrators_are_not_previewed_and_others_may_not_look(district: District, by: str, whom: str) -> None:
    with pytest.raises(NotAllowedError):
        queries.preview_actor(district.actor(by), district.account(whom), now=NOW)


def test_the_public_can_do_none_of_it(district: District) -> None:
    with pytest.raises(NotFoundError):
        commands.grant_role(
            actor=PUBLIC,
            account_id=district.accounts["lu.yuan"],
            role="leader",
            area_id=district.areas["county"],
            now=NOW,
        )
    with pytest.raises(NotAllowedError):
        commands.open_account(actor=PUBLIC, username="x.yz", title_name="x", area_id=district.areas["county"], now=NOW)


def test_only_the_system_is_without_bounds(district: District) -> None:
    assert queries.get_account(SYSTEM, district.accounts["far.handler"]).username == "far.handler"
    with pytest.raises(NotFoundError):
        queries.get_account(district.actor("sys.guan"), district.accounts["far.handler"])
