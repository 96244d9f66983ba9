"""Rules of signing in: user names, counting of failures, moving codes and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from xirang.people.logic.finding import Finding

LOCK_AFTER = 5  # For one name from one source, from one known device, or at the second step.
# For one name from everywhere: it takes ten sources to keep somebody out, and known devices are spared even then.
LOCK_NAME_AFTER = 50
LOCK_FOR = timedelta(minutes=15)
STEP = 30  # Seconds for which one moving code stands.
RECOVERY_CODES = 10
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")
_RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a name was tried in vain at one place (or everywhere), and until when it is locked there."""

    count: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and self.locked_until > now

    def one_more(self, now: datetime, lock_after: int = LOCK_AFTER) -> Failures:
        """The count after one more failure; enough of them lock, and a pause of fifteen minutes starts anew."""
        fresh = self.last_at is None or now - self.last_at > LOCK_FOR
        count = 1 if fresh else self.count + 1
        if count >= lock_after:
            return Failures(0, now, now + LOCK_FOR)
        return Failures(count, now, None)


def username_fault(username: str, reserved: tuple[str, ...]) -> Finding | None:
    """What is wrong with a user name; None when nothing is."""
    if not _USERNAME.fullmatch(username):
        return Finding(
            "shape",
            "用户名用 3 到 32 位小写字母、数字、点、横线或下划线，以字母或数字开头。",
            "A user name has 3 to 32 small letters, digits, dots, hyphens or underscores and begins with a letter or "
            "digit.",
        )
    if username in reserved:
        return Finding(
            "reserved",
            f"“{username}”这类通用名不能用作用户名。请用能对应到本人的名称，例如姓名拼音。",
            f"“{username}” belongs to nobody in particular. Choose a name that stands for the person.",
        )
    return None


def name_digest(username: str) -> str:
    """By which a tried name is counted, without keeping what somebody typed into the wrong box."""
    return hashlib.sha256(b"xirang sign-in name\x00" + username.encode("utf-8", "replace")).hexdigest()


def place_digest(username: str, place: str) -> str:
    """By which the tries of a name at one place are counted: a source, a known device, or the second step."""
    return hashlib.sha256(f"xirang sign-in place\x00{place}\x00".encode() + name_digest(username).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that has signed in before, as its signed cookie says: for which accounts, by their ids."""

    id: str
    accounts: tuple[str, ...] = ()


def accepted_step(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step whose code this is, one step of drift allowed; None when wrong or used before."""
    digits = "".join(code.split())
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    present = int(now.timestamp()) // STEP
    device = pyotp.TOTP(secret)
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(device.at(step * STEP), digits):
            found = step
    return found if found is not None and (last_step is None or found > last_step) else None


def new_recovery_codes() -> list[str]:
    """Ten codes of ten signs each, written in two groups."""
    codes = ["".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_digest(account_id: str, code: str) -> str:
    """What is kept of a recovery code: it has 49 random bits and lives in one account, so a plain hash suffices."""
    signs = re.sub(r"[^0-9a-z]", "", code.lower())
    return hashlib.sha256(f"xirang recovery\x00{account_id}\x00{signs}".encode()).hexdigest()


def first_password() -> str:
    """A password to be changed at the first sign-in: sixteen signs in four groups, readable aloud."""
    return "-".join("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(4)) for _ in range(4))
