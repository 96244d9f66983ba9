"""Telephone numbers of mainland China: one written form for each, and a masked one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_EXTENSION = re.compile(r"(?:转|分机|EXT\.?|X|#|,)\s*([0-9]{1,6})$", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_DASHES = re.compile(r"[‐‑‒–—―−_·/.]")
_COUNTRY = re.compile(r"^(?:\+\s*86|0086)[\s-]*")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SERVICE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
# Area codes: 010 and 02x have eight-digit numbers, 03xx to 09xx seven or eight. A subscriber number starts with 2 to 8.
_LANDLINE = re.compile(r"(010|02[0-9])([2-8][0-9]{7})|(0[3-9][0-9]{2})([2-8][0-9]{6,7})")
_SHORT = re.compile(r"12[0-9]{3}|9[56][0-9]{3,4}|1[01][0-9]|12[0-9]")
_LONGEST_INPUT = 60


class PhoneKind(StrEnum):
    """What kind of number it is: only the first can receive messages, the last two belong to no person."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    SHORT = "short"


class PhoneError(ValueError):
    """A text that is no telephone number; `zh` and `en` say what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in its written form, such as 13812342076, 0573-82081234, 0573-82081234-801, 400-820-8820."""

    kind: PhoneKind
    number: str

    @property
    def masked(self) -> str:
        """The number with the middle hidden; numbers that belong to no person stay as they are."""
        if self.kind is PhoneKind.MOBILE:
            return f"{self.number[:3]}****{self.number[7:]}"
        if self.kind is PhoneKind.LANDLINE:
            area, number, *extension = self.number.split("-")
            return "-".join([area, "*" * (len(number) - 4) + number[-4:], *("*" * len(part) for part in extension)])
        return self.number


def _shape_error(digits: str) -> PhoneError:
    if digits.startswith("1") and digits.isdigit() and len(digits) != 11:
        return PhoneError(
            f"手机号码应为 11 位，现有 {len(digits)} 位。请核对后重新填写。",
            f"A mobile number has 11 digits, this one has {len(digits)}. Please check it.",
        )
    if re.fullmatch(r"[2-8][0-9]{6,7}", digits):
        return PhoneError(
            "固定电话请加区号，例如 0573-82081234。", "Please add the area code, for example 0573-82081234."
        )
    return PhoneError(
        "电话号码不对。请填写 11 位手机号码，或带区号的固定电话，例如 0573-82081234。",
        "This is not a telephone number of mainland China. Enter a mobile number of 11 digits or a landline with its "
        "area code, for example 0573-82081234.",
    )


def parse_phone(text: str) -> Phone:
    """Read a number as people write it: blanks, dashes, brackets, full width, +86, extensions. PhoneError otherwise."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:_LONGEST_INPUT])).strip()
    if not plain:
        raise PhoneError("请填写电话号码。", "Please enter a telephone number.")
    plain, abroad = _COUNTRY.subn("", _DASHES.sub("-", plain))
    extension = _EXTENSION.search(plain)
    suffix = extension[1] if extension else ""
    plain = plain[: extension.start()] if extension else plain
    parts = re.sub(r"[\s()]+", "-", plain).strip("-").split("-")
    digits = "".join(parts)
    if not suffix and len(parts) == 3 and parts[0].startswith("0") and len(parts[2]) <= 6 and len(parts[1]) >= 7:
        digits, suffix = parts[0] + parts[1], parts[2]
    if len(text) > _LONGEST_INPUT or not re.fullmatch(r"[0-9]+", digits):
        raise _shape_error(digits)
    return _classify(digits, suffix, abroad=bool(abroad))


def _classify(digits: str, suffix: str, *, abroad: bool) -> Phone:
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        digits = digits[2:]
    if not suffix and _MOBILE.fullmatch(digits):
        return Phone(PhoneKind.MOBILE, digits)
    service = _SERVICE.fullmatch(digits)
    if service and not suffix:
        return Phone(PhoneKind.SERVICE, "-".join(service.groups()))
    if abroad and not digits.startswith("0"):
        digits = "0" + digits
    landline = _LANDLINE.fullmatch(digits)
    if landline:
        area, number = landline[1] or landline[3], landline[2] or landline[4]
        return Phone(PhoneKind.LANDLINE, "-".join([area, number] + ([suffix] if suffix else [])))
    if not suffix and not abroad and _SHORT.fullmatch(digits):
        return Phone(PhoneKind.SHORT, digits)
    raise _shape_error(digits)


def mask_phone(text: str) -> str:
    """Return the masked form of a number, such as 138****2076; what is no number is hidden wholly."""
    try:
        return parse_phone(text).masked
    except PhoneError:
        return "****" if text.strip() else ""
