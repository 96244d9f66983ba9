"""Signing in: counting, locking, moving codes, recovery codes, and answers that tell nobody whether a name exists."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.conf import settings
from django.contrib.auth import hashers

from xirang.foundation.actor import PUBLIC
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, TooManyError
from xirang.people import commands
from xirang.people.commands import UsernameTakenError, WrongCodeError
from xirang.people.commands.signing import ATTEMPTS
from xirang.people.logic.sign_in_rules import LOCK_NAME_AFTER, Device
from xirang.people.models import Account, SignInFailure
from xirang.people.tests.conftest import NOW, PASSWORD, District


def sign_in(username: str, password: str = PASSWORD, now=NOW, address: str = "10.1.1.1"):
    return commands.sign_in(actor=PUBLIC, username=username, password=password, address=address, now=now)


def second(district: District, code: str, now=NOW, login: str = "shen.lan"):
    return commands.sign_in_second(
        actor=PUBLIC, account_id=district.accounts[login], code=code, address="10.1.1.1", now=now
    )


def enrol(district: District, login: str = "shen.lan", now=NOW) -> tuple[pyotp.TOTP, list[str]]:
    device = pyotp.TOTP(commands.start_totp(actor=district.actor(login), now=now))
    return device, commands.confirm_totp(actor=district.actor(login), code=device.at(now), now=now)


def test_the_right_password_signs_in_and_is_recorded(district: District, people_records) -> None:
    outcome = sign_in("  Shen.Lan ")
    assert (outcome.state, outcome.account_id) == ("signed_in", district.accounts["shen.lan"])
    assert district.account("shen.lan").last_seen == NOW
    assert people_records.of("people.sign_in")[0]["result"] == "signed_in"


@pytest.mark.parametrize("username", ["shen.lan", "nobody.here"])
def test_five_failures_lock_known_and_unknown_names_alike(district: District, username: str) -> None:
    answers = [sign_in(username, "wrong").sentence for _ in range(5)]
    assert len(set(answers[:4])) == 1
    assert "15 分钟" in answers[4]
    later = sign_in(username, now=NOW + timedelta(minutes=14))
    assert (later.state, later.minutes) == ("locked", 1)
    after = sign_in(username, now=NOW + timedelta(minutes=15))
    assert after.state == ("signed_in" if username == "shen.lan" else "refused")


def test_known_and_unknown_names_get_the_same_words(district: District) -> None:
    known = [sign_in("shen.lan", "wrong") for _ in range(6)]
    unknown = [sign_in("no.such.one", "wrong") for _ in range(6)]
    assert [(one.state, one.sentence, one.minutes) for one in known] == [
        (one.state, one.sentence, one.minutes) for one in unknown
    ]


@pytest.mark.parametrize("case", ["known", "unknown", "closed", "locked"])
def test_every_attempt_costs_exactly_one_hash(district: District, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    if case == "closed":
        Account.sign_ins.filter(username="shen.lan").update(is_active=False)
    if case == "locked":
        for _ in range(5):
            sign_in("shen.lan", "wrong")
    sign_in("warm.up", "so that nobody's hash is made")
    computed = []
    honest = hashers.Argon2PasswordHasher.verify
    monkeypatch.setattr(
        hashers.Argon2PasswordHasher, "verify", lambda self, *args: computed.append(1) or honest(self, *args)
    )
    sign_in("nobody.here" if case == "unknown" else "shen.lan", "wrong")
    assert len(computed) == 1


def test_production_pays_the_full_price_of_a_hash(
    production_hash_costs: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All other tests hash as cheaply as can be; here the costs of production are put back."""
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for name, value in production_hash_costs.items():
        monkeypatch.setattr(hashers.Argon2PasswordHasher, name, value)
    encoded = hashers.make_password("lan-shan-9527-ok")
    found = re.match(r"argon2\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", encoded)
    assert found, encoded
    # The least that OWASP's cheat sheet on storing passwords asks of Argon2id: 19 MiB and two rounds.
    assert int(found[1]) >= 19 * 1024
    assert int(found[2]) >= 2
    assert hashers.check_password("lan-shan-9527-ok", encoded)


def test_failures_stay_counted_and_a_success_clears_them(district: District) -> None:
    for _ in range(4):
        sign_in("shen.lan", "wrong")
    assert district.account("shen.lan").failed_count == 4
    assert sign_in("shen.lan").state == "signed_in"
    assert district.account("shen.lan").failed_count == 0
    assert [row.failed_count for row in SignInFailure.objects.all()] == [4], "only what all sources did is remembered"
    assert [sign_in("shen.lan", "wrong").state for _ in range(4)] == ["refused"] * 4, "the own count begins anew"


