"""Names of things: time-ordered keys for the database, short numbers and codes for people."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import threading
import time
import unicodedata
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

# ---------------------------------------------------------------- UUID version 7

# The 74 free bits of a version 7 id are used as a 42-bit counter followed by a 32-bit random tail, so that ids of one
# millisecond still sort in the order in which they were made.
_COUNTER_BITS = 42
_TAIL_BITS = 32
_REMEMBERED_MILLISECONDS = 1024

_lock = threading.Lock()
_last_clock_ms = 0
_counters: OrderedDict[int, int] = OrderedDict()


def _forget_after_fork() -> None:
    """Give a forked child its own lock and fresh random counters: the parent goes on with the old ones."""
    global _lock
    _lock = threading.Lock()
    _counters.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


def _next_counter(ms: int) -> tuple[int, int]:
    """Return the millisecond and the counter of the next id; the caller holds the lock."""
    counter = _counters.pop(ms, None)
    while counter is not None and counter + 1 >= 1 << _COUNTER_BITS:
        # An exhausted millisecond borrows the next one, as RFC 9562 section 6.2 allows.
        _counters[ms] = counter
        ms += 1
        counter = _counters.pop(ms, None)
    # A fresh counter starts in the lower half so that it has room to grow.
    counter = secrets.randbits(_COUNTER_BITS - 1) if counter is None else counter + 1
    _counters[ms] = counter
    if len(_counters) > _REMEMBERED_MILLISECONDS:
        _counters.popitem(last=False)
    return ms, counter


def is_uuid(value: object) -> bool:
    """Whether a value is a text that names a UUID."""
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def parse_uuid(text: str) -> uuid.UUID | None:
    """A UUID, or None for anything else; for filters and hidden fields that come from outside."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def new_id(now: datetime | None = None) -> uuid.UUID:
    """Return a new UUID version 7 (RFC 9562).

    Without `now` the clock is read, and ids of one process never run backwards, even when the clock does. With `now`
    (an aware datetime, as commands receive it) the id carries that millisecond, and ids of the same millisecond still
    ascend. Raises ValueError for a naive time or one before 1970.
    """
    global _last_clock_ms
    if now is None:
        clock_ms = time.time_ns() // 1_000_000
    elif now.tzinfo is None:
        raise ValueError("new_id needs an aware datetime")
    elif now < _EPOCH:
        raise ValueError("new_id cannot express a time before 1970")
    else:
        clock_ms = (now - _EPOCH) // _MILLISECOND
    with _lock:
        if now is None:
            clock_ms = _last_clock_ms = max(clock_ms, _last_clock_ms)
        ms, counter = _next_counter(clock_ms)
        if now is None:
            _last_clock_ms = ms
    low = ((counter & ((1 << 30) - 1)) << _TAIL_BITS) | secrets.randbits(_TAIL_BITS)
    return uuid.UUID(int=(ms & ((1 << 48) - 1)) << 80 | 7 << 76 | (counter >> 30) << 64 | 2 << 62 | low)


# ---------------------------------------------------------------- case numbers

