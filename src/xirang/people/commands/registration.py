"""Registering oneself: as a resident at once, as a firm's contact by a request that somebody checks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.areas import queries as areas
from xirang.foundation.actor import SYSTEM, Actor
from xirang.foundation.calendar import local_date
from xirang.foundation.commands import command
from xirang.foundation.errors import InvalidError
from xirang.foundation.permits import Permit
from xirang.people import queries
from xirang.people.commands.accounts import enter_account
from xirang.people.commands.roles import grant_role, request_role
from xirang.people.logic.masking import mask


@command(gettext_lazy("居民自助注册"), permit=Permit(("anyone",), gettext_lazy("按来源限速")))
def register_resident(
    *,
    actor: Actor,
    username: str,
    password: str,
    name: str,
    phone: str,
    now: datetime,
    credit_code: str = "",
) -> UUID:
    """Open one's own account as a resident; with `credit_code` also ask to become that firm's contact.

    The claim on a firm gives nothing until the security administrator grants it. The shown name is masked. The
    page counts the tries. InvalidError by field; UsernameTakenError.
    """
    root = areas.root_area(local_date(now))
    if root is None:
        raise InvalidError(
            code="no_district",
            zh="系统还没有设定服务区域，请联系管理员。",
            en="No district is set up yet; please tell the administrator.",
        )
    asked = {"name": (name, _("请填写姓名。")), "phone": (phone, _("请填写手机号码。"))}
    if empty := {field: sentence for field, (text, sentence) in asked.items() if not text.strip()}:
        raise InvalidError(fields=empty)
    firm = None
    if credit_code.strip():
        firm = queries.find_organisation_by_credit_code(SYSTEM, credit_code)
        if firm is None:
            raise InvalidError(fields={"credit_code": _("没有找到这个信用代码的企业，请对照营业执照核对。")})
    account_id = enter_account(
        actor=SYSTEM,
        username=username,
        title_name=mask("name", name),
        area_id=root.pk,
        organisation_id=None,
        person_id=None,
        personal={"name": name, "phone": phone},
        password=password,
        weak_allowed=False,
        must_change_password=False,
        now=now,
    )
    grant_role(actor=SYSTEM, account_id=account_id, role="resident", area_id=root.pk, now=now)
    if firm is not None:
        request_role(
            actor=SYSTEM,
            account_id=account_id,
            role="enterprise",
            area_id=firm.area_id,
            now=now,
            organisation_id=firm.pk,
        )
    return account_id