@pytest.mark.parametrize("username", ["shen.lan", "nobody.here"])
def test_a_stranger_locks_a_name_for_the_own_source_alone(district: District, username: str) -> None:
    for _ in range(6):
        stranger = sign_in(username, "wrong", address="203.0.113.1")
    assert stranger.state == "locked"
    assert sign_in(username, address="203.0.113.1").state == "locked"
    assert sign_in(username).state == ("signed_in" if username == "shen.lan" else "refused")


def test_very_many_strangers_lock_a_name_but_not_for_the_devices_that_it_knows(district: District) -> None:
    known = Device("d-1", (str(district.accounts["shen.lan"]),))

    def mine(device: Device, password: str = PASSWORD) -> str:
        return commands.sign_in(
            actor=PUBLIC, username="shen.lan", password=password, address="10.1.1.1", device=device, now=NOW
        ).state

    for number in range(LOCK_NAME_AFTER):
        sign_in("shen.lan", "wrong", address=f"203.0.113.{number // 4}")
    assert sign_in("shen.lan").state == "locked"
    assert mine(Device("d-2", (str(district.accounts["lu.yuan"]),))) == "locked", "known for another account"
    assert mine(known) == "signed_in"
    assert [mine(known, "wrong") for _ in range(5)] == ["refused"] * 4 + ["locked"], "a stolen cookie guesses no faster"
    assert mine(known) == "locked"


def test_what_was_typed_as_a_name_is_not_kept(district: District, people_records) -> None:
    sign_in("my-secret-password", "wrong")
    assert "my-secret-password" not in str(people_records.all)
    assert "my-secret-password" not in str(list(SignInFailure.objects.values()))


def test_one_address_cannot_try_without_end(district: District) -> None:
    for number in range(ATTEMPTS):
        sign_in(f"name{number}", "wrong", address="10.9.9.9")
    with pytest.raises(TooManyError):
        sign_in("shen.lan", address="10.9.9.9")
    assert sign_in("shen.lan", address="10.9.9.8").state == "signed_in"


def test_the_security_administrator_unlocks_nobody_else(district: District) -> None:
    for _ in range(5):
        sign_in("shen.lan", "wrong")
    account = district.accounts["shen.lan"]
    for by in ("sys.guan", "aud.guan", "lu.yuan"):
        with pytest.raises(NotAllowedError):
            commands.unlock_account(actor=district.actor(by), account_id=account, now=NOW)
    commands.unlock_account(actor=district.actor("sec.guan"), account_id=account, now=NOW)
    assert sign_in("shen.lan").state == "signed_in"


def test_moving_codes_are_asked_for_and_never_accepted_twice(district: District) -> None:
    device, _ = enrol(district)
    later = NOW + timedelta(minutes=1)
    assert sign_in("shen.lan", now=later).state == "second_factor"
    assert second(district, device.at(later), later).state == "signed_in"
    assert second(district, device.at(later), later).state == "refused"
    assert second(district, device.at(later - timedelta(seconds=30)), later).state == "refused"
    assert (
        second(district, device.at(later + timedelta(seconds=30)), later + timedelta(seconds=30)).state == "signed_in"
    )


def test_the_enrolment_s_own_code_is_used_up(district: District) -> None:
    device, _ = enrol(district)
    assert second(district, device.at(NOW)).state == "refused"


def test_guessing_moving_codes_locks(district: District) -> None:
    device, _ = enrol(district)
    states = [second(district, "000000").state for _ in range(5)]
    assert states == ["refused"] * 4 + ["locked"]
    assert second(district, device.at(NOW + timedelta(seconds=60)), NOW + timedelta(seconds=60)).state == "locked"


def test_a_recovery_code_works_once(district: District) -> None:
    _, codes = enrol(district)
    assert len(set(codes)) == 10
    assert second(district, codes[3].upper().replace("-", " ")).state == "signed_in"
    assert second(district, codes[3]).state == "refused"
    assert second(district, codes[4]).state == "signed_in"


def test_another_s_recovery_code_is_worth_nothing(district: District) -> None:
    _, codes = enrol(district)
    enrol(district, "lu.yuan")
    assert second(district, codes[0], login="lu.yuan").state == "refused"


def test_a_wrong_first_code_does_not_turn_moving_codes_on(district: District) -> None:
    commands.start_totp(actor=district.actor("shen.lan"), now=NOW)
    with pytest.raises(WrongCodeError):
        commands.confirm_totp(actor=district.actor("shen.lan"), code="000000", now=NOW)
    assert sign_in("shen.lan").state == "signed_in"