# The check alphabet is that of credit codes: 31 signs, a prime, without the look-alikes I O S V Z.
CHECK_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MODULUS = len(CHECK_ALPHABET)
_SERIAL_MAX = 999_999
_DASHES = re.compile(r"[\s\-‐‑‒–—―−_ー·.．。/\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_TO_LETTER = str.maketrans("01", "OI")
_TO_DIGIT = str.maketrans("OIL", "011")
_TO_CHECK = str.maketrans("OI", "01")


class CaseNumberError(ValueError):
    """A text that is no case number; `reason` is "shape" or "check", `zh` and `en` say what to do."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason, self.zh, self.en = reason, zh, en


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """The parts of a case number; `str()` gives the standard form."""

    prefix: str
    day: date
    serial: int

    def __str__(self) -> str:
        return format_case_number(self.prefix, self.day, self.serial)


def _check_character(body: str) -> str:
    """Return the sign that makes the weighted sum of body and sign divisible by 31.

    The weights are the powers of 3 modulo 31, all different over 30 places; with a prime modulus every changed sign
    and every exchange of two neighbours changes the sum.
    """
    total, weight = 0, 1
    for sign in reversed(body):
        weight = weight * 3 % _MODULUS
        value = int(sign) if sign.isdigit() else ord(sign) - ord("A")
        total += weight * value
    return CHECK_ALPHABET[-total % _MODULUS]


def format_case_number(prefix: str, day: date, serial: int) -> str:
    """Return a number such as `HL-260918-0417-P`: district, day, serial of the day, check character.

    `prefix` is two letters A–Z, `day` lies in 2000–2099, `serial` in 1–999999 (padded to four digits). Thirteen signs
    are short enough for the telephone; the sign at the end catches every wrong sign and every exchange of neighbours.
    Raises ValueError outside these ranges.
    """
    if not re.fullmatch(r"[A-Z]{2}", prefix):
        raise ValueError("the prefix of a case number is two letters A-Z")
    if not 2000 <= day.year <= 2099:
        raise ValueError("a case number carries a day of the years 2000-2099")
    if not 1 <= serial <= _SERIAL_MAX:
        raise ValueError(f"the serial of a case number lies between 1 and {_SERIAL_MAX}")
    date_part, serial_part = f"{day:%y%m%d}", f"{serial:04d}"
    return f"{prefix}-{date_part}-{serial_part}-{_check_character(prefix + date_part + serial_part)}"


def _shape_error() -> CaseNumberError:
    return CaseNumberError(
        "shape",
        "编号的格式不对。编号形如 HL-260918-0417-P：两个字母、六位日期、四位以上序号、一个校验字符。"
        "请对照回执重新输入。",
        "This does not look like a case number. It has the form HL-260918-0417-P: two letters, six digits of the "
        "date, a serial of four or more digits and one check character. Compare it with your receipt.",
    )


def parse_case_number(text: str) -> CaseNumber:
    """Read a case number as people type it: lower case, full width, blanks, missing hyphens, O for 0, I for 1.

    Raises CaseNumberError with reason "shape" or "check".
    """
    signs = _DASHES.sub("", unicodedata.normalize("NFKC", text[:80])).upper()
    if len(text) > 80 or not 13 <= len(signs) <= 15:
        raise _shape_error()
    prefix, check = signs[:2].translate(_TO_LETTER), signs[-1].translate(_TO_CHECK)
    digits = signs[2:-1].translate(_TO_DIGIT)
    whole = re.fullmatch(r"[A-Z]{2}", prefix) and re.fullmatch(r"[0-9]{6}([0-9]{4}|[1-9][0-9]{4,5})", digits)
    if not whole or check not in CHECK_ALPHABET or int(digits[6:]) == 0:
        raise _shape_error()
    if check != _check_character(prefix + digits):
        raise CaseNumberError(
            "check",
            "编号的校验字符不符，可能有一位输错或两位颠倒。请对照回执逐位核对。",
            "The check character does not fit: one sign may be wrong or two may be exchanged. "
            "Compare each sign with your receipt.",
        )
    try:
        day = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise _shape_error() from None
    return CaseNumber(prefix, day, int(digits[6:]))


# ---------------------------------------------------------------- query codes

# Left out because they are misread: 0 O, 1 I, S for 5, Z for 2, V for U.
QUERY_ALPHABET = "23456789ABCDEFGHJKLMNPQRTUWXY"
QUERY_LENGTH = 6
_QUERY_LABEL = b"xirang query code v1\x00"
_QUERY_FOLD = str.maketrans("SZV", "52U")


def query_code(secret_key: bytes, case_id: uuid.UUID) -> str:
    """Return the six-sign query code (查询码) that opens one case to whoever holds its receipt.

    It is derived by HMAC, so nothing needs to be stored. With 29⁶ ≈ 5.9 × 10⁸ values it must stand behind a rate
    limit. `secret_key` has at least 16 bytes, otherwise ValueError.
    """
    if len(secret_key) < 16:
        raise ValueError("the key of query codes needs at least 16 bytes")
    digest = hmac.new(secret_key, _QUERY_LABEL + case_id.bytes, hashlib.sha256).digest()
    # 128 bits reduced to 29⁶ values leave no measurable bias.
    number, signs = int.from_bytes(digest[:16], "big"), []
    for _ in range(QUERY_LENGTH):
        number, index = divmod(number, len(QUERY_ALPHABET))
        signs.append(QUERY_ALPHABET[index])
    return "".join(signs)


def check_query_code(secret_key: bytes, case_id: uuid.UUID, given: str) -> bool:
    """Say, in constant time, whether `given` (typed by hand) is the query code of the case."""
    signs = _DASHES.sub("", unicodedata.normalize("NFKC", given[:40])).upper().translate(_QUERY_FOLD)
    expected = query_code(secret_key, case_id)
    return hmac.compare_digest(expected.encode(), signs.encode("utf-8", "surrogatepass"))
