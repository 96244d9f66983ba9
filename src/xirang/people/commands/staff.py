"""Opening accounts for a whole unit from a staff sheet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import InvalidError
from xirang.foundation.ids import new_id
from xirang.people import queries
from xirang.people.commands.accounts import enter_account
from xirang.people.commands.roles import request_role
from xirang.people.logic.sign_in_rules import first_password
from xirang.people.logic.staff_sheet import CellFault
from xirang.people.policy import IMPORTING_STAFF


class SheetHasFaultsError(InvalidError):
    """The sheet was not imported: some rows are wrong and nobody asked to leave them out; `faults` has them all."""

    code = "sheet_has_faults"
    zh = "有 {count} 处填写有误，没有导入任何一行。请改正后重新上传，或选择“只导入无误的行”。"
    en = "{count} cells are wrong; no row was imported. Correct the sheet, or import only the rows without fault."

    def __init__(self, faults: tuple[CellFault, ...]) -> None:
        self.faults = faults
        super().__init__(count=len(faults))


@dataclass(frozen=True, slots=True)
class ImportedAccount:
    """One account of an import with its first password, to be handed over once."""

    row: int
    account_id: UUID
    name: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class StaffImport:
    """What an import did: the accounts it opened, the faults of the rows it left out, and how many rows there were."""

    opened: tuple[ImportedAccount, ...]
    faults: tuple[CellFault, ...]
    total: int


@command(_("批量导入人员"), permit=IMPORTING_STAFF)
def import_staff(*, actor: Actor, data: bytes, now: datetime, only_good: bool = False) -> StaffImport:
    """Open an account for every row of an XLSX staff sheet; roles are requested, not granted.

    All rows or none: a fault anywhere is SheetHasFaultsError, unless `only_good` leaves the faulty rows out.
    BadSheetError for a file that is no staff sheet. At most 200 rows.
    """
    checked = queries.check_staff(actor, data, now=now)
    if (checked.faults and not only_good) or not checked.good:
        raise SheetHasFaultsError(checked.faults)
    passwords = [first_password() for _ in checked.good]
    # Hashing is slow on purpose and lets other threads run meanwhile.
    with ThreadPoolExecutor(2) as pool:
        encoded = list(pool.map(make_password, passwords))
    opened = []
    for one, password, digest in zip(checked.good, passwords, encoded, strict=True):
        row = one.row
        account_id = enter_account(
            actor=actor,
            username=row.username,
            title_name=row.name,
            area_id=one.unit.area_id,
            person_id=None,
            organisation_id=one.unit.pk,
            personal={"name": row.name, "phone": row.phone},
            password=password,
            weak_allowed=True,
            must_change_password=True,
            encoded=digest,
            now=now,
        )
        if one.role:
            request_role(
                actor=actor,
                account_id=account_id,
                role=one.role,
                area_id=one.area.pk,
                now=now,
                organisation_id=one.unit.pk,
                valid_from=one.valid_from,
                valid_to=row.valid_to,
            )
        opened.append(ImportedAccount(row.row, account_id, row.name, row.username.lower(), password))
    record(
        Ref("staff_import", str(new_id(now))),
        {"rows": checked.total, "opened": len(opened), "left_out": checked.total - len(opened)},
    )
    return StaffImport(tuple(opened), checked.faults, checked.total)
