"""One account for every role of the platform, in the small district; for tests that look at pages as each of them."""

from __future__ import annotations

from uuid import UUID

from xirang.engines.cases.tests.snap import START, District
from xirang.foundation.actor import SYSTEM
from xirang.foundation.calendar import local_date
from xirang.people.commands import create_organisation, grant_role, open_account
from xirang.people.models import Account
from xirang.people.spec import PLATFORM_ROLES

PASSWORD = "river-stone-47-lamp"


def make_accounts(district: District) -> dict[str, Account]:
    """Accounts by role, named `role_<code>`, all with PASSWORD and without any first duty."""
    firm_id = create_organisation(
        actor=SYSTEM,
        kind="enterprise",
        name="测试电器有限公司",
        area_id=district.county.pk,
        now=START,
        code="test_firm",
    )
    return {role: _account(role, district, firm_id) for role in PLATFORM_ROLES}


def _account(role: str, district: District, firm_id: UUID) -> Account:
    at_unit = role in ("handler", "unit_leader", "grid_worker", "dispatcher", "leader")
    organisation_id = district.unit.pk if at_unit else firm_id if role == "enterprise" else None
    opened = open_account(
        actor=SYSTEM,
        username=f"role_{role}",
        title_name=f"测试{role}",
        area_id=district.county.pk,
        organisation_id=organisation_id,
        name="测试人员",
        password=PASSWORD,
        must_change_password=False,
        now=START,
    )
    grant_role(
        actor=SYSTEM,
        account_id=opened.account_id,
        role=role,
        area_id=district.county.pk,
        organisation_id=organisation_id,
        valid_from=local_date(START),
        now=START,
    )
    return Account.sign_ins.get(pk=opened.account_id)


__all__ = ["PASSWORD", "make_accounts"]
