"""Who may do what with people, and the table of it that is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from xirang.foundation.actor import Actor, is_public, is_system
from xirang.people.models import Account, Organisation
from xirang.people.spec import ADMINISTRATORS, Floor, codes_of_floor, find_role

Path = Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Permit:
    """One row of the permission table: a command, who may run it, and how far it reaches."""

    verb: str
    roles: tuple[str, ...]
    scope: str


PERMITS: tuple[Permit, ...] = (
    Permit("people.create_organisation", ("system_admin",), "所辖区域"),
    Permit("people.upsert_organisations", ("system_admin",), "所辖区域"),
    Permit("people.create_person", ("anyone",), "只新增，不读取；由承办引擎调用"),
    Permit("people.keep_fields", ("system_admin",), "所辖区域的账号；本人；办件中由承办引擎核定"),
    Permit("people.open_account", ("system_admin",), "所辖区域"),
    Permit("people.retire_organisation", ("system_admin",), "所辖区域"),
    Permit("people.import_staff", ("system_admin",), "所辖区域；角色只作申请"),
    Permit("people.request_role", ("system_admin",), "所辖区域的账号"),
    Permit("people.decide_role_requests", ("security_admin",), "所辖区域；本人除外；三员角色须由他人申请"),
    Permit("people.grant_role", ("security_admin",), "所辖区域；本人和三员角色除外"),
    Permit("people.end_role", ("security_admin",), "所辖区域；本人和三员角色除外"),
    Permit("people.reset_password", ("security_admin",), "所辖区域；本人和三员除外；本机命令行 xirang account"),
    Permit("people.lock_account", ("system_admin", "security_admin"), "所辖区域；本人和三员除外"),
    Permit("people.request_securing", ADMINISTRATORS, "所辖区域的三员账号；本人除外"),
    Permit("people.decide_securing", ADMINISTRATORS, "所辖区域的三员账号；本人和申请人除外"),
    Permit("people.unlock_account", ("security_admin",), "所辖区域；本人除外；本机命令行 xirang account"),
    Permit("people.disable_totp", ("security_admin",), "所辖区域；三员除外；本人凭口令和动态码或恢复码；本机命令行"),
    Permit(
        "people.set_stand_in",
        ("security_admin", "unit_leader"),
        "所辖区域；负责人限本单位；本人限同单位同事",
    ),
    Permit("people.end_stand_in", ("security_admin", "unit_leader"), "所辖区域；负责人限本单位；本人"),
    Permit("people.start_preview", ("security_admin",), "所辖区域；三员账号除外"),
    Permit("people.end_preview", ("security_admin",), "本人发起的"),
    Permit(
        "people.reveal_field",
        ("security_admin", "unit_leader"),
        "所辖区域；负责人限本单位；办件中由承办引擎核定；本人",
    ),
    Permit("people.erase_person", ("security_admin",), "所辖区域；三员账号除外"),
    Permit("people.rewrap_keys", (), "只能由本机的命令行 xirang vault rotate 办理"),
    Permit("people.change_password", ("signed_in",), "本人"),
    Permit("people.choose_language", ("signed_in",), "本人"),
    Permit("people.start_totp", ("signed_in",), "本人"),
    Permit("people.confirm_totp", ("signed_in",), "本人"),
    Permit("people.save_view", ("signed_in",), "本人"),
    Permit("people.remove_view", ("signed_in",), "本人"),
    Permit("people.sign_in", ("anyone",), "按来源限速"),
    Permit("people.sign_in_second", ("anyone",), "口令已通过者"),
    Permit("people.sign_in_by_oidc", ("anyone",), "已开立的账号"),
    Permit("people.sign_out", ("signed_in",), "本人"),
    Permit("people.register_resident", ("anyone",), "按来源限速"),
)


def _within(actor: Actor, path: Path, *roles: str) -> bool:
    """True when one of the roles is held in an area on the path; the system itself may everywhere."""
    return is_system(actor) or actor.holds_within(path, *roles)


def _is_own(actor: Actor, account: Account) -> bool:
    return actor.ref.kind == "account" and actor.ref.id == str(account.pk)


def _leads(actor: Actor, account: Account) -> bool:
    """True for the head of the unit that the account belongs to."""
    return account.organisation_id is not None and any(
        grant.role == "unit_leader" and grant.organisation_id == account.organisation_id for grant in actor.grants
    )


def can_create_organisation(actor: Actor, area_path: Path) -> bool:
    """The system administrator within the area."""
    return _within(actor, area_path, "system_admin")


def can_open_account(actor: Actor, area_path: Path) -> bool:
    """The system administrator within the area; the account comes without any role."""
    return _within(actor, area_path, "system_admin")


def can_import_staff(actor: Actor) -> bool:
    """The system administrator; each row must lie within the area besides."""
    return is_system(actor) or actor.holds("system_admin")


def can_lock_account(actor: Actor, account: Account, *, administers: bool) -> bool:
    """The system or the security administrator within the area; never the own account, nor one of the three alone."""
    if administers and not is_system(actor):
        return False
    return not _is_own(actor, account) and _within(actor, account.area.path, "system_admin", "security_admin")


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
    return is_system(actor) or bool(granting) and _within(actor, area_path, *granting)


def _grants(held: str, role: str) -> bool:
    found = find_role(held)
    return found is not None and ("*" in found.may_grant or role in found.may_grant)


def can_secure_account(actor: Actor, account: Account, *, administers: bool) -> bool:
    """Reset: the security administrator within the area; never the own account, nor one of the three alone."""
    return (is_system(actor) or not administers) and can_unlock_account(actor, account)


def can_unlock_account(actor: Actor, account: Account) -> bool:
    """The security administrator within the area, never for the own account."""
    return not _is_own(actor, account) and _within(actor, account.area.path, "security_admin")


def can_request_securing(actor: Actor, account: Account, *, administers: bool) -> bool:
    """Any of the three administrators within the area, for the account of another of the three."""
    return administers and not _is_own(actor, account) and actor.holds_within(account.area.path, *ADMINISTRATORS)


def can_decide_securing(actor: Actor, account: Account, requested_by: str) -> bool:
    """A second of the three: neither whoever asked nor whose account it is."""
    return str(actor.ref) != requested_by and can_request_securing(actor, account, administers=True)


def can_set_stand_in(actor: Actor, absent: Account) -> bool:
    """The security administrator, the head of the unit, or whoever will be away."""
    return _is_own(actor, absent) or _leads(actor, absent) or _within(actor, absent.area.path, "security_admin")


def can_preview_account(actor: Actor, account: Account, roles: Sequence[str]) -> bool:
    """The security administrator within the area; an administrator's view would undo the separation of the three."""
    apart = any(role in ADMINISTRATORS for role in roles)
    return not apart and not is_system(actor) and can_unlock_account(actor, account)


def can_reveal_of(actor: Actor, account: Account) -> bool:
    """The person's own data; otherwise the security administrator within the area or the head of the unit."""
    return _is_own(actor, account) or _leads(actor, account) or _within(actor, account.area.path, "security_admin")


def can_keep_fields_of(actor: Actor, account: Account) -> bool:
    """The person's own data, or the system administrator who opens the account."""
    return _is_own(actor, account) or _within(actor, account.area.path, "system_admin")


def can_erase_person(actor: Actor, accounts: Sequence[Account], roles: Sequence[str]) -> bool:
    """The security administrator, within whose areas all accounts of the person lie; never one of the three."""
    if is_system(actor):
        return True
    if any(role in ADMINISTRATORS for role in roles) or not accounts:
        return False
    return all(can_unlock_account(actor, account) for account in accounts)


def can_see_organisation_people(actor: Actor, organisation: Organisation) -> bool:
    """Those within the organisation, and whoever lists accounts."""
    return organisation.pk in actor.organisation_ids or can_list_accounts(actor)


def is_signed_in(actor: Actor) -> bool:
    """True for an account; neither the public nor the machine signs in."""
    return not is_public(actor) and actor.ref.kind == "account"
