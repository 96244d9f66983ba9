"""Keeping, revealing and erasing what is known about natural persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record, unchanged
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError
from xirang.foundation.ids import new_id
from xirang.foundation.permits import Permit
from xirang.foundation.sealing import erase_sealed, sealed
from xirang.people import queries
from xirang.people.logic.vault import MasterKeys, needs_rewrap, new_key, rewrap_key, seal, wrap_key
from xirang.people.models import Account, Person, PersonKey, RoleGrant, SavedView, VaultEntry
from xirang.people.policy import ERASING, KEEPING, REVEALING, can_erase_person, can_keep_fields_of, can_reveal_of
from xirang.people.queries.vault import (
    NoSuchPersonError,
    data_key,
    get_person,
    index_of,
    master_keys,
    normalised,
    open_fields,
)
from xirang.people.spec import VAULT_FIELDS
from xirang.ui.wording import spoken

SHORTEST_PURPOSE = 4


class PurposeMissingError(InvalidError):
    code = "purpose_missing"
    zh = "请写明查看用途（4 到 200 个字），例如“回访诉求人”。用途会记入记录。"
    en = "Please state the purpose (4 to 200 characters); it is kept in the records."


@command(gettext_lazy("登记自然人"), permit=Permit(("anyone",), gettext_lazy("只新增，不读取；由承办引擎调用")))
def create_person(*, actor: Actor, now: datetime, fields: Mapping[str, str] | None = None) -> UUID:
    """Enter a natural person with a key of their own and the given fields of the vault; InvalidError for a bad value.

    Anybody may: it only adds, and nothing is read. The record names the fields, never their values.
    """
    person = Person.objects.create(id=new_id(now), created_at=now)
    key = new_key()
    PersonKey.objects.create(person=person, wrapped_key=wrap_key(master_keys(), key, person.pk))
    kept = _keep(person.pk, key, fields or {}, now)
    record(Ref("person", str(person.pk)), {"fields": kept})
    return person.pk


@command(gettext_lazy("登记个人信息"), permit=KEEPING)
def keep_fields(
    *, actor: Actor, person_id: UUID, fields: Mapping[str, str], now: datetime, matter: Ref | None = None
) -> list[str]:
    """Set fields of a person; an empty value removes the field. Returns the names of the fields set.

    Without `matter` the actor is the person or administers the account; with it, the calling engine has checked that
    the actor takes part in that matter. InvalidError names the field that is wrong.
    """
    get_person(person_id)
    account = _account_of(actor, person_id)
    if matter is None and (account is None or not can_keep_fields_of(actor, account)):
        raise NotAllowedError()
    removed = sorted(field for field, value in fields.items() if not value.strip())
    VaultEntry.objects.filter(person_id=person_id, field__in=removed).delete()
    kept = _keep(person_id, data_key(person_id), {f: v for f, v in fields.items() if v.strip()}, now)
    record(
        Ref("person", str(person_id)),
        {"fields": kept, "removed": removed, "matter": matter},
        area_id=account.area_id if account else None,
    )
    return kept


def _keep(person_id: UUID, key: bytes, fields: Mapping[str, str], now: datetime) -> list[str]:
    for field, value in fields.items():
        text = normalised(field, value, now=now)
        VaultEntry.objects.update_or_create(
            person_id=person_id,
            field=field,
            defaults={
                "ciphertext": seal(key, text, person_id, field),
                "blind_index": index_of(field, text),
                "updated_at": now,
            },
        )
    return sorted(fields)


def _account_of(actor: Actor, person_id: UUID) -> Account | None:
    """The person's account within the actor's scope, the newest of several."""
    rows = Account.objects.within(actor).select_related("area", "organisation")
    return rows.filter(person_id=person_id).order_by("-id").first()


@command(gettext_lazy("查看个人信息原文"), permit=REVEALING)
def reveal_field(
    *, actor: Actor, person_id: UUID, field: str, purpose: str, now: datetime, matter: Ref | None = None
) -> str:
    """The plain value of one field, for a purpose that is recorded with who asked; the value itself is not.

    Without `matter` the person must have an account that the actor may reveal; with it, the calling engine has checked
    that the actor takes part in that matter (a case's holder calls back the requester). PurposeMissingError;
    NotFoundError when erased, out of scope or not known.
    """
    if field not in VAULT_FIELDS:
        raise NoSuchPersonError()
    if not SHORTEST_PURPOSE <= len(purpose.strip()) <= 200:
        raise PurposeMissingError(fields={"purpose": spoken(PurposeMissingError)})
    account = _account_of(actor, person_id)
    if matter is None:
        if account is None:
            raise NoSuchPersonError()
        if not can_reveal_of(actor, account):
            raise NotAllowedError()
    value = open_fields([person_id], [field]).get(person_id, {}).get(field, "")
    if not value:
        raise NoSuchPersonError()
    record(
        Ref("person", str(person_id)),
        {"field": field, "purpose": sealed(purpose.strip()), "matter": matter},
        area_id=account.area_id if account else None,
    )
    return value


@command(gettext_lazy("删除个人信息"), permit=ERASING)
def erase_person(*, actor: Actor, person_id: UUID, because: str, now: datetime) -> UUID:
    """Erase a person for good: the key is deleted, so nothing sealed under it can ever be read; records keep verifying.

    Accounts are closed, renamed and end their roles. ConflictError when erased already; NotAllowedError for the three
    administrators and for persons whose accounts lie outside the actor's areas.
    """
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NoSuchPersonError()
    accounts = list(
        Account.objects.all_unscoped("all accounts of a person end with it")
        .select_related("area")
        .filter(person_id=person_id)
    )
    if accounts and not any(queries.may_see_account(actor, account.pk) for account in accounts):
        raise NoSuchPersonError()
    roles = [role for account in accounts for role in queries.roles_of(account, now=now)]
    if not can_erase_person(actor, accounts, roles):
        raise NotAllowedError(code="may_not_erase")
    if person.erased_at is not None:
        raise ConflictError(code="erased", zh="这个人的信息已经删除。", en="This person has been erased already.")
    if not 2 <= len(because.strip()) <= 200:
        raise InvalidError(fields={"because": _("请写明删除依据，例如“本人申请”。")})
    PersonKey.objects.filter(person_id=person_id).delete()
    # A blind index would still answer whether a known number was this person's.
    VaultEntry.objects.filter(person_id=person_id).update(blind_index=None)
    Person.objects.filter(pk=person_id).update(erased_at=now)
    for account in accounts:
        _close(account, now)
    # The reason recorded below stays readable: why somebody was erased must be answerable afterwards.
    erase_sealed(Ref("person", str(person_id)), *(Ref("account", str(account.pk)) for account in accounts))
    record(
        Ref("person", str(person_id)),
        {"because": sealed(because.strip()), "accounts": [a.pk for a in accounts]},
        area_id=accounts[0].area_id if accounts else None,
    )
    return person_id


@command(
    gettext_lazy("更换主密钥"), permit=Permit(("system",), gettext_lazy("只能由本机的命令行 xirang vault rotate 办理"))
)
def rewrap_keys(*, actor: Actor, master: MasterKeys, now: datetime) -> int:
    """Wrap every person's key by `master.current`; returns how many hung on another one. Only the machine itself may.

    All or none, since a key that is wrapped by neither of the two that are at hand could never be opened.
    """
    rewrap_keys.permit.require(actor)
    rows = [row for row in PersonKey.objects.select_for_update() if needs_rewrap(master, bytes(row.wrapped_key))]
    for row in rows:
        row.wrapped_key = rewrap_key(master, bytes(row.wrapped_key), row.person_id)
    PersonKey.objects.bulk_update(rows, ["wrapped_key"], batch_size=1000)
    if not rows:
        return unchanged(0)
    record(Ref("vault", "master_key"), {"rewrapped": len(rows)})
    return len(rows)


def _close(account: Account, now: datetime) -> None:
    RoleGrant.objects.filter(account=account, ended_at__isnull=True).update(ended_at=now, ended_by="erase_person")
    SavedView.objects.filter(account=account).delete()
    account.recovery_codes.all().delete()
    account.set_unusable_password()
    account.username, account.title_name = f"erased-{account.pk.hex[-12:]}", "已删除"
    account.is_active, account.totp_secret, account.totp_confirmed_at = False, None, None
    account.save(update_fields=["password", "username", "title_name", "is_active", "totp_secret", "totp_confirmed_at"])
