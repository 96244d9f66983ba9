"""Opening, locking and looking after accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xirang.areas import queries as areas
from xirang.foundation.actor import Actor, Ref
from xirang.foundation.commands import command, record
from xirang.foundation.errors import ConflictError, InvalidError, NotAllowedError
from xirang.foundation.ids import new_id
from xirang.foundation.sealing import sealed
from xirang.foundation.text import plain
from xirang.people import queries
from xirang.people.commands.vault import create_person
from xirang.people.logic.sign_in_rules import (
    accepted_step,
    first_password,
    name_digest,
    new_recovery_codes,
    recovery_digest,
    username_fault,
)
from xirang.people.logic.vault import seal
from xirang.people.models import Account, RecoveryCode, SavedView, SignInFailure
from xirang.people.policy import (
    ENTERING,
    LOCKING,
    OWN,
    RESETTING,
    UNLOCKING,
    can_lock_account,
    can_open_account,
    can_secure_account,
    can_unlock_account,
)
from xirang.people.queries.vault import TOTP_FIELD, data_key, get_person, open_totp_secret
from xirang.people.spec import RESERVED_USERNAMES
from xirang.ui.wording import spoken

LANGUAGES = ("zh-hans", "en")
MOST_VIEWS = 20


class UsernameTakenError(ConflictError):
    code = "username_taken"
    zh = "用户名“{username}”已有人使用，请换一个，例如加上单位简称。"
    en = "The user name “{username}” is taken; please choose another."


class WrongCodeError(InvalidError):
    code = "wrong_code"
    zh = "动态码不对，或已经用过。请等下一个 6 位数字出现后再填。"
    en = "The code is wrong or was used before. Wait for the next six digits and try again."


class NeedsSecondAdministratorError(NotAllowedError):
    code = "needs_second_administrator"
    zh = "系统、安全、审计管理员的账号，须由一位管理员申请、另一位确认后处置，不能一人办理。"
    en = "What is done to one of the three administrators is asked for by one and confirmed by another."


class NotMineError(NotAllowedError):
    code = "not_mine"
    zh = "这一步只能由账号本人登录后办理。"
    en = "Only the account's own holder, signed in, may do this."


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """A new account and the password to hand over once; it must be changed at the first sign-in."""

    account_id: UUID
    password: str


@command(gettext_lazy("开立账号"), permit=ENTERING)
def open_account(
    *,
    actor: Actor,
    username: str,
    title_name: str,
    area_id: UUID,
    now: datetime,
    organisation_id: UUID | None = None,
    person_id: UUID | None = None,
    name: str = "",
    phone: str = "",
    password: str = "",
    must_change_password: bool = True,
    language: str = "zh-hans",
    is_demo: bool = False,
) -> OpenedAccount:
    """Open an account without any role, for a new person (with `name`, `phone`) or the one given.

    Without `password` a random one is made. InvalidError for user name, shown name, phone or a weak password;
    UsernameTakenError.
    """
    chosen = password or first_password()
    account_id = enter_account(
        actor=actor,
        username=username,
        title_name=title_name,
        area_id=area_id,
        organisation_id=organisation_id,
        person_id=person_id,
        personal={"name": name, "phone": phone},
        password=chosen,
        weak_allowed=not password,
        must_change_password=must_change_password,
        language=language,
        is_demo=is_demo,
        now=now,
    )
    return OpenedAccount(account_id, chosen)


def enter_account(
    *,
    actor: Actor,
    username: str,
    title_name: str,
    area_id: UUID,
    organisation_id: UUID | None,
    person_id: UUID | None,
    personal: dict[str, str],
    password: str,
    weak_allowed: bool,
    must_change_password: bool,
    now: datetime,
    language: str = "zh-hans",
    is_demo: bool = False,
    encoded: str = "",
) -> UUID:
    """The common part of every way to an account, inside a command; `encoded` is the password hashed beforehand."""
    area = areas.get_area(area_id)
    if not can_open_account(actor, area.path):
        raise NotAllowedError()
    organisation = queries.get_organisation(actor, organisation_id) if organisation_id else None
    username, title_name = plain(username), title_name.strip()
    if fields := faults_of_account(username, title_name):
        raise InvalidError(fields=fields)
    if queries.find_account(username) is not None:
        raise UsernameTakenError(username=username)
    account = Account(
        id=new_id(now),
        username=username,
        title_name=title_name,
        organisation=organisation,
        language=language if language in LANGUAGES else "zh-hans",
        created_at=now,
        is_demo=is_demo,
        must_change_password=must_change_password,
    )
    account.place_in(area)
    if not weak_allowed:
        _check_password(password, account)
    account.password = encoded or make_password(password)
    known = {field: value for field, value in personal.items() if value.strip()}
    account.person_id = get_person(person_id).pk if person_id else create_person(actor=actor, fields=known, now=now)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise UsernameTakenError(username=username) from error
    record(
        Ref("account", str(account.pk)),
        {"username": sealed(username), "organisation": organisation and organisation.pk},
        area_id=area.pk,
    )
    return account.pk


def faults_of_account(username: str, title_name: str) -> dict[str, str]:
    """What is wrong with a user name and a shown name, by field."""
    fields = {}
    if fault := username_fault(username, RESERVED_USERNAMES):
        fields["username"] = spoken(fault)
    if not 1 <= len(title_name) <= 60:
        fields["title_name"] = _("请填写显示名称，60 个字以内，例如“沈岚（企业服务科）”。")
    return fields


def _check_password(password: str, account: Account, field: str = "password") -> None:
    if len(password) > 256:
        raise InvalidError(fields={field: _("口令最长 256 位。")})
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise InvalidError(fields={field: "".join(str(message) for message in error.messages)}) from error


def _own(actor: Actor) -> Account:
    """The actor's own account, locked for change."""
    if not OWN.allows(actor):
        raise NotMineError()
    row = (
        Account.objects.within(actor)
        .select_related("area")
        .select_for_update(of=("self",))
        .filter(pk=actor.ref.id)
        .first()
    )
    if row is None:
        raise NotMineError()
    return row