def test_own_moving_codes_are_turned_off_by_password_and_a_code(district: District) -> None:
    device, codes = enrol(district)
    later, own = NOW + timedelta(minutes=1), district.actor("shen.lan")

    def off(**given: str) -> None:
        commands.disable_totp(actor=own, now=later, **given)

    for wrong in ({"password": PASSWORD}, {"password": PASSWORD, "code": "000000"}):
        with pytest.raises(WrongCodeError):
            off(**wrong)
    with pytest.raises(InvalidError):
        off(password="wrong", code=device.at(later))
    assert district.account("shen.lan").has_totp
    off(password=PASSWORD, code=device.at(later))
    assert not district.account("shen.lan").has_totp
    _, codes = enrol(district, now=later)
    off(password=PASSWORD, code=codes[0])
    assert not district.account("shen.lan").has_totp


def test_moving_codes_are_turned_off_by_security_for_whoever_lost_the_device(district: District) -> None:
    enrol(district)
    with pytest.raises(ConflictError):
        commands.start_totp(actor=district.actor("shen.lan"), now=NOW)
    with pytest.raises(InvalidError):
        commands.disable_totp(actor=district.actor("shen.lan"), password="wrong", now=NOW)
    with pytest.raises(NotAllowedError):
        commands.disable_totp(actor=district.actor("lu.yuan"), account_id=district.accounts["shen.lan"], now=NOW)
    commands.disable_totp(actor=district.actor("sec.guan"), account_id=district.accounts["shen.lan"], now=NOW)
    assert sign_in("shen.lan").state == "signed_in"


def test_passwords_are_changed_by_their_owner_and_reset_by_security(district: District) -> None:
    own = district.actor("shen.lan")
    for old, new, field in (
        ("wrong", "another-good-one", "old_password"),
        (PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, "1234567890", "new_password"),
        (PASSWORD, "shen.lan.1", "new_password"),
        (PASSWORD, "short", "new_password"),
    ):
        with pytest.raises(InvalidError) as refused:
            commands.change_password(actor=own, old_password=old, new_password=new, now=NOW)
        assert field in refused.value.fields
    commands.change_password(actor=own, old_password=PASSWORD, new_password="another-good-one", now=NOW)
    assert sign_in("shen.lan").state == "refused"
    opened = commands.reset_password(
        actor=district.actor("sec.guan"), account_id=district.accounts["shen.lan"], now=NOW
    )
    assert sign_in("shen.lan", opened.password).state == "signed_in"
    assert district.account("shen.lan").must_change_password


@pytest.mark.parametrize(
    "username", ["admin", "Administrator", "ROOT", "superuser", "test", "guest", "ａｄｍｉｎ", "a b", "x"]
)
def test_names_that_belong_to_nobody_are_refused(district: District, username: str) -> None:
    with pytest.raises(InvalidError) as refused:
        commands.open_account(
            actor=district.actor("sys.guan"),
            username=username,
            title_name="某人",
            area_id=district.areas["county"],
            now=NOW,
        )
    assert "username" in refused.value.fields


def test_the_database_refuses_them_too(district: District) -> None:
    from django.db import IntegrityError, transaction

    for username in ("admin", "Shen.Lan2"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.sign_ins.filter(pk=district.accounts["lu.yuan"]).update(username=username)


def test_a_new_account_has_no_role_and_its_name_is_taken(district: District) -> None:
    opened = commands.open_account(
        actor=district.actor("sys.guan"),
        username="new.one",
        title_name="新人",
        area_id=district.areas["listen"],
        now=NOW,
    )
    assert not Account.sign_ins.get(pk=opened.account_id).grants.exists()
    with pytest.raises(UsernameTakenError):
        commands.open_account(
            actor=district.actor("sys.guan"),
            username="NEW.one",
            title_name="别人",
            area_id=district.areas["hill"],
            now=NOW,
        )
    with pytest.raises(NotAllowedError):
        commands.open_account(
            actor=district.actor("sys.guan"),
            username="x.far",
            title_name="x",
            area_id=district.areas["elsewhere"],
            now=NOW,
        )


def test_a_resident_registers_and_a_firm_s_claim_waits(district: District) -> None:
    firm = district.unit("firm", "恒拓精工（禾澜）有限公司", "county", "enterprise", credit_code="91350100M000100Y43")
    account_id = commands.register_resident(
        actor=PUBLIC,
        username="zhou.yu",
        password="yu-tong-8846-x",
        name="周雨桐",
        phone="13600000000",
        now=NOW,
        credit_code="91350100m000100y43",
    )
    district.accounts["zhou.yu"] = account_id
    actor = district.actor("zhou.yu")
    assert actor.name == "周**"
    assert [one.role for one in actor.grants] == ["resident"]
    assert firm not in actor.organisation_ids
    from xirang.people import queries

    (asked,) = queries.list_role_requests(district.actor("sec.guan")).rows
    commands.decide_role_requests(actor=district.actor("sec.guan"), request_ids=[asked.pk], granted=True, now=NOW)
    assert firm in district.actor("zhou.yu").organisation_ids
