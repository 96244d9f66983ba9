"""Citizens' identity numbers (公民身份号码, GB 11643): real date, not in the future, right check character."""

from __future__ import annotations

import re
from datetime import date

from xirang.people.logic.finding import PROVINCES, Finding, NumberCheck, NumberError, clean

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"
_EARLIEST_YEAR = 1800


def check_character(first_17: str) -> str:
    """Return the 18th sign for 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_SIGNS[total % 11]


def _shape_error(number: str) -> Finding | None:
    if not number:
        return Finding("empty", "请填写公民身份号码。", "Please enter the identity number.")
    if len(number) == 15 and re.fullmatch(r"[0-9]{15}", number):
        return Finding(
            "old",
            "这是 15 位旧号码。请填写现行 18 位公民身份号码。",
            "This is an old number of 15 digits. Please enter the present one of 18.",
        )
    if len(number) != 18:
        return Finding(
            "length",
            f"公民身份号码应为 18 位，现有 {len(number)} 位。请对照身份证补齐或删去多余的字符。",
            f"An identity number has 18 characters, this one has {len(number)}. Compare it with the card.",
        )
    for position, sign in enumerate(number, 1):
        if sign not in "0123456789" and not (position == 18 and sign == "X"):
            return Finding(
                "charset",
                f"第 {position} 位是“{sign}”。前 17 位只能是数字，第 18 位是数字或 X，请改正。",
                f"Character {position} is “{sign}”. The first 17 are digits, the last is a digit or X.",
                position,
            )
    return None


def birth_date(number: str) -> date:
    """Return the date of birth that a cleaned number of the right shape carries; ValueError when it is none."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _date_error(number: str, today: date) -> Finding | None:
    wrong = Finding(
        "date",
        "第 7 至 14 位不是真实的出生日期。请对照身份证核对。",
        "Characters 7 to 14 are not a real date of birth. Compare them with the card.",
        7,
    )
    try:
        born = birth_date(number)
    except ValueError:
        return wrong
    if born.year < _EARLIEST_YEAR:
        return wrong
    if born > today:
        return Finding(
            "future",
            "第 7 至 14 位的出生日期晚于今天。请对照身份证核对。",
            "The date of birth in characters 7 to 14 lies in the future. Compare it with the card.",
            7,
        )
    return None


def _check_error(number: str) -> Finding | None:
    # The expected sign is not told: it would turn a mistyped number into a valid number of somebody else.
    if check_character(number[:17]) == number[17]:
        return None
    return Finding(
        "check",
        "校验不通过，号码中至少有一位有误。请对照身份证逐位核对。",
        "The check fails: at least one character is wrong. Compare each with the card.",
        18,
    )


def check_identity_number(text: str, today: date) -> NumberCheck:
    """Check a typed number; blanks, full width and a small x are forgiven.

    The region is never a reason to refuse, since numbers keep the code of the day they were given; one outside the
    known provinces (and 83 for residents from Taiwan, 9… for permanent residents) is a warning.
    """
    number = clean(text)
    error = _shape_error(number) or _date_error(number, today) or _check_error(number)
    if error is not None:
        return NumberCheck(number, (error,))
    if number[:2] in PROVINCES or number[:2] == "83" or number[0] == "9":
        return NumberCheck(number)
    warning = Finding(
        "region",
        f"前两位地区码“{number[:2]}”不常见，请核对。",
        f"The region “{number[:2]}” at the beginning is unusual; please verify.",
        1,
    )
    return NumberCheck(number, warnings=(warning,))


def parse_identity_number(text: str, today: date) -> str:
    """Return the cleaned number; NumberError when it is not valid."""
    check = check_identity_number(text, today)
    if not check.ok:
        raise NumberError(check)
    return check.number


def mask_identity_number(number: str) -> str:
    """Return the number with everything between the province and the last two signs hidden."""
    if len(number) != 18:
        return "*" * 18 if number else ""
    return f"{number[:2]}{'*' * 14}{number[16:]}"
