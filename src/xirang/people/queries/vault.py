"""Opening the vault: masked values for lists without a record, plain ones only for the command that records it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xirang.areas.queries import get_area
from xirang.foundation import statements
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import InvalidError, NotFoundError
from xirang.foundation.text import plain
from xirang.people.logic.finding import NumberError
from xirang.people.logic.identity_number import parse_identity_number
from xirang.people.logic.masking import mask
from xirang.people.logic.names import clean_name
from xirang.people.logic.phone import PhoneError, parse_phone
from xirang.people.logic.vault import MasterKeys, VaultError, blind_index, open_sealed, unwrap_key
from xirang.people.models import Account, Person, PersonKey, VaultEntry
from xirang.people.spec import VAULT_FIELDS
from xirang.ui.wording import spoken

TOTP_FIELD = "totp_secret"  # Sealed like a field of the person, yet stored with the account.


class NoSuchPersonError(NotFoundError):
    code = "no_such_person"
    zh = "没有找到这个人的信息，可能已依申请删除，或不在您可以查看的范围内。"
    en = "There is no such person: the data may have been erased on request, or lie outside what you may see."


@lru_cache(maxsize=4)
def _keys(master: bytes, older: tuple[bytes, ...]) -> MasterKeys:
    return MasterKeys(master, older)


def master_keys() -> MasterKeys:
    """The installation's keys that wrap those of the persons; others from the setting VAULT_OLDER_KEYS."""
    return _keys(settings.SECRETS.bytes_of("vault_master_key"), tuple(settings.VAULT_OLDER_KEYS))


def index_of(field: str, value: str) -> bytes | None:
    """The blind index of a normalised value, or None for fields that cannot be found by value."""
    if not VAULT_FIELDS[field].found_by_value:
        return None
    return blind_index(settings.SECRETS.bytes_of("vault_index_key"), field, value)


def normalised(field: str, value: str, *, now: datetime) -> str:
    """The one written form of a value; InvalidError, with the sentence at the field, when it cannot be one."""
    if field not in VAULT_FIELDS:
        raise InvalidError(code="no_such_field", fields={field: _("没有这个项目。")})
    try:
        if field == "phone":
            return parse_phone(value).number
        if field == "identity_number":
            return parse_identity_number(value, local_date(now))
    except (PhoneError, NumberError) as error:
        raise InvalidError(fields={field: spoken(error)}, zh=error.zh, en=error.en) from error
    text = clean_name(value) if field == "name" else value.strip()
    if field == "email":
        text = plain(text)
        if text.count("@") != 1 or not all(text.split("@")) or any(sign.isspace() for sign in text):
            raise InvalidError(fields={field: _("电子邮箱应形如 name@example.cn。")})
    if not 1 <= len(text) <= 300:
        raise InvalidError(fields={field: _("请填写 1 到 300 个字。")})
    return text


_SEALED = (
    "SELECT e.person_id, e.field, e.ciphertext, k.wrapped_key FROM people_vaultentry e"
    " JOIN people_personkey k ON k.person_id = e.person_id"
    " WHERE e.person_id = ANY({persons}) AND e.field = ANY({fields}::text[])"
)


def open_fields(person_ids: Iterable[UUID], fields: Sequence[str]) -> dict[UUID, dict[str, str]]:
    """Plain values, in one query; only for masking and for commands that record why. Not part of the door.

    An erased person and a value that fails its check are left out.
    """
    ids = set(person_ids)
    opened: dict[UUID, dict[str, str]] = {person_id: {} for person_id in ids}
    unwrapped: dict[UUID, bytes] = {}
    # Without a key there is nothing to open: an erased person is not found.
    entries = statements.rows(statements.part(_SEALED, persons=list(ids), fields=list(fields))) if ids else []
    for person_id, field, sealed, wrapped in entries:
        try:
            if person_id not in unwrapped:
                unwrapped[person_id] = unwrap_key(master_keys(), bytes(wrapped), person_id)
            opened[person_id][field] = open_sealed(unwrapped[person_id], bytes(sealed), person_id, field)
        except VaultError:
            opened[person_id][field] = ""
    return opened


def masked_fields(person_ids: Iterable[UUID], fields: Sequence[str]) -> dict[UUID, dict[str, str]]:
    """Masked values by person and field, for lists, without a record; one query for any number of persons.

    Every person asked for is a key; fields that are not known are absent, unreadable ones are "****".
    """
    opened = open_fields(person_ids, fields)
    return {
        person_id: {field: mask(field, value) if value else "****" for field, value in values.items()}
        for person_id, values in opened.items()
    }


