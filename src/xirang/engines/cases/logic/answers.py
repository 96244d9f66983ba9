"""Checks what somebody answered against what a process asks, and turns it into plain values that events can hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xirang.engines.cases.logic.fields import FieldSpec

TEXT_LIMIT = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why an answer cannot be taken, said to whoever gave it."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Answers that fit: plain values, the personal ones apart (they go to the vault), and what is wrong by field."""

    plain: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, Wrong] = field(default_factory=dict)


def clean_answers(
    specs: Mapping[str, FieldSpec],
    raw: Mapping[str, Any],
    *,
    known: frozenset[str] = frozenset(),
    today: date | None = None,
) -> Cleaned:
    """Check `raw` (as a form, an API or a scenario gave it) against the fields asked.

    `known` names fields that the ground fills and that need no answer. Values of kind place, files, organisation,
    person and unit are references that the caller has resolved already; they pass as they are. A name that nobody
    asked for is refused: it would be lost silently.
    """
    cleaned = Cleaned()
    for code in raw.keys() - specs.keys():
        cleaned.wrong[code] = Wrong("没有这一栏。", "There is no such field.")
    for code, spec in specs.items():
        value = raw.get(code)
        if isinstance(value, str):
            value = _CONTROL.sub("", value).strip()
        if value is None or value == "" or value == []:
            if spec.required and code not in known:
                cleaned.wrong[code] = missing(spec)
            continue
        answer = _CHECKS.get(spec.kind, _as_is)(spec, value, today)
        if isinstance(answer, Wrong):
            cleaned.wrong[code] = answer
        elif spec.personal and isinstance(answer, str):
            cleaned.personal[code] = answer
        else:
            cleaned.plain[code] = answer
    return cleaned


def missing(spec: FieldSpec) -> Wrong:
    """What to say where a required answer is absent."""
    verb = "选择" if spec.is_choice or spec.kind in ("unit", "organisation", "person", "date", "rating") else "填写"
    if spec.kind == "files":
        verb = "上传"
    return Wrong(f"请{verb}{spec.title.zh}。", f"Please give: {spec.title.en or spec.code}.")


def _text(spec: FieldSpec, value: Any, today: date | None) -> Any:
    text, limit = str(value), spec.max or TEXT_LIMIT
    if len(text) > limit:
        return Wrong(
            f"最多 {limit} 字，现有 {len(text)} 字，请删减 {len(text) - limit} 字。",
            f"At most {limit} characters; {len(text)} were given.",
        )
    if spec.min and len(text) < spec.min:
        return Wrong(f"至少写 {spec.min} 个字，便于准确办理。", f"At least {spec.min} characters, please.")
    return text


def _choice(spec: FieldSpec, value: Any, today: date | None) -> Any:
    code = str(value)
    item = next((item for item in spec.choices.items if item.code == code), None) if spec.choices else None
    if item is None:
        return Wrong("请从列出的选项中选择。", "Please pick one of the options listed.")
    if item.until and today and item.until < today.isoformat():
        return Wrong("这个选项已停用，请另选一项。", "That option is no longer in use; please pick another.")
    return code


def _choices(spec: FieldSpec, value: Any, today: date | None) -> Any:
    picked = [_choice(spec, one, today) for one in (value if isinstance(value, (list, tuple)) else [value])]
    wrong = next((one for one in picked if isinstance(one, Wrong)), None)
    return wrong or list(dict.fromkeys(picked))


def _int(spec: FieldSpec, value: Any, today: date | None) -> Any:
    text = str(value).translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,15}", text):
        return Wrong("请填整数，例如 12。", "Please give a whole number, such as 12.")
    number = int(text)
    if spec.min is not None and number < spec.min:
        return Wrong(f"不能小于 {spec.min}。", f"No less than {spec.min}, please.")
    if spec.max is not None and number > spec.max:
        return Wrong(f"不能大于 {spec.max}。", f"No more than {spec.max}, please.")
    return number


def _fen(spec: FieldSpec, value: Any, today: date | None) -> Any:
    """Yuan as people write them become fen; a whole number given as `int` is fen already."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = re.fullmatch(r"(\d{1,12})(?:\.(\d{1,2}))?(?:元)?", str(value).replace(",", "").replace("，", ""))
    if not found:
        return Wrong(
            "请填金额，单位元，最多两位小数，例如 1280.50。", "Please give an amount in yuan, such as 1280.50."
        )
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _date(spec: FieldSpec, value: Any, today: date | None) -> Any:
    try:
        return value.isoformat() if isinstance(value, date) else date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return Wrong("日期不对，请按 2026-09-30 的样子填写。", "Please give the date like 2026-09-30.")


def _bool(spec: FieldSpec, value: Any, today: date | None) -> Any:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in ("true", "1", "on", "yes", "是"):
        return True
    return False if text in ("false", "0", "off", "no", "否") else Wrong("请选“是”或“否”。", "Please answer yes or no.")


def _phone(spec: FieldSpec, value: Any, today: date | None) -> Any:
    digits = re.sub(r"[\s\-—()（）]", "", str(value)).translate(str.maketrans("０１２３４５６７８９＋", "0123456789+"))
    digits = re.sub(r"^(\+?86)(?=1\d{10}$)", "", digits)
    if re.fullmatch(r"1[3-9]\d{9}", digits) or re.fullmatch(r"0\d{9,11}", digits):
        return digits
    return Wrong(
        "电话号码不对。手机为 11 位，座机请带区号，例如 0573-82000000。",
        "Not a phone number: 11 digits for a mobile, or a landline with its area code.",
    )


def _rating(spec: FieldSpec, value: Any, today: date | None) -> Any:
    if str(value) in ("1", "2", "3", "4", "5"):
        return int(value)
    return Wrong("请在一到五之间评价。", "Please rate from one to five.")


def _as_is(spec: FieldSpec, value: Any, today: date | None) -> Any:
    return value


Check = Callable[[FieldSpec, Any, "date | None"], Any]
_CHECKS: Mapping[str, Check] = {
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "int": _int,
    "fen": _fen,
    "date": _date,
    "bool": _bool,
    "phone": _phone,
    "rating": _rating,
}
