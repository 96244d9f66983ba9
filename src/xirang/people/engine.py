"""What the floor of people says of itself: its objects and words in the record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xirang.foundation.actor import Actor
from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine
from xirang.foundation.ids import is_uuid
from xirang.foundation.intake import Importer
from xirang.foundation.records import RecordKind, RecordWords, Subject
from xirang.people import queries
from xirang.people.intake import EnterpriseIntake
from xirang.people.pages.menu import entries
from xirang.people.pages.searching import ACCOUNTS, ORGANISATIONS
from xirang.people.spec import role_title, vault_field_title
from xirang.ui.listing import SavedViews
from xirang.ui.shell import Menu
from xirang.ui.wording import speaks_english


def _account(actor: Actor, account_id: str, now: datetime) -> Subject:
    return Subject(*queries.describe_account(actor, account_id, now))


def _organisation(actor: Actor, organisation_id: str, now: datetime) -> Subject:
    return Subject(*queries.describe_organisation(actor, organisation_id, now))


def _account_names(keys: Iterable[str]) -> dict[str, str]:
    return queries.names_of_accounts(key for key in keys if is_uuid(key))


def _organisation_names(keys: Iterable[str]) -> dict[str, str]:
    found = queries.names_of_organisations({UUID(key) for key in keys if is_uuid(key)})
    return {str(pk): name for pk, name in found.items()}


def _role(code: str) -> str:
    return role_title(code, "en" if speaks_english() else "zh")


def _drawer(code: str) -> str:
    return vault_field_title(code, "en" if speaks_english() else "zh")


KINDS = (
    RecordKind(kind="account", title=_("账号"), describe=_account, names=_account_names),
    RecordKind(kind="organisation", title=_("单位"), describe=_organisation, names=_organisation_names),
    RecordKind(kind="organisation_batch", title=_("一批单位")),
    RecordKind(kind="person", title=_("自然人")),
    RecordKind(kind="sign_in_name", title=_("登录名")),
    RecordKind(kind="staff_import", title=_("人员导入")),
    RecordKind(kind="vault", title=_("保险柜")),
)
WORDS = RecordWords(
    parts={
        "act": _("处置"),
        "accounts": _("账号"),
        "credit_code": _("信用代码"),
        "digests": _("内容摘要"),
        "field": _("项目"),
        "fields": _("项目"),
        "grant": _("授权编号"),
        "granted": _("同意"),
        "how": _("方式"),
        "issuer": _("签发方"),
        "language": _("语言"),
        "left_out": _("未开立"),
        "locked": _("锁定"),
        "locked_until": _("锁定至"),
        "matter": _("事由"),
        "opened": _("开立"),
        "organisation": _("单位"),
        "page": _("页面"),
        "password": _("口令"),
        "preview": _("查看"),
        "purpose": _("用途"),
        "removed": _("移除"),
        "request": _("申请编号"),
        "result": _("结果"),
        "rewrapped": _("重新密封"),
        "role": _("角色"),
        "roles": _("角色"),
        "stand_in": _("代岗编号"),
        "substitute": _("代岗人"),
        "totp": _("动态码"),
        "username": _("用户名"),
        "view": _("视图"),
    },
    values={
        ("act", "disable_totp"): _("停用动态码"),
        ("act", "end_role"): _("收回管理员角色"),
        ("act", "lock_account"): _("锁定账号"),
        ("act", "reset_password"): _("重置口令"),
        ("how", "oidc"): _("统一身份"),
        ("how", "password"): _("口令"),
        ("how", "recovery"): _("恢复码"),
        ("how", "totp"): _("动态码"),
        ("language", "en"): _("英文"),
        ("language", "zh-hans"): _("中文"),
        ("password", "changed"): _("已修改"),
        ("password", "reset"): _("已重置"),
        ("preview", "ended"): _("结束"),
        ("preview", "started"): _("开始"),
        ("result", "locked"): _("已锁定，未放行"),
        ("result", "no_account"): _("没有这个账号"),
        ("result", "password_right"): _("口令正确，待第二步"),
        ("result", "refused"): _("用户名或口令不对"),
        ("result", "refused_second"): _("动态码不对"),
        ("result", "signed_in"): _("已登录"),
        ("result", "signed_out"): _("已退出"),
        ("totp", "confirmed"): _("已启用"),
        ("totp", "disabled"): _("已停用"),
        ("totp", "started"): _("已申领"),
    },
    points_to={"accounts": "account", "organisation": "organisation", "substitute": "account"},
    spoken={"role": _role, "roles": _role, "field": _drawer, "fields": _drawer, "removed": _drawer},
)
VIEWS = SavedViews(
    kept_for=queries.is_office, of=queries.list_saved_views, save_url=lambda: reverse("people:save_view")
)
ENGINE = Engine(
    "people",
    _("人员"),
    (
        *KINDS,
        WORDS,
        VIEWS,
        Menu(entries),
        ORGANISATIONS,
        ACCOUNTS,
        Urls("xirang.people.urls"),
        Importer(EnterpriseIntake()),
    ),
)