def facts_of_person(person_id: UUID) -> dict[str, Any]:
    """What is known about a person, masked, for forms that fill themselves; {} when erased or unknown.

    Keys: name, phone, identity_number, address, email (those that are known), source, checked_at.
    """
    known = masked_fields([person_id], list(VAULT_FIELDS))[person_id]
    if not known:
        return {}
    newest = VaultEntry.objects.filter(person_id=person_id).order_by("-updated_at").values_list("updated_at", flat=True)
    return {**known, "source": "本人登记", "checked_at": newest.first()}


_PERSON_OF = "SELECT a.person_id FROM people_account a WHERE a.id = {account} AND {scope}"
_ON_FILE = (
    "SELECT e.field FROM people_vaultentry e JOIN people_person p ON p.id = e.person_id"
    " JOIN people_personkey k ON k.person_id = p.id WHERE e.person_id = {person} AND p.erased_at IS NULL"
)
_NEWEST_ACCOUNT = (
    "SELECT a.area_id FROM people_account a WHERE a.person_id = {person} AND {scope} ORDER BY a.id DESC LIMIT 1"
)


def on_file(person_id: UUID) -> dict[str, Any]:
    """What is on file about a person without opening the vault, for rules that ask only whether it is known.

    The kinds of data that are kept, each with True, and `area`: the division code of the person's newest account.
    {} when erased or unknown. Two queries.
    """
    fields = statements.rows(statements.part(_ON_FILE, person=person_id))
    known: dict[str, Any] = {field: True for (field,) in fields}
    if known:
        scope = statements.unscoped(Account, "only the area of somebody who asks, or is asked about, is read")
        newest = statements.rows(statements.part(_NEWEST_ACCOUNT, person=person_id, scope=scope))
        known["area"] = get_area(newest[0][0]).code if newest else None
    return known


def person_of_account(account_id: UUID) -> UUID | None:
    """The person behind an account, or None where there is no such account."""
    scope = statements.unscoped(Account, "an account that asks for itself, or was chosen within its scope")
    found = statements.rows(statements.part(_PERSON_OF, account=account_id, scope=scope))
    return found[0][0] if found else None


def find_person(field: str, value: str, *, now: datetime) -> UUID | None:
    """The person whose `field` (phone, identity_number, email) has this value, by its blind index; the oldest of
    several. For commands that link what somebody asks with who they are; a page must not answer with it.
    """
    digest = index_of(field, normalised(field, value, now=now))
    rows = VaultEntry.objects.filter(field=field, blind_index=digest, person__erased_at__isnull=True)
    return rows.order_by("person_id").values_list("person_id", flat=True).first() if digest else None


def persons_by_phone(phone: str, *, now: datetime) -> QuerySet[Any]:
    """A subquery of the persons with this phone number; empty for a text that is no number. Not part of the door."""
    try:
        digest = index_of("phone", normalised("phone", phone, now=now))
    except InvalidError:
        return VaultEntry.objects.none().values("person_id")
    return VaultEntry.objects.filter(field="phone", blind_index=digest).values("person_id")


def list_persons_by_phone(phone: str, *, now: datetime, limit: int = 200) -> list[UUID]:
    """Persons with this phone number, newest first; none for a text that is no number. Whoever answers a person with
    it checks first that the asker may reveal that number.
    """
    rows = persons_by_phone(phone, now=now).filter(person__erased_at__isnull=True)
    return list(rows.order_by("-person_id").values_list("person_id", flat=True)[:limit])


def get_person(person_id: UUID) -> Person:
    """A person that has not been erased; NoSuchPersonError otherwise. Without scope: a bare id says nothing."""
    found = Person.objects.filter(pk=person_id, erased_at__isnull=True).first()
    if found is None:
        raise NoSuchPersonError()
    return found


def data_key(person_id: UUID) -> bytes:
    """The person's own key; NoSuchPersonError once it was deleted. Not part of the door."""
    row = PersonKey.objects.filter(person_id=person_id).first()
    if row is None:
        raise NoSuchPersonError()
    return unwrap_key(master_keys(), bytes(row.wrapped_key), person_id)


def open_totp_secret(account: Account) -> str:
    """The secret behind an account's moving codes; for the commands that check one. Not part of the door."""
    if account.totp_secret is None:
        raise NoSuchPersonError()
    return open_sealed(data_key(account.person_id), bytes(account.totp_secret), account.person_id, TOTP_FIELD)
