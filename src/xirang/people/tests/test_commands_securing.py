"""No administrator becomes another or locks another out alone: one asks, a second one confirms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from xirang.foundation.actor import SYSTEM
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.people import commands, queries
from xirang.people.commands import NeedsSecondAdministratorError, SecuringDecidedError
from xirang.people.models import SecuringRequest
from xirang.people.spec import SECURING_ACTS
from xirang.people.tests.conftest import NOW, PASSWORD, District
from xirang.people.tests.test_commands_signing import enrol
from xirang.project.keeping import accounts

THREE = ("sys.guan", "sec.guan", "aud.guan")
PAIRS = [(by, to) for by in THREE for to in THREE if by != to]


def ask(district: District, by: str, to: str, act: str = "reset_password", now=NOW):
    return commands.request_securing(
        actor=district.actor(by), account_id=district.accounts[to], act=act, because="口令遗失", now=now
    )


def decide(district: District, by: str, request_id, *, confirmed: bool = True, now=NOW) -> str:
    return commands.decide_securing(actor=district.actor(by), request_id=request_id, confirmed=confirmed, now=now)


@pytest.mark.parametrize(("by", "to"), PAIRS)
def test_nobody_alone_resets_locks_or_unveils_one_of_the_three(district: District, by: str, to: str) -> None:
    actor, account_id = district.actor(by), district.accounts[to]
    for act in (commands.reset_password, commands.disable_totp):
        with pytest.raises(NeedsSecondAdministratorError):
            act(actor=actor, account_id=account_id, now=NOW)
    with pytest.raises(NeedsSecondAdministratorError):
        commands.lock_account(actor=actor, account_id=account_id, because="试试", now=NOW)
    account = district.account(to)
    assert account.is_active
    assert check_password(PASSWORD, account.password)


def test_one_appointed_for_tomorrow_is_protected_today(district: District) -> None:
    commands.grant_role(
        actor=SYSTEM,
        account_id=district.accounts["lu.yuan"],
        role="audit_admin",
        area_id=district.areas["county"],
        valid_from=local_date(NOW) + timedelta(days=1),
        now=NOW,
    )
    with pytest.raises(NeedsSecondAdministratorError):
        commands.reset_password(actor=district.actor("sec.guan"), account_id=district.accounts["lu.yuan"], now=NOW)


@pytest.mark.parametrize(("by", "to"), PAIRS)
def test_the_third_confirms_what_one_asks_for_another(district: District, by: str, to: str) -> None:
    (third,) = set(THREE) - {by, to}
    asked = ask(district, by, to)
    for not_second in (by, to):
        with pytest.raises(NotAllowedError):
            decide(district, not_second, asked)
    assert check_password(PASSWORD, district.account(to).password), "nothing happens before it is confirmed"
    password = decide(district, third, asked)
    assert check_password(password, district.account(to).password)
    assert district.account(to).must_change_password


def test_every_act_is_carried_out_once_confirmed(district: District, people_records) -> None:
    enrol(district, "aud.guan")
    for act in SECURING_ACTS:
        decide(district, "sec.guan", ask(district, "sys.guan", "aud.guan", act))
    account = district.account("aud.guan")
    assert not account.has_totp
    assert not account.is_active
    assert not queries.roles_of(account, now=NOW)
    told = [(body["act"], body["granted"]) for body in people_records.of("people.decide_securing")]
    assert told == [(act, True) for act in SECURING_ACTS]
    assert len(people_records.of("people.request_securing")) == len(SECURING_ACTS)


def test_what_is_refused_decided_or_old_does_nothing(district: District) -> None:
    asked = ask(district, "sys.guan", "aud.guan", "lock_account")
    with pytest.raises(ConflictError):
        ask(district, "sec.guan", "aud.guan", "lock_account")
    assert decide(district, "sec.guan", asked, confirmed=False) == ""
    with pytest.raises(SecuringDecidedError):
        decide(district, "sec.guan", asked)
    late = NOW + queries.SECURING_WAITS
    old = ask(district, "sys.guan", "aud.guan", "lock_account")
    assert queries.list_securing_requests(district.actor("sec.guan"), now=late) == []
    with pytest.raises(SecuringDecidedError):
        decide(district, "sec.guan", old, now=late)
    ask(district, "sys.guan", "aud.guan", "lock_account", now=late)
    assert district.account("aud.guan").is_active


def test_only_the_three_ask_and_only_about_the_three_within_their_area(district: District) -> None:
    for by, to in (("sec.guan", "sec.guan"), ("sec.guan", "shen.lan"), ("head.power", "head.power")):
        with pytest.raises(NotAllowedError):
            ask(district, by, to)
    for outsider in ("listen.sec", "shen.lan"):
        with pytest.raises(NotFoundError):
            ask(district, outsider, "sys.guan")
    with pytest.raises(InvalidError):
        ask(district, "sys.guan", "sec.guan", "become")
    asked = ask(district, "sys.guan", "sec.guan")
    for outsider in ("listen.sec", "shen.lan"):
        with pytest.raises(NotFoundError):
            decide(district, outsider, asked)


def test_the_database_itself_refuses_one_who_decides_on_the_own_request(district: District) -> None:
    asked = ask(district, "sys.guan", "sec.guan")
    own = SecuringRequest.objects.filter(pk=asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        own.update(decided_at=NOW, decided_by=str(district.actor("sys.guan").ref))


def test_the_machine_itself_is_the_way_back_in(district: District, people_records, capsys) -> None:
    decide(district, "aud.guan", ask(district, "sys.guan", "sec.guan", "lock_account"))
    enrol(district, "sys.guan")
    assert accounts.secure("unlock", "sec.guan", NOW) == 0
    assert accounts.secure("reset-password", "sec.guan", NOW) == 0
    assert accounts.secure("disable-totp", "sys.guan", NOW) == 0
    assert district.account("sec.guan").is_active
    assert check_password(capsys.readouterr().out.split()[-2].split("：")[-1], district.account("sec.guan").password)
    assert not district.account("sys.guan").has_totp
    assert people_records.of("people.unlock_account") == [{"locked": False}]
    assert accounts.secure("unlock", "nobody.here", NOW) == 1


def test_the_pages_lead_one_to_ask_and_the_other_to_confirm(district: District) -> None:
    one, other = Client(), Client()
    for browser, login in ((one, "sys.guan"), (other, "aud.guan")):
        browser.post(reverse("people:sign_in"), {"username": login, "password": PASSWORD})
    target = district.accounts["sec.guan"]
    shown = one.get(reverse("people:account", args=[target])).content.decode()
    assert reverse("people:request_securing", args=[target]) in shown
    assert reverse("people:lock_account", args=[target]) not in shown
    form = {"act": "reset_password", "because": "口令遗失"}
    assert one.post(reverse("people:request_securing", args=[target]), form).status_code == 302
    asked = str(SecuringRequest.objects.get().pk)
    page = reverse("people:securing_requests")
    assert asked not in one.get(page).content.decode(), "whoever asked is not offered to confirm"
    assert asked in other.get(page).content.decode()
    decision = {"id": asked, "decision": "confirm"}
    assert one.post(page, decision).status_code == 403
    answer = other.post(page, decision)
    assert answer.status_code == 200
    password = re.findall(r"<dd><code>([^<]+)</code></dd>", answer.content.decode())[1]  # After the user name.
    assert check_password(password, district.account("sec.guan").password)
