"""Unified social credit codes (统一社会信用代码, GB 32100-2015): what is wrong with one, and what is merely unusual."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xirang.people.logic.finding import PROVINCES, Finding, NumberCheck, NumberError, clean

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Registering departments in use: 1 staffing office, 2 foreign affairs, 3 justice, 4 culture, 5 civil affairs,
# 6 tourism, 7 religion, 8 trade unions, 9 market supervision, A military staffing, N agriculture, Y others.
DEPARTMENTS = frozenset("123456789ANY")
# The signs that the standard leaves out, with what was probably meant.
_LOOKALIKES = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}
_MOST_LOOKALIKES = 4


def check_character(first_17: str) -> str:
    """Return the 18th sign for 17 signs of the alphabet; KeyError for others."""
    total = sum(weight * _VALUE[sign] for weight, sign in zip(_WEIGHTS, first_17, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first_8: str) -> str:
    """Return the ninth sign of an organisation code (GB 11714) for its first eight."""
    total = sum(weight * int(sign, 36) for weight, sign in zip(_INNER_WEIGHTS, first_8, strict=True))
    digit = 11 - total % 11
    return {10: "X", 11: "0"}.get(digit, str(digit))


def _length_error(code: str) -> Finding:
    if not code:
        return Finding("empty", "请填写统一社会信用代码。", "Please enter the unified social credit code.")
    return Finding(
        "length",
        f"统一社会信用代码应为 18 位，现有 {len(code)} 位。请对照营业执照补齐或删去多余的字符。",
        f"A credit code has 18 characters, this one has {len(code)}. Compare it with the licence.",
    )


def _charset_errors(code: str) -> Iterator[Finding]:
    for position, sign in enumerate(code, 1):
        if sign in _VALUE:
            continue
        meant = _LOOKALIKES.get(sign)
        yield Finding(
            "charset",
            f"第 {position} 位是“{sign}”，代码中没有这个字符。"
            + (f"请核对是否为“{meant}”。" if meant else "请对照营业执照改正。"),
            f"Character {position} is “{sign}”, which credit codes do not use. "
            + (f"Is it “{meant}”?" if meant else "Compare it with the licence."),
            position,
        )


def _check_error(code: str) -> Finding:
    expected = check_character(code[:17])
    return Finding(
        "check",
        f"校验不通过：按前 17 位推算，第 18 位应为“{expected}”，现为“{code[17]}”。"
        "代码中至少有一位有误，请对照营业执照逐位核对。",
        f"The check fails: the first 17 characters call for “{expected}” in place 18, found “{code[17]}”. At least "
        "one character is wrong; compare each with the licence.",
        18,
    )


def _warnings(code: str, known_region: Callable[[str], bool] | None) -> Iterator[Finding]:
    if code[0] not in DEPARTMENTS:
        yield Finding(
            "department",
            f"第 1 位登记管理部门代码“{code[0]}”不常见，请核对。",
            f"The registering department “{code[0]}” in place 1 is unusual; please verify.",
            1,
        )
    region = code[2:8]
    digits = region.isdecimal() and region.isascii()
    if not digits or region[:2] not in PROVINCES or (known_region is not None and not known_region(region)):
        yield Finding(
            "region",
            f"第 3 至 8 位行政区划码“{region}”不在现有名录中，可能是已撤并的区划，请核对。",
            f"The region “{region}” in places 3 to 8 is not on today's list; it may be a former one. Please verify.",
            3,
        )
    expected = organisation_check_character(code[8:16])
    if code[16] != expected:
        yield Finding(
            "organisation_code",
            f"第 9 至 17 位组织机构代码的校验位应为“{expected}”，现为“{code[16]}”，请核对。",
            f"The organisation code in places 9 to 17 calls for “{expected}” in place 17, found “{code[16]}”; "
            "please verify.",
            17,
        )


def _suggest(code: str) -> str | None:
    """Return the one valid code that is reached by replacing look-alikes, if there is exactly one."""
    wrong = [place for place, sign in enumerate(code) if sign not in _VALUE]
    if len(code) != 18 or not 0 < len(wrong) <= _MOST_LOOKALIKES:
        return None
    if any(code[place] not in _LOOKALIKES for place in wrong):
        return None
    signs = list(code)
    for place in wrong:
        signs[place] = _LOOKALIKES[code[place]]
    fixed = "".join(signs)
    return fixed if check_character(fixed[:17]) == fixed[17] else None


def check_credit_code(text: str, known_region: Callable[[str], bool] | None = None) -> NumberCheck:
    """Check a typed code; blanks, dashes, full width and lower case are forgiven.

    Errors are length, character set and the check character. Warnings (unusual department, a region that `known_region`
    or the list of provinces does not hold, the inner check digit of GB 11714) do not refuse: real old codes have them.
    """
    code = clean(text)
    errors = list(_charset_errors(code[:18]))
    if len(code) != 18:
        errors = [_length_error(code), *(errors if code else [])]
    if errors:
        return NumberCheck(code, tuple(errors), suggestion=_suggest(code))
    if check_character(code[:17]) != code[17]:
        return NumberCheck(code, (_check_error(code),))
    return NumberCheck(code, warnings=tuple(_warnings(code, known_region)))


def parse_credit_code(text: str) -> str:
    """Return the cleaned code; NumberError when it is not valid."""
    check = check_credit_code(text)
    if not check.ok:
        raise NumberError(check)
    return check.number
