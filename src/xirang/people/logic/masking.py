"""The masked form of every kind of personal value that the vault keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from xirang.people.logic.identity_number import mask_identity_number
from xirang.people.logic.names import mask_name
from xirang.people.logic.phone import mask_phone

_DISTRICT = re.compile(r"(?:[^0-9]{1,12}?(?:省|自治州|市(?!场)|(?<![小社园])区|县|旗|街道|镇|乡))+")
_ROAD = re.compile(r"[路巷弄号]|大道")


def mask_email(email: str) -> str:
    """Return the first sign and the domain: s***@example.cn."""
    local, at, domain = email.strip().rpartition("@")
    if not at or not local:
        return "***" if email.strip() else ""
    return f"{local[0]}***@{domain}"


def mask_address(address: str) -> str:
    """Return an address down to the street office or town; road, number and room are hidden."""
    text = "".join(address.split())
    road = _ROAD.search(text)
    head = _DISTRICT.match(text[: road.start()] if road else text)
    return (head[0] if head else "") + "***" if text else ""


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": mask_name,
    "phone": mask_phone,
    "identity_number": mask_identity_number,
    "address": mask_address,
    "email": mask_email,
}


def mask(field: str, value: str) -> str:
    """Return the masked form of a value of the vault; a field without a rule of its own is hidden wholly."""
    rule = _MASKS.get(field)
    if rule is not None:
        return rule(value)
    return "****" if value else ""
