"""Installed packs: every version ever taken in, and where which version is active with which switches."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xirang.foundation.ids import new_id
from xirang.ui.wording import listed, speaks_english


class PackVersion(models.Model):
    """One version of a pack, named by the hash of all its files; nothing of it is read from the folder afterwards."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    pack = models.CharField("应用包", max_length=64)
    version = models.CharField("版本", max_length=32)
    version_hash = models.CharField("内容哈希", max_length=64)
    title_zh = models.CharField("名称", max_length=80)
    title_en = models.CharField("英文名称", max_length=120, blank=True, default="")
    answers = models.CharField("对应系统", max_length=40, blank=True, default="")
    grade = models.CharField("等级", max_length=1)
    manifest = models.JSONField("清单")
    texts = models.JSONField("文本", default=dict)
    wiring = models.JSONField("接线", default=list)
    readme = models.TextField("说明", blank=True, default="")
    scenarios = models.PositiveIntegerField("情景数", default=0)
    installed_at = models.DateTimeField("安装时间")
    installed_by = models.CharField("安装人", max_length=80)
    removed_at = models.DateTimeField("卸下时间", null=True)

    class Meta:
        verbose_name = "应用包版本"
        constraints = [models.UniqueConstraint(fields=["pack", "version_hash"], name="pack_version_once")]

    def __str__(self) -> str:
        return f"{self.title_zh} {self.version}"

    @property
    def title(self) -> str:
        """The title in the reader's language; Chinese where the pack gives no English."""
        return (self.title_en if speaks_english() else "") or self.title_zh

    @property
    def answered(self) -> str:
        """The systems it answers, for the page."""
        return listed(self.answers.split("、"))


class PackActivation(models.Model):
    """A pack is in use in an area under one version."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    pack = models.CharField("应用包", max_length=64)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区域")
    version = models.ForeignKey(PackVersion, models.PROTECT, related_name="activations", verbose_name="版本")
    switches = models.JSONField("开关", default=dict)
    active_from = models.DateTimeField("启用时间")
    active_to = models.DateTimeField("停用时间", null=True)
    activated_by = models.CharField("启用人", max_length=80)

    class Meta:
        verbose_name = "应用包启用"
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "area"], condition=Q(active_to__isnull=True), name="pack_activation_once"
            )
        ]


class SwitchChange(models.Model):
    """Who turned a pack's switch, when and why: what 减负自查 shows."""

    activation = models.ForeignKey(PackActivation, models.PROTECT, related_name="switch_changes", verbose_name="启用")
    switch = models.CharField("开关", max_length=64)
    on = models.BooleanField("打开")
    at = models.DateTimeField("时间")
    by = models.CharField("由谁", max_length=80)
    because = models.CharField("理由", max_length=200)

    class Meta:
        verbose_name = "开关变动"
        indexes = [models.Index(fields=["activation", "switch", "-at"], name="switch_latest")]


class OwnedCode(models.Model):
    """A code belongs to the pack that brought it first, also after that pack was removed: what bears it goes on."""

    kind = models.CharField("类别", max_length=64)
    code = models.CharField("代码", max_length=64)
    pack = models.CharField("应用包", max_length=64)

    class Meta:
        verbose_name = "代码归属"
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="code_owned_once")]
