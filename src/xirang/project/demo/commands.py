"""The one write that is the demo district's own: opening the accounts of its cast."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.calendar import local_date
from xirang.foundation.commands import command, record, unchanged
from xirang.foundation.permits import Permit
from xirang.people.commands import grant_role
from xirang.people.commands.accounts import enter_account
from xirang.people.models import Account
from xirang.project.demo.cast import CAST, Member


@command(_("建立演示人员"), permit=Permit(("system",), _("只在建立演示辖区时")))
def gather_cast(
    *, actor: Actor, areas: Mapping[str, UUID], organisations: Mapping[str, UUID], password: str, now: datetime
) -> dict[str, UUID]:
    """Open the accounts of the cast that are not there yet and grant their roles; returns account ids by user name.

    Only the system does this, and only in demo mode: one password for everybody is nothing for real work.
    """
    gather_cast.permit.require(actor)
    rows = Account.objects.all_unscoped("the demo district's own cast")
    known = dict(rows.filter(username__in=[one.username for one in CAST]).values_list("username", "pk"))
    missing = [member for member in CAST if member.username not in known]
    if not missing:
        return unchanged(known)
    # Hashing is slow on purpose and lets a second thread run meanwhile.
    with ThreadPoolExecutor(2) as pool:
        hashes = list(pool.map(make_password, [password] * len(missing)))
    for member, encoded in zip(missing, hashes, strict=True):
        known[member.username] = _enter(actor, member, areas, organisations, password, encoded, now)
    record(Ref("demo", "cast"), {"opened": len(missing)}, area_id=None)
    return known


def _enter(
    actor: Actor,
    member: Member,
    areas: Mapping[str, UUID],
    organisations: Mapping[str, UUID],
    password: str,
    encoded: str,
    now: datetime,
) -> UUID:
    area_id = areas[member.area]
    account_id = enter_account(
        actor=actor,
        username=member.username,
        title_name=member.title_name,
        area_id=area_id,
        person_id=None,
        organisation_id=organisations.get(member.unit),
        personal={"name": member.name, "phone": member.phone},
        password=password,
        weak_allowed=True,
        must_change_password=False,
        is_demo=True,
        encoded=encoded,
        now=now,
    )
    grant_role(
        actor=actor,
        account_id=account_id,
        role=member.role,
        area_id=area_id,
        now=now,
        organisation_id=organisations.get(member.firm or member.unit),
        valid_from=local_date(now),
    )
    return account_id