def _say(account: Account, body: dict[str, Any]) -> None:
    record(Ref("account", str(account.pk)), body, area_id=account.area_id)


@command(gettext_lazy("修改口令"), permit=OWN)
def change_password(*, actor: Actor, old_password: str, new_password: str, now: datetime) -> UUID:
    """Change the own password; all other sessions of the account end. InvalidError names the wrong field."""
    account = _own(actor)
    if not check_password(old_password[:512], account.password):
        raise InvalidError(fields={"old_password": _("原口令不对。")})
    if old_password == new_password:
        raise InvalidError(fields={"new_password": _("新口令与原口令相同，请另设一个。")})
    _check_password(new_password, account, "new_password")
    account.set_password(new_password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    _say(account, {"password": "changed"})
    return account.pk


@command(gettext_lazy("重置口令"), permit=RESETTING)
def reset_password(*, actor: Actor, account_id: UUID, now: datetime) -> OpenedAccount:
    """Give an account a new random password, to be changed at the next sign-in; its sessions end."""
    account = queries.get_account(actor, account_id)
    administers = queries.is_administrator(account, now=now)
    if not can_secure_account(actor, account, administers=administers):
        raise _refusal(administers)
    chosen = renew_password(account)
    _say(account, {"password": "reset"})
    return OpenedAccount(account.pk, chosen)


def renew_password(account: Account) -> str:
    """Inside a command: give the account a first password and return it."""
    chosen = first_password()
    account.set_password(chosen)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    return chosen


def _refusal(administers: bool) -> NotAllowedError:
    return NeedsSecondAdministratorError() if administers else NotAllowedError()


@command(gettext_lazy("锁定账号"), permit=LOCKING)
def lock_account(*, actor: Actor, account_id: UUID, because: str, now: datetime) -> UUID:
    """Lock an account until it is unlocked; its sessions end at their next page."""
    account = queries.get_account(actor, account_id)
    administers = queries.is_administrator(account, now=now)
    if not can_lock_account(actor, account, administers=administers):
        raise _refusal(administers)
    if not 2 <= len(because.strip()) <= 200:
        raise InvalidError(fields={"because": _("请写明锁定原因。")})
    close_account(account)
    _say(account, {"locked": True, "because": sealed(because.strip())})
    return account.pk


def close_account(account: Account) -> None:
    """Inside a command: let nobody in any more."""
    account.is_active = False
    account.save(update_fields=["is_active"])


@command(gettext_lazy("解除锁定"), permit=UNLOCKING)
def unlock_account(*, actor: Actor, account_id: UUID, now: datetime) -> UUID:
    """Open a locked account again and forget its failed attempts; an erased person's account stays closed."""
    account = queries.get_account(actor, account_id)
    if not can_unlock_account(actor, account):
        raise NotAllowedError()
    get_person(account.person_id)
    account.is_active, account.failed_count, account.locked_until = True, 0, None
    account.save(update_fields=["is_active", "failed_count", "locked_until"])
    SignInFailure.objects.filter(name_digest=name_digest(account.username)).delete()
    _say(account, {"locked": False})
    return account.pk


@command(gettext_lazy("选择语言"), permit=OWN)
def choose_language(*, actor: Actor, language: str, now: datetime) -> UUID:
    """Keep the language that the account reads; InvalidError for one that is not offered."""
    if language not in LANGUAGES:
        raise InvalidError(fields={"language": _("请选择中文或英文。")})
    account = _own(actor)
    account.language = language
    account.save(update_fields=["language"])
    _say(account, {"language": language})
    return account.pk


@command(gettext_lazy("申领动态码"), permit=OWN)
def start_totp(*, actor: Actor, now: datetime) -> str:
    """A fresh secret for the account's device, sealed in the vault; nothing is required until a code confirms it."""
    account = _own(actor)
    if account.has_totp:
        raise ConflictError(
            code="totp_on",
            zh="动态码已经启用。要换设备，请先停用。",
            en="Moving codes are on already. To change the device, turn them off first.",
        )
    secret = pyotp.random_base32()
    account.totp_secret = seal(data_key(account.person_id), secret, account.person_id, TOTP_FIELD)
    account.totp_last_step = None
    account.save(update_fields=["totp_secret", "totp_last_step"])
    _say(account, {"totp": "started"})
    return secret


@command(gettext_lazy("启用动态码"), permit=OWN)
def confirm_totp(*, actor: Actor, code: str, now: datetime) -> list[str]:
    """Turn moving codes on with a first code; returns ten recovery codes to be shown once. WrongCodeError."""
    account = _own(actor)
    if account.has_totp or account.totp_secret is None:
        raise ConflictError(code="totp_not_started", zh="请先扫描二维码，再填写动态码。", en="Scan the code first.")
    step = accepted_step(open_totp_secret(account), code, now, account.totp_last_step)
    if step is None:
        raise WrongCodeError(fields={"code": spoken(WrongCodeError)})
    account.totp_confirmed_at, account.totp_last_step = now, step
    account.save(update_fields=["totp_confirmed_at", "totp_last_step"])
    codes = new_recovery_codes()
    account.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=recovery_digest(str(account.pk), one)) for one in codes
    )
    _say(account, {"totp": "confirmed"})
    return codes


