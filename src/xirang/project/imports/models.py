"""How far each import of a file has come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xirang.foundation.ids import new_id


class ImportRun(models.Model):
    """One import of one file: how far it came, so that after a power cut it goes on instead of starting again."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    kind = models.CharField("内容", max_length=32)
    file_name = models.CharField("文件", max_length=200)
    file_hash = models.CharField("文件哈希", max_length=64)
    options = models.JSONField("参数", default=dict)
    next_line = models.PositiveBigIntegerField("下一行", default=1)
    new = models.PositiveBigIntegerField("新增", default=0)
    changed = models.PositiveBigIntegerField("变更", default=0)
    unchanged = models.PositiveBigIntegerField("未变", default=0)
    read = models.PositiveBigIntegerField("读入", default=0)
    refused = models.PositiveBigIntegerField("拒收", default=0)
    repeated = models.PositiveBigIntegerField("重复", default=0)
    warned = models.PositiveBigIntegerField("提醒", default=0)
    started_by = models.CharField("导入人", max_length=80)
    started_at = models.DateTimeField("开始时间")
    updated_at = models.DateTimeField("更新时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "导入"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "file_hash", "options"], condition=Q(finished_at__isnull=True), name="import_run_once"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | Q(
                    read=models.F("new")
                    + models.F("changed")
                    + models.F("unchanged")
                    + models.F("refused")
                    + models.F("repeated")
                ),
                name="import_run_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.started_at:%Y-%m-%d %H:%M}）"
