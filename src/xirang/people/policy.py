"""Who may do what with people: what commands permit, and what an account or a person asks besides."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor, is_public, is_system
from xirang.foundation.permits import Permit
from xirang.people.models import Account, Organisation
from xirang.people.spec import ADMINISTRATORS, PLATFORM_ROLES, Floor, codes_of_floor, find_role, platform_role

Path = Sequence[UUID]


ENTERING = Permit(("system", "system_admin"), _("所辖区域"))
IMPORTING_STAFF = ENTERING.but(_("所辖区域；角色只作申请"))
KEEPING = ENTERING.but(_("所辖区域的账号；本人；办件中由承办引擎核定"))
LOCKING = Permit(("system", "system_admin", "security_admin"), _("所辖区域；本人和三员除外"))
RESETTING = Permit(("system", "security_admin"), _("所辖区域；本人和三员除外；本机命令行 xirang account"))
UNLOCKING = RESETTING.but(_("所辖区域；本人除外；本机命令行 xirang account"))
ERASING = RESETTING.but(_("所辖区域；三员账号除外"))
GRANTING = Permit(
    ("system", *(code for code in PLATFORM_ROLES if platform_role(code).may_grant)),
    _("所辖区域；本人和三员角色除外"),
)
CONFIRMING = Permit(ADMINISTRATORS, _("所辖区域的三员账号；本人和申请人除外"))
COVERING = Permit(
    ("system", "security_admin"), _("所辖区域；负责人限本单位；本人限同单位同事"), of_unit=("unit_leader",)
)
REVEALING = COVERING.but(_("所辖区域；负责人限本单位；办件中由承办引擎核定；本人"))
PREVIEWING = Permit(("security_admin",), _("所辖区域；三员账号除外"))
OWN = Permit(("signed_in",), _("本人"))


def _is_own(actor: Actor, account: Account) -> bool:
    return actor.ref.kind == "account" and actor.ref.id == str(account.pk)


def can_create_organisation(actor: Actor, area_path: Path) -> bool:
    """The system administrator within the area."""
    return ENTERING.allows(actor, area_path)


def can_open_account(actor: Actor, area_path: Path) -> bool:
    """The system administrator within the area; the account comes without any role."""
    return ENTERING.allows(actor, area_path)


def can_import_staff(actor: Actor) -> bool:
    """The system administrator; each row must lie within the area besides."""
    return IMPORTING_STAFF.allows(actor)


def can_lock_account(actor: Actor, account: Account, *, administers: bool) -> bool:
    """The system or the security administrator within the area; never the own account, nor one of the three alone."""
    if administers and not is_system(actor):
        return False
    return not _is_own(actor, account) and LOCKING.allows(actor, account.area.path)


def can_list_accounts(actor: Actor) -> bool:
    """The three administrators, and heads of units for their own people."""
    return is_system(actor) or actor.holds(*ADMINISTRATORS, "unit_leader")


def can_list_organisations(actor: Actor) -> bool:
    """Everybody in the office."""
    return is_system(actor) or actor.holds(*codes_of_floor(Floor.OFFICE))


def can_grant_role(actor: Actor, account: Account, role: str, area_path: Path, *, asked_by: str = "") -> bool:
    """Whoever may grant this role, or end it, within the area, never for the own account.

    One of the three administrators is appointed only at the request of somebody else (`asked_by`), and never ended so.
    """
    if _is_own(actor, account):
        return False
    if role in ADMINISTRATORS and not is_system(actor) and asked_by in ("", str(actor.ref)):
        return False
    granting = [held for held in {grant.role for grant in actor.grants} if _grants(held, role)]
    return is_system(actor) or (bool(granting) and actor.holds_within(area_path, *granting))


def _grants(held: str, role: str) -> bool:
    found = find_role(held)
    return found is not None and ("*" in found.may_grant or role in found.may_grant)


def can_secure_account(actor: Actor, account: Account, *, administers: bool) -> bool:
    """Reset: the security administrator within the area; never the own account, nor one of the three alone."""
    if administers and not is_system(actor):
        return False
    return not _is_own(actor, account) and RESETTING.allows(actor, account.area.path)


def can_unlock_account(actor: Actor, account: Account) -> bool:
    """The security administrator within the area, never for the own account."""
    return not _is_own(actor, account) and UNLOCKING.allows(actor, account.area.path)


def can_request_securing(actor: Actor, account: Account, *, administers: bool) -> bool:
    """Any of the three administrators within the area, for the account of another of the three."""
    return administers and not _is_own(actor, account) and CONFIRMING.allows(actor, account.area.path)


def can_decide_securing(actor: Actor, account: Account, requested_by: str) -> bool:
    """A second of the three: neither whoever asked nor whose account it is."""
    return str(actor.ref) != requested_by and can_request_securing(actor, account, administers=True)


def can_set_stand_in(actor: Actor, absent: Account) -> bool:
    """The security administrator, the head of the unit, or whoever will be away."""
    return _is_own(actor, absent) or COVERING.allows(actor, absent.area.path, absent.organisation_id)


def can_preview_account(actor: Actor, account: Account, roles: Sequence[str]) -> bool:
    """The security administrator within the area; an administrator's view would undo the separation of the three."""
    apart = any(role in ADMINISTRATORS for role in roles)
    return not apart and not _is_own(actor, account) and PREVIEWING.allows(actor, account.area.path)


def can_reveal_of(actor: Actor, account: Account) -> bool:
    """The person's own data; otherwise the security administrator within the area or the head of the unit."""
    return _is_own(actor, account) or REVEALING.allows(actor, account.area.path, account.organisation_id)


def can_keep_fields_of(actor: Actor, account: Account) -> bool:
    """The person's own data, or the system administrator who opens the account."""
    return _is_own(actor, account) or KEEPING.allows(actor, account.area.path)


def can_erase_person(actor: Actor, accounts: Sequence[Account], roles: Sequence[str]) -> bool:
    """The security administrator, within whose areas all accounts of the person lie; never one of the three."""
    if is_system(actor):
        return True
    if any(role in ADMINISTRATORS for role in roles) or not accounts:
        return False
    return all(not _is_own(actor, one) and ERASING.allows(actor, one.area.path) for one in accounts)


def can_see_organisation_people(actor: Actor, organisation: Organisation) -> bool:
    """Those within the organisation, and whoever lists accounts."""
    return organisation.pk in actor.organisation_ids or can_list_accounts(actor)


def is_signed_in(actor: Actor) -> bool:
    """True for an account; neither the public nor the machine signs in."""
    return not is_public(actor) and actor.ref.kind == "account"