@command(
    gettext_lazy("停用动态码"),
    permit=RESETTING.but(gettext_lazy("所辖区域；三员除外；本人凭口令和动态码或恢复码；本机命令行")),
)
def disable_totp(
    *, actor: Actor, now: datetime, account_id: UUID | None = None, password: str = "", code: str = ""
) -> UUID:
    """Turn moving codes off: one's own with the password and a moving code or a recovery code.

    Another's as security administrator (a lost device), but never those of one of the three administrators.
    """
    if account_id is None or str(account_id) == actor.ref.id:
        account = _own(actor)
        if not check_password(password[:512], account.password):
            raise InvalidError(fields={"password": _("口令不对。")})
        if account.has_totp and not use_second_factor(account, code, now):
            raise WrongCodeError(fields={"code": spoken(WrongCodeError)})
    else:
        account = queries.get_account(actor, account_id)
        administers = queries.is_administrator(account, now=now)
        if not can_secure_account(actor, account, administers=administers):
            raise _refusal(administers)
    turn_totp_off(account)
    _say(account, {"totp": "disabled"})
    return account.pk


def use_second_factor(account: Account, code: str, now: datetime) -> str:
    """Inside a command: "totp" or "recovery" when the code is right and was never used; it is used up then."""
    step = accepted_step(open_totp_secret(account), code, now, account.totp_last_step)
    if step is not None:
        account.totp_last_step = step
        account.save(update_fields=["totp_last_step"])
        return "totp"
    digest = recovery_digest(str(account.pk), code)
    used = RecoveryCode.objects.filter(account=account, digest=digest, used_at__isnull=True).update(used_at=now)
    return "recovery" if used else ""


def turn_totp_off(account: Account) -> None:
    """Inside a command: ask for no moving codes any more; the recovery codes are worth nothing then."""
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    account.save(update_fields=["totp_secret", "totp_confirmed_at", "totp_last_step"])
    account.recovery_codes.all().delete()


@command(gettext_lazy("保存视图"), permit=OWN)
def save_view(*, actor: Actor, page: str, title: str, query: dict[str, str], now: datetime) -> UUID:
    """Save a list's filters under a title; the same title replaces the former. At most 20 a page."""
    account, title = _own(actor), title.strip()
    if not 1 <= len(title) <= 30:
        raise InvalidError(fields={"title": _("请给视图起个名字，30 个字以内。")})
    kept = {str(name)[:40]: str(value)[:200] for name, value in list(query.items())[:30]}
    mine = SavedView.objects.filter(account=account, page=page[:60])
    view = mine.filter(title=title).first()
    if view is None:
        if mine.count() >= MOST_VIEWS:
            raise ConflictError(
                code="too_many_views",
                zh="每个页面最多保存 20 个视图，请先删除不用的。",
                en="At most 20 views per page; remove one first.",
            )
        view = SavedView(id=new_id(now), account=account, page=page[:60], title=title, position=mine.count())
    view.query = kept
    view.save()
    _say(account, {"view": sealed(title), "page": sealed(page[:60])})
    return view.pk


@command(gettext_lazy("删除视图"), permit=OWN)
def remove_view(*, actor: Actor, view_id: UUID, now: datetime) -> str:
    """Remove one of the own saved views; returns its page. Another's view is not found."""
    account = _own(actor)
    view = SavedView.objects.filter(pk=view_id, account=account).first()
    if view is None:
        raise queries.NoSuchViewError()
    page = view.page
    view.delete()
    _say(account, {"view": sealed(view.title), "page": sealed(page), "removed": True})
    return page
