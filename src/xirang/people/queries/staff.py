"""Checking a staff sheet against the register before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xirang.areas.models import Area
from xirang.foundation.actor import Actor
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError, NotAllowedError
from xirang.foundation.text import plain
from xirang.people.logic.phone import PhoneError, parse_phone
from xirang.people.logic.sign_in_rules import username_fault
from xirang.people.logic.staff_sheet import CellFault, SheetError, StaffRow, read_sheet
from xirang.people.models import Account, Organisation
from xirang.people.policy import can_import_staff, can_open_account
from xirang.people.spec import RESERVED_USERNAMES, all_roles
from xirang.ui.wording import spoken


class BadSheetError(InvalidError):
    code = "bad_sheet"


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row that can be imported: what is written, with the unit, area and role that its codes name."""

    row: StaffRow
    unit: Organisation
    area: Area
    role: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """A dry run: rows that can be imported, and every fault of the others, by row."""

    good: tuple[CheckedRow, ...]
    faults: tuple[CellFault, ...]
    total: int


def check_staff(actor: Actor, data: bytes, *, now: datetime) -> CheckedSheet:
    """Read and check a staff sheet without writing anything; four queries.

    BadSheetError for a file that is no staff sheet, NotAllowedError for who may open no accounts at all.
    """
    if not can_import_staff(actor):
        raise NotAllowedError()
    try:
        rows, faults = read_sheet(data)
    except SheetError as error:
        raise BadSheetError(zh=error.zh, en=error.en, fields={"file": spoken(error)}) from error
    known = _Known(rows, local_date(now))
    good = []
    for row in rows:
        checked = _check(actor, row, known, faults)
        if checked is not None:
            good.append(checked)
    wrong = {fault.row for fault in faults}
    order = sorted(set(faults), key=lambda fault: (fault.row, fault.heading))
    return CheckedSheet(tuple(one for one in good if one.row.row not in wrong), tuple(order), len(rows))


Wrong = Callable[[str, str], None]
"""Notes that a cell of the row is wrong: its heading, and the sentence that says what to do."""


class _Known:
    """What the register holds of everything the sheet names, fetched at once."""

    def __init__(self, rows: Sequence[StaffRow], day: date) -> None:
        codes = {row.unit_code for row in rows}
        units = Organisation.objects.all_unscoped("units are known to everybody by name")
        self.day = day
        self.units = {unit.code: unit for unit in units.select_related("area").filter(code__in=codes, active=True)}
        areas = Area.objects.valid_on(day).filter(code__in={row.area_code for row in rows})
        self.areas = {area.code: area for area in areas}
        taken = Account.objects.all_unscoped("a user name is unique in the whole installation")
        names = {plain(row.username) for row in rows}
        self.taken = set(taken.filter(username__in=names).values_list("username", flat=True))
        self.roles = {title: code for code, role in all_roles().items() for title in (code, role.zh)}


def _check_person(row: StaffRow, known: _Known, wrong: Wrong) -> None:
    username = plain(row.username)
    if username and (fault := username_fault(username, RESERVED_USERNAMES)):
        wrong("用户名", fault.zh)
    elif username in known.taken:
        wrong("用户名", "这个用户名已有人使用。")
    if row.phone:
        try:
            parse_phone(row.phone)
        except PhoneError as error:
            wrong("手机", error.zh)
    if len(row.name) > 60:
        wrong("姓名", "姓名最长 60 个字。")


def _check(actor: Actor, row: StaffRow, known: _Known, faults: list[CellFault]) -> CheckedRow | None:
    def wrong(heading: str, sentence: str) -> None:
        faults.append(CellFault(row.row, heading, sentence))

    _check_person(row, known, wrong)
    unit = known.units.get(row.unit_code)
    if row.unit_code and unit is None:
        wrong("单位代码", f"没有代码为“{row.unit_code[:40]}”的单位，请先登记单位或核对代码。")
    area = known.areas.get(row.area_code) if row.area_code else unit.area if unit else None
    if row.area_code and area is None:
        wrong("区域代码", f"没有代码为“{row.area_code[:20]}”的现行区域，请核对 12 位代码。")
    role = known.roles.get(row.role, "") if row.role else ""
    if row.role and not role:
        wrong("角色", f"没有“{row.role[:20]}”这个角色。可填：{'、'.join(one.zh for one in all_roles().values())}。")
    if unit is None or area is None:
        return None
    if not can_open_account(actor, unit.area.path):
        wrong("单位代码", "这个单位不在您管理的范围内。")
    if row.area_code and not can_open_account(actor, area.path):
        wrong("区域代码", "这个区域不在您管理的范围内。")
    return CheckedRow(row, unit, area, role, max(row.valid_from or known.day, known.day))
