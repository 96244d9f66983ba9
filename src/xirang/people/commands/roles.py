"""Granting and ending roles, deciding requests for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.areas import queries as areas
from xirang.areas.models import Area
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.calendar import local_date
from xirang.foundation.commands import command, record
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.ids import new_id
from xirang.foundation.sealing import sealed
from xirang.people import queries
from xirang.people.models import Account, Organisation, RoleGrant, RoleRequest
from xirang.people.policy import ENTERING, GRANTING, can_grant_role, can_open_account
from xirang.people.spec import ADMINISTRATORS, Floor, find_role, role_title
from xirang.ui.wording import spoken


class TwoAdministratorsError(ConflictError):
    code = "two_administrators"
    zh = "系统、安全、审计三个管理员须由不同账号担任。请先收回该账号现有的管理员角色，或另选账号。"
    en = "System, security and audit administrator must be different accounts. End the present role or choose another."


class AdministratorRoleError(NotAllowedError):
    code = "administrator_role"
    zh = "管理员角色不能由一人授予或收回：授予由系统管理员申请、安全管理员审定；收回由一位管理员申请、另一位确认。"
    en = "Nobody alone appoints or removes an administrator: one asks, and another grants or confirms."


class GrantOverlapsError(ConflictError):
    code = "grant_overlaps"
    zh = "该账号在这段日期内已有同一区域、同一单位的“{role}”角色，不必重复授予。"
    en = "This account already holds the role “{role}” for the same area and organisation in these days."


class NoSuchGrantError(NotFoundError):
    code = "no_such_grant"
    zh = "没有找到这项角色授予，或它不在您可以查看的范围内。"
    en = "There is no such grant, or it lies outside what you may see."


@command(gettext_lazy("授予角色"), permit=GRANTING)
def grant_role(
    *,
    actor: Actor,
    account_id: UUID,
    role: str,
    area_id: UUID,
    now: datetime,
    organisation_id: UUID | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> UUID:
    """Grant a role within an area from `valid_from` (today) to `valid_to` (inclusive; None = until ended).

    InvalidError for an unknown role, dates the wrong way round, or a firm's role without a firm;
    TwoAdministratorsError; GrantOverlapsError; NotAllowedError for the own account or outside the granter's area.
    """
    account = queries.get_account(actor, account_id)
    area = areas.get_area(area_id)
    if not can_grant_role(actor, account, role, area.path):
        raise _refusal(role, "may_not_grant")
    start = valid_from or local_date(now)
    organisation = check_grant(actor, account, role, organisation_id, start, valid_to)
    return _grant(actor, account, role, area, organisation, start, valid_to, now)


def _refusal(role: str, code: str) -> NotAllowedError:
    return AdministratorRoleError() if role in ADMINISTRATORS else NotAllowedError(code=code)


def check_grant(
    actor: Actor, account: Account, role: str, organisation_id: UUID | None, valid_from: date, valid_to: date | None
) -> Organisation | None:
    """The organisation of a grant, once role, dates and organisation fit together; InvalidError otherwise."""
    found, fields = find_role(role), {}
    if found is None:
        fields["role"] = _("请从列表中选择角色。")
    if valid_to is not None and valid_to < valid_from:
        fields["valid_to"] = _("止日不能早于起日。")
    organisation = queries.get_organisation(actor, organisation_id) if organisation_id else account.organisation
    if found and found.floor is Floor.FIRM and organisation is None:
        fields["organisation_id"] = _("“%(role)s”须对应一家企业，请选择。") % {"role": spoken(found)}
    if found and role == "unit_leader" and organisation is None:
        fields["organisation_id"] = _("“单位负责人”须对应一个单位，请选择。")
    if fields:
        raise InvalidError(fields=fields)
    return organisation if organisation_id else None


def _grant(
    actor: Actor,
    account: Account,
    role: str,
    area: Area,
    organisation: Organisation | None,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
) -> UUID:
    grant = RoleGrant(
        id=new_id(now),
        account=account,
        role=role,
        area=area,
        organisation=organisation,
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by=str(actor.ref),
        granted_at=now,
    )
    try:
        with transaction.atomic():
            grant.save(force_insert=True)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint == "role_grant_administrators_apart":
            raise TwoAdministratorsError() from error
        if constraint == "role_grant_once":
            raise GrantOverlapsError(role=role_title(role)) from error
        raise
    record(
        Ref("account", str(account.pk)),
        {
            "grant": grant.pk,
            "role": role,
            "area": area.pk,
            "from": valid_from,
            "organisation": organisation and organisation.pk,
            "to": valid_to,
        },
        area_id=area.pk,
    )
    return grant.pk


@command(gettext_lazy("收回角色"), permit=GRANTING)
def end_role(*, actor: Actor, grant_id: UUID, now: datetime, because: str = "") -> UUID:
    """Take a role back at once; returns the account. A grant that has ended already is ConflictError."""
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("area").filter(pk=grant_id).first()
    if grant is None:
        raise NoSuchGrantError()
    try:
        account = queries.get_account(actor, grant.account_id)
    except NotFoundError as error:
        raise NoSuchGrantError() from error
    if not can_grant_role(actor, account, grant.role, grant.area.path):
        raise _refusal(grant.role, "may_not_end_role")
    if grant.ended_at is not None:
        raise ConflictError(code="grant_ended", zh="这个角色已经收回。", en="This role has been ended already.")
    grant.ended_at, grant.ended_by = now, str(actor.ref)
    grant.save(update_fields=["ended_at", "ended_by"])
    record(
        Ref("account", str(account.pk)),
        {"grant": grant.pk, "role": grant.role, "because": sealed(because.strip()[:200])},
        area_id=grant.area_id,
    )
    return account.pk


@command(gettext_lazy("申请角色"), permit=ENTERING.but(gettext_lazy("所辖区域的账号")))
def request_role(
    *,
    actor: Actor,
    account_id: UUID,
    role: str,
    area_id: UUID,
    now: datetime,
    organisation_id: UUID | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> UUID:
    """Ask the security administrator for a role; the system administrator asks, for accounts of their areas."""
    account = queries.get_account(actor, account_id)
    area = areas.get_area(area_id)
    if not can_open_account(actor, account.area.path):
        raise NotAllowedError()
    start = valid_from or local_date(now)
    organisation = check_grant(actor, account, role, organisation_id, start, valid_to)
    asked = RoleRequest.objects.create(
        id=new_id(now),
        account=account,
        role=role,
        area=area,
        organisation=organisation,
        valid_from=start,
        valid_to=valid_to,
        requested_by=str(actor.ref),
        requested_at=now,
    )
    record(
        Ref("account", str(account.pk)),
        {"request": asked.pk, "role": role, "area": area.pk, "from": start, "to": valid_to},
        area_id=area.pk,
    )
    return asked.pk


@command(gettext_lazy("审定角色申请"), permit=GRANTING.but(gettext_lazy("所辖区域；本人除外；三员角色须由他人申请")))
def decide_role_requests(*, actor: Actor, request_ids: Sequence[UUID], granted: bool, now: datetime) -> int:
    """Grant or refuse requested roles, all or none; returns how many. Decided ones are ConflictError."""
    rows = list(
        RoleRequest.objects.select_for_update(of=("self",))
        .select_related("area", "organisation")
        .filter(pk__in=list(request_ids))
        .order_by("id")
    )
    if not rows or len(rows) != len(set(request_ids)):
        raise NotFoundError(code="no_such_request", zh="没有找到这些角色申请。", en="There are no such requests.")
    for row in rows:
        account = queries.get_account(actor, row.account_id)
        if not can_grant_role(actor, account, row.role, row.area.path, asked_by=row.requested_by):
            raise NotAllowedError(code="may_not_grant")
        if row.decided_at is not None:
            raise ConflictError(
                code="request_decided",
                zh="其中有申请已经审定，请刷新后再办。",
                en="Some of these requests have been decided already; please reload.",
            )
        row.decided_at, row.granted = now, granted
        row.save(update_fields=["decided_at", "granted"])
        if granted:
            start = max(row.valid_from, local_date(now))
            _grant(actor, account, row.role, row.area, row.organisation, start, row.valid_to, now)
        else:
            record(
                Ref("account", str(account.pk)),
                {"request": row.pk, "role": row.role, "granted": False},
                area_id=row.area_id,
            )
    return len(rows)
