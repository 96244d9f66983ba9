"""Writing organisations, one by one and by the ten thousand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.areas import queries as areas
from xirang.areas.models import Area, ancestor_columns
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record, unchanged
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError
from xirang.foundation.ids import new_id
from xirang.foundation.sealing import sealed
from xirang.foundation.text import plain
from xirang.people import queries
from xirang.people.logic.credit_code import parse_credit_code
from xirang.people.logic.finding import NumberError
from xirang.people.models import Organisation
from xirang.people.policy import ENTERING, can_create_organisation
from xirang.people.spec import Kind
from xirang.ui.wording import spoken

ROWS_PER_RECORD = 400  # A record's body stays well below the 64 KiB that a log entry may have.
TEXT_LIMITS = {
    "name": 200,
    "address_text": 300,
    "industry": 80,
    "company_type": 60,
    "business_scope": 20_000,
    "capital_text": 300,
}


class OrganisationExistsError(ConflictError):
    code = "organisation_exists"
    zh = "已有这个信用代码或单位代码的单位“{name}”。请直接使用它，或核对代码。"
    en = "An organisation with this code exists already: “{name}”. Use it, or check the code."


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One organisation of a batch; `credit_code` is 18 signs, checked by the caller, and is the key of the batch."""

    credit_code: str
    name: str
    area_id: UUID
    kind: str = Kind.ENTERPRISE.value
    address_text: str = ""
    industry: str = ""
    company_type: str = ""
    business_scope: str = ""
    capital_text: str = ""
    staff_count: int | None = None
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class UpsertOutcome:
    """How many rows of a batch were new, changed an existing organisation, or said what was known already."""

    batch_id: UUID
    inserted: int
    changed: int
    unchanged: int


@command(gettext_lazy("登记单位"), permit=ENTERING)
def create_organisation(
    *,
    actor: Actor,
    kind: str,
    name: str,
    area_id: UUID,
    now: datetime,
    code: str = "",
    credit_code: str = "",
    parent_id: UUID | None = None,
    address_text: str = "",
    industry: str = "",
    company_type: str = "",
    business_scope: str = "",
    capital_text: str = "",
    staff_count: int | None = None,
    registered_on: date | None = None,
    source: str = "",
    is_demo: bool = False,
) -> UUID:
    """Enter one organisation in the register.

    InvalidError for an empty name, an unknown kind or a wrong credit code; OrganisationExistsError for a code in use.
    """
    area = areas.get_area(area_id)
    if not can_create_organisation(actor, area.path):
        raise NotAllowedError()
    name, fields = name.strip(), {}
    if not 2 <= len(name) <= TEXT_LIMITS["name"]:
        fields["name"] = _("请填写单位全称，2 到 200 个字。")
    if kind not in {one.value for one in Kind}:
        fields["kind"] = _("请从列表中选择单位类别。")
    if staff_count is not None and not 0 <= staff_count <= 5_000_000:
        fields["staff_count"] = _("职工人数应为 0 到 5000000 的整数。")
    credit_code = _checked_credit_code(credit_code, fields)
    if fields:
        raise InvalidError(fields=fields)
    _refuse_known(code, credit_code)
    parent = queries.get_organisation(actor, parent_id) if parent_id else None
    row = Organisation(
        id=new_id(now),
        kind=kind,
        name=name,
        code=code.strip() or None,
        credit_code=credit_code or None,
        parent=parent,
        address_text=address_text.strip(),
        industry=industry,
        company_type=company_type,
        business_scope=business_scope,
        capital_text=capital_text,
        staff_count=staff_count,
        registered_on=registered_on,
        source=source,
        source_checked_at=now if source else None,
        is_demo=is_demo,
        search=Organisation.search_tokens(name, credit_code),
    )
    row.place_in(area)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise OrganisationExistsError(name=credit_code or code) from error
    record(
        Ref("organisation", str(row.pk)),
        {"kind": kind, "name": sealed(name), "code": code, "credit_code": credit_code, "source": sealed(source)},
        area_id=area.pk,
    )
    return row.pk


def _checked_credit_code(text: str, fields: dict[str, str]) -> str:
    if not text.strip():
        return ""
    try:
        return parse_credit_code(text)
    except NumberError as error:
        fields["credit_code"] = spoken(error)
        return ""


def _refuse_known(code: str, credit_code: str) -> None:
    known = Organisation.objects.all_unscoped("a code is unique in the whole installation")
    if credit_code and (found := known.filter(credit_code=credit_code).first()):
        raise OrganisationExistsError(name=found.name)
    if code.strip() and (found := known.filter(code=code.strip()).first()):
        raise OrganisationExistsError(name=found.name)


@command(gettext_lazy("批量导入单位"), permit=ENTERING)
def upsert_organisations(
    *, actor: Actor, rows: Sequence[OrganisationRow], source: str, now: datetime, is_demo: bool = False
) -> UpsertOutcome:
    """Enter a batch by credit code: new ones are inserted, differing ones changed, the rest left alone.

    A row that stands twice in the batch counts by its last occurrence. A staff count that the batch does not give
    keeps the one known. A batch that says nothing new leaves no record; otherwise records name the batch and, for every
    inserted or changed row, the digest of what it now says. `rows` of a few thousand are best. InvalidError for an
    empty batch or a name that is empty or too long.
    """
    latest = {row.credit_code: row for row in rows}
    _check_rows(latest)
    found_areas = Area.objects.in_bulk({row.area_id for row in latest.values()})
    for area_id in {row.area_id for row in latest.values()}:
        if area_id not in found_areas:
            areas.get_area(area_id)
        if not can_create_organisation(actor, found_areas[area_id].path):
            raise NotAllowedError()
    batch_id = new_id(now)
    touched = _write(latest, found_areas, source, now, is_demo)
    if not touched:
        return unchanged(UpsertOutcome(batch_id, 0, 0, len(latest)))
    _record_batch(batch_id, source, latest, touched)
    inserted = sum(touched.values())
    return UpsertOutcome(batch_id, inserted, len(touched) - inserted, len(latest) - len(touched))


