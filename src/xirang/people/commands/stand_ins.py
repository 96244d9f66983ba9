"""Covering for a colleague who is away (A/B岗), openly and for a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.calendar import local_date
from xirang.foundation.commands import command, record
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from xirang.foundation.ids import new_id
from xirang.foundation.sealing import sealed
from xirang.people import queries
from xirang.people.models import Account, RoleGrant, StandIn
from xirang.people.policy import COVERING, can_set_stand_in
from xirang.people.spec import ADMINISTRATORS, role_title

LONGEST = timedelta(days=90)


class StandInRefusedError(ConflictError):
    code = "stand_in_refused"
    zh = "不能这样设定代岗：{because}"
    en = "This stand-in cannot be set: {because_en}"


@command(gettext_lazy("设定代岗"), permit=COVERING)
def set_stand_in(
    *,
    actor: Actor,
    absent_id: UUID,
    substitute_id: UUID,
    valid_from: date,
    valid_to: date,
    because: str,
    now: datetime,
    roles: Sequence[str] = (),
) -> UUID:
    """Let the substitute act for the absent colleague on these days (both inclusive, 90 days at most).

    Without `roles` all of the absent one's roles are covered. InvalidError for dates or an empty reason;
    StandInRefusedError for administrators, chains and overlaps.
    """
    absent, substitute = _get_both(actor, absent_id, substitute_id)
    if not can_set_stand_in(actor, absent):
        raise NotAllowedError(code="may_not_set_stand_in")
    _check_dates(valid_from, valid_to, because, local_date(now))
    _check_posts(absent, substitute, roles, valid_from, valid_to, now)
    row = StandIn.objects.create(
        id=new_id(now),
        absent=absent,
        substitute=substitute,
        valid_from=valid_from,
        valid_to=valid_to,
        roles=sorted(set(roles)),
        because=because.strip(),
        set_by=str(actor.ref),
        set_at=now,
    )
    record(
        Ref("account", str(absent.pk)),
        {
            "stand_in": row.pk,
            "substitute": substitute.pk,
            "from": valid_from,
            "to": valid_to,
            "roles": row.roles,
            "because": sealed(row.because),
        },
        area_id=absent.area_id,
    )
    return row.pk


def _get_both(actor: Actor, absent_id: UUID, substitute_id: UUID) -> tuple[Account, Account]:
    """Both accounts, locked in one order so that two settings at once see each other."""
    if absent_id == substitute_id:
        raise InvalidError(fields={"substitute_id": _("代岗人不能是本人，请选择一位同事。")})
    absent, substitute = queries.get_account(actor, absent_id), queries.get_account(actor, substitute_id)
    list(
        Account.objects.all_unscoped("both were fetched within scope")
        .select_for_update()
        .filter(pk__in=[absent_id, substitute_id])
        .order_by("pk")
        .values_list("pk")
    )
    return absent, substitute


def _check_dates(valid_from: date, valid_to: date, because: str, today: date) -> None:
    fields = {}
    if valid_from < today:
        fields["valid_from"] = _("起日不能早于今天：代岗不能补设。")
    if valid_to < valid_from:
        fields["valid_to"] = _("止日不能早于起日。")
    elif valid_to - valid_from >= LONGEST:
        fields["valid_to"] = _("一次代岗最长 90 天，更长的请变更角色。")
    if not 2 <= len(because.strip()) <= 120:
        fields["because"] = _("请写明事由，2 到 120 个字，例如“年休假”。")
    if fields:
        raise InvalidError(fields=fields)


def _check_posts(
    absent: Account, substitute: Account, roles: Sequence[str], start: date, end: date, now: datetime
) -> None:
    if not substitute.is_active:
        raise StandInRefusedError(because="代岗人的账号已锁定。", because_en="the substitute's account is locked.")
    if absent.organisation_id is None or absent.organisation_id != substitute.organisation_id:
        raise StandInRefusedError(because="代岗人须与本人在同一单位。", because_en="both must belong to one unit.")
    held = set(
        RoleGrant.objects.filter(account__in=[absent, substitute], ended_at__isnull=True).values_list(
            "account_id", "role"
        )
    )
    if any(role in ADMINISTRATORS for _, role in held):
        raise StandInRefusedError(
            because="系统、安全、审计管理员不设代岗，也不代岗。",
            because_en="the three administrators neither are covered nor cover.",
        )
    own = set(queries.roles_of(absent, now=now))
    if unknown := sorted(set(roles) - own):
        raise InvalidError(
            fields={
                "roles": _("被代岗人没有这些角色：%(roles)s。")
                % {"roles": "、".join(role_title(role) for role in unknown)}
            }
        )
    in_these_days = StandIn.objects.filter(ended_at__isnull=True, valid_from__lte=end, valid_to__gte=start)
    if in_these_days.filter(absent=absent).exists():
        raise StandInRefusedError(
            because="这段日期已有人代岗，请先结束原来的设定。",
            because_en="somebody covers these days already; end that one first.",
        )
    if in_these_days.filter(absent=substitute).exists() or in_these_days.filter(substitute=absent).exists():
        raise StandInRefusedError(
            because="代岗不能连环：双方中有人这几天自己离岗，或正替别人代岗。",
            because_en="no chains: one of them is away or covers another in these days.",
        )


@command(gettext_lazy("结束代岗"), permit=COVERING.but(gettext_lazy("所辖区域；负责人限本单位；双方本人")))
def end_stand_in(*, actor: Actor, stand_in_id: UUID, now: datetime) -> UUID:
    """End a stand-in at once; returns the absent account. Either of the two, their head, or security may do it."""
    row = StandIn.objects.select_for_update().filter(pk=stand_in_id).first()
    missing = NotFoundError(code="no_such_stand_in", zh="没有找到这项代岗。", en="There is no such stand-in.")
    if row is None:
        raise missing
    try:
        absent = queries.get_account(actor, row.absent_id)
    except NotFoundError as error:
        raise missing from error
    if not can_set_stand_in(actor, absent) and actor.ref != Ref("account", str(row.substitute_id)):
        raise NotAllowedError()
    if row.ended_at is not None:
        raise ConflictError(code="stand_in_ended", zh="这项代岗已经结束。", en="This stand-in has ended already.")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(Ref("account", str(row.absent_id)), {"stand_in": row.pk, "ended": now}, area_id=absent.area_id)
    return row.absent_id
