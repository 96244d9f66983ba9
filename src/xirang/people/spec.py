"""What packs and other floors may say about people: the kinds of organisations, the roles, the vault's fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from xirang.foundation.engines import every
from xirang.foundation.language import is_english


class Kind(StrEnum):
    """What an organisation is."""

    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"
    STREET = "street"
    COMMUNITY = "community"
    ASSOCIATION = "association"
    INSTITUTION = "institution"
    OTHER = "other"


KIND_TITLES: dict[Kind, tuple[str, str]] = {
    Kind.ENTERPRISE: ("企业", "Enterprise"),
    Kind.GOVERNMENT: ("政府部门", "Government department"),
    Kind.STREET: ("街道或镇", "Street or town office"),
    Kind.COMMUNITY: ("村社", "Community or village"),
    Kind.ASSOCIATION: ("社会组织", "Association"),
    Kind.INSTITUTION: ("事业单位", "Public institution"),
    Kind.OTHER: ("其他", "Other"),
}
# Units of the administration are known to everybody by name; a firm is seen by those responsible for its area.
UNIT_KINDS: tuple[Kind, ...] = (Kind.GOVERNMENT, Kind.STREET, Kind.COMMUNITY, Kind.INSTITUTION)


class Floor(StrEnum):
    """Which house a role works in: the office, a firm, or the public."""

    OFFICE = "office"
    FIRM = "firm"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Role:
    """A role that can be granted within an area.

    `may_grant` names the roles that a holder may grant ("*" is every role); `apart` names a group of roles of which
    nobody may hold two at the same time. A role that a pack brings is `like` one of the platform: whoever holds it may
    do what that one may do, and what the pack says besides.
    """

    code: str
    zh: str
    en: str
    floor: Floor
    may_grant: tuple[str, ...] = ()
    apart: str = ""
    like: str = ""


@dataclass(frozen=True, slots=True)
class RoleSource:
    """Where further roles come from, by code: offered by whoever knows the installed packs."""

    roles: Callable[[], Mapping[str, Role]]


# Each of the three is kept apart from the others: none becomes, locks out or appoints another alone.
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
# What is done to the account of one of the three administrators only when a second one confirms it.
SECURING_ACTS: dict[str, tuple[str, str]] = {
    "reset_password": ("重置口令", "Reset the password"),
    "disable_totp": ("停用动态码", "Turn moving codes off"),
    "lock_account": ("锁定账号", "Lock the account"),
    "end_role": ("收回管理员角色", "Take the administrator's role back"),
}
_PLATFORM = {
    role.code: role
    for role in (
        Role("system_admin", "系统管理员", "System administrator", Floor.OFFICE, apart="administrators"),
        Role("security_admin", "安全管理员", "Security administrator", Floor.OFFICE, ("*",), apart="administrators"),
        Role("audit_admin", "审计管理员", "Audit administrator", Floor.OFFICE, apart="administrators"),
        Role("dispatcher", "指挥中心调度", "Dispatcher", Floor.OFFICE),
        Role("handler", "经办", "Handler", Floor.OFFICE),
        Role("unit_leader", "单位负责人", "Head of unit", Floor.OFFICE),
        Role("leader", "区领导", "District leader", Floor.OFFICE),
        Role("grid_worker", "网格员", "Grid worker", Floor.OFFICE),
        Role("enterprise", "企业联系人", "Enterprise contact", Floor.FIRM),
        Role("resident", "居民", "Resident", Floor.PUBLIC),
        Role("auditor", "审计员", "Auditor", Floor.OFFICE),
    )
}
PLATFORM_ROLES = tuple(_PLATFORM)


def platform_role(code: str) -> Role:
    """A role of the platform; KeyError for any other code."""
    return _PLATFORM[code]


def find_role(code: str) -> Role | None:
    """The role of that code, of the platform or of an installed pack, or None."""
    return _PLATFORM.get(code) or _of_packs().get(code)


def all_roles() -> dict[str, Role]:
    """Every role by code, those of the platform first."""
    return {**_PLATFORM, **{code: role for code, role in _of_packs().items() if code not in _PLATFORM}}


def role_title(code: str, language: str = "zh") -> str:
    """A role's name in Chinese or English; the bare code when nobody declares it any more (a pack was removed)."""
    role = find_role(code)
    if role is None:
        return code
    return role.en if is_english(language) else role.zh


def codes_of_floor(*floors: Floor) -> frozenset[str]:
    """The codes of the platform's roles of these floors; who holds a pack's role holds the one that it is like too."""
    return frozenset(code for code, role in _PLATFORM.items() if role.floor in floors)


def _of_packs() -> dict[str, Role]:
    return {code: role for source in every(RoleSource) for code, role in source.roles().items()}


# ---------------------------------------------------------------- the vault


@dataclass(frozen=True, slots=True)
class VaultField:
    """One kind of personal data: its titles, whether it can be found by value, and how it is masked."""

    code: str
    zh: str
    en: str
    found_by_value: bool = False


VAULT_FIELDS: dict[str, VaultField] = {
    field.code: field
    for field in (
        VaultField("name", "姓名", "Name"),
        VaultField("phone", "手机号码", "Phone", found_by_value=True),
        VaultField("identity_number", "身份证号", "Identity number", found_by_value=True),
        VaultField("address", "住址", "Address"),
        VaultField("email", "电子邮箱", "E-mail", found_by_value=True),
    )
}


def vault_field_title(code: str, language: str = "zh") -> str:
    """What a kind of personal data is called; the bare code of one that nobody declared."""
    field = VAULT_FIELDS.get(code)
    return (field.en if is_english(language) else field.zh) if field else code


RESERVED_USERNAMES = (
    "admin",
    "administrator",
    "root",
    "superuser",
    "test",
    "guest",
    "system",
    "public",
    "sysadmin",
    "user",
    "operator",
    "demo",
)