def _check_rows(latest: dict[str, OrganisationRow]) -> None:
    if not latest:
        raise InvalidError(code="empty_batch", zh="这一批没有任何一行。", en="The batch is empty.")
    for code, row in latest.items():
        for name, limit in TEXT_LIMITS.items():
            if len(getattr(row, name)) > limit:
                raise InvalidError(
                    code="too_long",
                    fields={name: f"{code}：最多 {limit} 个字。"},
                    zh="{code} 的内容太长。",
                    en="The content of {code} is too long.",
                    row=code,
                )
        if not row.name.strip() or len(code) != 18 or code != code.upper():
            sentence = f"{code[:40]}：缺名称，或信用代码不是 18 位大写。"
            raise InvalidError(code="bad_row", fields={"credit_code": sentence})


COLUMNS = (
    "id",
    "kind",
    "name",
    "credit_code",
    "address_text",
    "industry",
    "company_type",
    "business_scope",
    "capital_text",
    "staff_count",
    "registered_on",
    "search",
    "area_id",
    "city_id",
    "county_id",
    "town_id",
    "village_id",
)
COMPARED = (
    "name",
    "kind",
    "area_id",
    "address_text",
    "industry",
    "company_type",
    "business_scope",
    "capital_text",
    "staff_count",
    "registered_on",
)
_STAGE = """
create temporary table people_batch on commit drop as
    select {columns} from people_organisation with no data
"""
_UPSERT = """
insert into people_organisation as o ({columns}, source, source_checked_at, is_demo, active)
select {columns}, %(source)s, %(now)s, %(is_demo)s, true from people_batch order by credit_code
on conflict (credit_code) do update set
    ({assigned}) = row({incoming}), search = excluded.search, city_id = excluded.city_id,
    county_id = excluded.county_id, town_id = excluded.town_id, village_id = excluded.village_id,
    source = excluded.source, source_checked_at = excluded.source_checked_at, active = true
where ({known}) is distinct from ({incoming}) or not o.active
returning o.credit_code, (xmax = 0)
"""


def _write(
    latest: dict[str, OrganisationRow], found: dict[UUID, Area], source: str, now: datetime, is_demo: bool
) -> dict[str, bool]:
    """Bring the rows in by COPY, then merge; returns the touched credit codes, True where the row is new."""
    columns = ", ".join(COLUMNS)
    incoming = ", ".join(f"coalesce(excluded.{c}, o.{c})" if c == "staff_count" else f"excluded.{c}" for c in COMPARED)
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.people_batch")
        cursor.execute(_STAGE.format(columns=columns))
        with cursor.copy(f"copy people_batch ({columns}) from stdin") as copy:
            for row in latest.values():
                copy.write_row(_cells(row, found[row.area_id], now))
        cursor.execute(
            _UPSERT.format(
                columns=columns,
                assigned=", ".join(COMPARED),
                incoming=incoming,
                known=", ".join(f"o.{c}" for c in COMPARED),
            ),
            {"source": source[:80], "now": now, "is_demo": is_demo},
        )
        touched = dict(cursor.fetchall())
        cursor.execute("drop table people_batch")
    return touched


def _cells(row: OrganisationRow, area: Area, now: datetime) -> tuple[Any, ...]:
    above = ancestor_columns(area.path)
    return (
        new_id(now),
        row.kind,
        row.name.strip(),
        row.credit_code,
        row.address_text,
        row.industry,
        row.company_type,
        row.business_scope,
        row.capital_text,
        row.staff_count,
        row.registered_on,
        Organisation.search_tokens(row.name, row.credit_code),
        area.pk,
        above["city_id"],
        above["county_id"],
        above["town_id"],
        above["village_id"],
    )


def digest_of(row: OrganisationRow) -> str:
    """SHA-256 over the row's canonical JSON: what a record says about a row, checkable by whoever has the row."""
    text = json.dumps({key: str(value) for key, value in asdict(row).items()}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _record_batch(batch_id: UUID, source: str, latest: dict[str, OrganisationRow], touched: dict[str, bool]) -> None:
    subject, codes = Ref("organisation_batch", str(batch_id)), sorted(touched)
    inserted = sum(touched.values())
    record(
        subject, {"source": sealed(source), "rows": len(latest), "inserted": inserted, "changed": len(codes) - inserted}
    )
    for start in range(0, len(codes), ROWS_PER_RECORD):
        part = codes[start : start + ROWS_PER_RECORD]
        record(subject, {"digests": {code: digest_of(latest[code]) for code in part}})


@command(gettext_lazy("停用单位"), permit=ENTERING)
def retire_organisation(*, actor: Actor, organisation_id: UUID, now: datetime, because: str) -> UUID:
    """Take an organisation out of use; what refers to it keeps it."""
    row = queries.get_organisation(actor, organisation_id)
    if not can_create_organisation(actor, row.area.path):
        raise NotAllowedError()
    if not plain(because):
        raise InvalidError(fields={"because": _("请写明停用原因。")})
    Organisation.objects.all_unscoped("fetched within scope above").filter(pk=row.pk).update(active=False)
    record(
        Ref("organisation", str(row.pk)),
        {"active": False, "because": sealed(because.strip()[:200])},
        area_id=row.area_id,
    )
    return row.pk
