"""Pure rules: tokens, counting of failures, moving codes, the table of permits and the registry of roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from tests.engines import only
from xirang.foundation.text import tokens
from xirang.people.logic.sign_in_rules import (
    Failures,
    accepted_step,
    first_password,
    new_recovery_codes,
    recovery_digest,
    username_fault,
)
from xirang.people.spec import RESERVED_USERNAMES, Floor, Role, RoleSource, all_roles, role_title

NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("恒拓精工", ["恒拓", "拓精", "精工"]),
        ("ＡＢＣ公司 12", ["12", "abc", "公司"]),
        ("恒", ["恒"]),
        ("", []),
        ("（）—", []),
        ("𠮷野家", ["野家", "𠮷野"]),
    ],
)
def test_tokens_of_a_text(text: str, expected: list[str]) -> None:
    assert tokens(text) == sorted(expected)


def test_a_phrase_s_tokens_stand_in_every_text_that_holds_it() -> None:
    text = "禾澜恒拓精工A2机械（集团）有限公司"
    for start in range(len(text)):
        for end in range(start + 2, len(text) + 1):
            part = text[start:end]
            if not any(sign.isascii() for sign in (part[0], part[-1])):
                assert set(tokens(part)) <= set(tokens(text)) | set(part)


def test_the_fifth_failure_locks_and_a_pause_starts_anew() -> None:
    failures = Failures()
    for expected in (1, 2, 3, 4):
        failures = failures.one_more(NOW)
        assert (failures.count, failures.locked(NOW)) == (expected, False)
    assert failures.one_more(NOW + timedelta(minutes=16)).count == 1
    failures = failures.one_more(NOW)
    assert failures.locked(NOW + timedelta(minutes=14, seconds=59))
    assert not failures.locked(NOW + timedelta(minutes=15))


def test_a_moving_code_stands_for_its_step_and_its_neighbours() -> None:
    secret = pyotp.random_base32()
    device = pyotp.TOTP(secret)
    present = int(NOW.timestamp()) // 30
    for drift in (-1, 0, 1):
        code = device.at(NOW + timedelta(seconds=30 * drift))
        assert accepted_step(secret, code, NOW, None) == present + drift
        assert accepted_step(secret, code, NOW, present + drift) is None
    for wrong in (device.at(NOW + timedelta(minutes=5)), "", "12345", "1234567", "abcdef", "１２３４５６x"):
        assert accepted_step(secret, wrong, NOW, None) is None


def test_recovery_codes_are_many_and_forgive_how_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert recovery_digest("a", codes[0]) == recovery_digest("a", f" {codes[0].upper().replace('-', '')} ")
    assert recovery_digest("a", codes[0]) != recovery_digest("b", codes[0])
    assert len({first_password() for _ in range(50)}) == 50


def test_reserved_names() -> None:
    assert not username_fault("shen.lan", RESERVED_USERNAMES)
    for name in ("admin", "root", "test", "guest", "administrator", "superuser", "Shen", "沈岚", "a", "-ab", "a" * 33):
        assert username_fault(name, RESERVED_USERNAMES)


def test_a_role_of_a_pack_stands_beside_those_of_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    mediator = Role("test_mediator", "调解员", "Mediator", Floor.OFFICE, like="handler")
    king = Role("system_admin", "国王", "King", Floor.PUBLIC)
    only(monkeypatch, RoleSource(lambda: {"test_mediator": mediator, "system_admin": king}))
    assert role_title("test_mediator", "en") == "Mediator"
    assert role_title("gone_role") == "gone_role"
    assert "test_mediator" in all_roles()
    assert role_title("system_admin") == all_roles()["system_admin"].zh == "系统管理员", (
        "no pack renames the platform's"
    )
