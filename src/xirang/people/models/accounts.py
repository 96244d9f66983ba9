"""Accounts by which persons sign in, their recovery codes and saved views, and the counters against guessing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from xirang.areas.models import WithinAreas, within_area
from xirang.foundation.actor import Actor, is_public, is_system
from xirang.foundation.ids import new_id
from xirang.foundation.scope import NOTHING, ScopedQuerySet
from xirang.people.models.organisations import Organisation
from xirang.people.models.persons import Person
from xirang.people.spec import ADMINISTRATORS, RESERVED_USERNAMES, Floor, codes_of_floor


class SignInManager(BaseUserManager["Account"]):
    """Finds the account behind a session or a name before anybody is known who could have a scope."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return super().get_queryset().select_related("organisation")


@dataclass(frozen=True, slots=True)
class Held:
    """Grants in force on a day, each as role, area, path of the area and organisation."""

    day: date
    grants: tuple[tuple[str, UUID, tuple[UUID, ...], UUID | None], ...]


class Account(AbstractBaseUser, WithinAreas):
    """A way in for one person; what it may do comes from its grants alone."""

    # What was read together with the account of a session, which every page needs; None for any other account.
    held: Held | None = None

    # Django would write this column outside of any command; `last_seen` is set by the sign-in command instead.
    last_login = None

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    username = models.CharField("用户名", max_length=32, unique=True)
    password = models.CharField("口令", max_length=160)
    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts", verbose_name="自然人")
    title_name = models.CharField("显示名称", max_length=60)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="accounts", verbose_name="所在单位"
    )
    language = models.CharField(
        "语言", max_length=8, default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")]
    )
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示数据", default=False)
    must_change_password = models.BooleanField("须改口令", default=False)
    failed_count = models.PositiveSmallIntegerField("连续失败次数", default=0)
    locked_until = models.DateTimeField("锁定至", null=True)
    totp_secret = models.BinaryField("动态码密钥（密封）", null=True)
    totp_confirmed_at = models.DateTimeField("动态码启用时间", null=True)
    totp_last_step = models.BigIntegerField("最近用过的时步", null=True)
    last_seen = models.DateTimeField("最近登录", null=True)
    created_at = models.DateTimeField("开户时间")

    USERNAME_FIELD = "username"

    objects = ScopedQuerySet.as_manager()
    sign_ins = SignInManager()

    class Meta:
        verbose_name = "账号"
        default_manager_name = "sign_ins"
        constraints = [
            models.CheckConstraint(condition=Q(username=Lower("username")), name="account_username_lower"),
            models.CheckConstraint(condition=~Q(username__in=RESERVED_USERNAMES), name="account_username_allowed"),
        ]
        indexes = [
            models.Index(fields=["city_id", "username"], name="account_by_city"),
            models.Index(fields=["county_id", "username"], name="account_by_county"),
            models.Index(fields=["town_id", "username"], name="account_by_town"),
            models.Index(fields=["organisation", "username"], name="account_by_organisation"),
        ]

    def __str__(self) -> str:
        return self.title_name

    @property
    def may_sign_in(self) -> bool:
        """False for a locked account, and outside demo mode for a demo account: its password was shown to visitors."""
        return self.is_active and (settings.DEMO or not self.is_demo)

    @property
    def has_totp(self) -> bool:
        """True once a code from the device has been confirmed."""
        return self.totp_confirmed_at is not None

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Administrators see the accounts of their areas, office staff those of their own units, all their own."""
        if is_system(actor):
            return Q()
        if is_public(actor):
            return NOTHING
        own = Q(pk=actor.ref.id) if actor.ref.kind == "account" else NOTHING
        seen = own
        if actor.holds(*codes_of_floor(Floor.OFFICE)):
            seen |= Q(organisation_id__in=actor.organisation_ids)
        for path in sorted({grant.area_path for grant in actor.grants if grant.role in ADMINISTRATORS}):
            if path:
                seen |= within_area(path)
        return seen


class RecoveryCode(models.Model):
    """A code, usable once, for whoever lost the device that shows the moving codes."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_codes", verbose_name="账号")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "恢复码"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_once")]


class SignInFailure(models.Model):
    """How often a name was tried in vain, at one place and everywhere; kept for names that do not exist too."""

    digest = models.CharField("用户名与来源摘要", max_length=64, primary_key=True)
    name_digest = models.CharField("用户名摘要", max_length=64, db_index=True)
    failed_count = models.PositiveSmallIntegerField("失败次数", default=0)
    last_at = models.DateTimeField("最近一次", db_index=True)
    locked_until = models.DateTimeField("锁定至", null=True)

    class Meta:
        verbose_name = "登录失败计数"


class SavedView(models.Model):
    """A list as somebody wants to see it again: the page and its filters."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="saved_views", verbose_name="账号")
    page = models.CharField("页面", max_length=60)
    title = models.CharField("名称", max_length=30)
    query = models.JSONField("条件", default=dict)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "我的视图"
        constraints = [models.UniqueConstraint(fields=["account", "page", "title"], name="saved_view_once")]
