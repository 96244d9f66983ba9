"""Tables of the cases engine: installed processes, where they are active, cases and the log that makes their state."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from xirang.areas.models import WithinAreas
from xirang.engines.cases.models import scope
from xirang.engines.cases.models.searching import CaseWords, WordsMark
from xirang.engines.cases.models.values import CaseValue
from xirang.foundation.actor import Actor
from xirang.foundation.columns import OrderedJSONField
from xirang.foundation.ids import new_id
from xirang.foundation.scope import ScopedQuerySet

__all__ = [
    "OPEN",
    "Activation",
    "Attachment",
    "Case",
    "CaseEvent",
    "CaseValue",
    "CaseWords",
    "ProcessVersion",
    "WordsMark",
    "scope",
]

OPEN = ~Q(stage_kind="done")
# Where nothing runs a case sorts last: a key of paging may not be null.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def known(column: str) -> Q:
    """Most cases have no firm and nobody who holds them in person: an index leaves out those that name nobody."""
    return Q() if column in scope.ALWAYS_KNOWN else Q(**{f"{column}__isnull": False})


class ProcessVersion(models.Model):
    """One version of a process type as a pack declared it; a case keeps the version it was opened under."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    pack = models.CharField("应用包", max_length=64)
    code = models.CharField("流程", max_length=64)
    serial = models.PositiveIntegerField("第几版")
    version_hash = models.CharField("内容哈希", max_length=64)
    title_zh = models.CharField("名称", max_length=80)
    title_en = models.CharField("英文名称", max_length=120, blank=True, default="")
    service_code = models.CharField("服务代码", max_length=32, blank=True, default="")
    document = OrderedJSONField("声明")
    values = OrderedJSONField("取值", default=dict)
    installed_at = models.DateTimeField("安装时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "流程版本"
        constraints = [
            models.UniqueConstraint(fields=["code", "version_hash"], name="process_version_once"),
            models.UniqueConstraint(fields=["code", "serial"], name="process_serial_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title_zh}（第 {self.serial} 版）"


class Activation(models.Model):
    """A process is open for use in an area, under one version, with the switches that the district chose."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    code = models.CharField("流程", max_length=64)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区域")
    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="activations", verbose_name="版本")
    switches = models.JSONField("开关", default=dict)
    active_from = models.DateTimeField("启用时间")
    active_to = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "流程启用"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "area"], condition=Q(active_to__isnull=True), name="activation_once"
            )
        ]


class Case(WithinAreas):
    """One case. Its columns are derived from the log of events: replaying the log gives the same row."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    number = models.CharField("办件编号", max_length=32)
    process = models.ForeignKey(
        ProcessVersion, models.PROTECT, related_name="cases", verbose_name="流程版本", db_index=False
    )
    process_code = models.CharField("流程", max_length=64)
    channel = models.CharField("来源", max_length=16)
    title = models.CharField("事项", max_length=120)
    fields = models.JSONField("内容", default=dict)
    requester_account = models.ForeignKey(
        "people.Account", models.PROTECT, null=True, related_name="+", verbose_name="求助账号", db_index=False
    )
    requester_person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, related_name="+", verbose_name="求助人", db_index=False
    )
    requester_organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="求助单位", db_index=False
    )
    about_organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="关于单位", db_index=False
    )
    about_person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, related_name="+", verbose_name="关于何人", db_index=False
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name="地点", db_index=False
    )
    is_demo = models.BooleanField("演示数据", default=False)
    # What caused it, as kind and id: it may belong to any engine. `source_depth` counts cases that caused each other.
    source_kind = models.CharField("由什么引发", max_length=32, blank=True, default="")
    source_id = models.CharField("引发者编号", max_length=64, blank=True, default="")
    source_depth = models.PositiveSmallIntegerField("第几层引发", default=0)

    stage = models.CharField("环节", max_length=64)
    stage_kind = models.CharField("环节性质", max_length=8)
    outcome = models.CharField("结果", max_length=16, blank=True, default="")
    holder_unit = models.ForeignKey(
        "people.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="承办单位", db_index=False
    )
    holder_account = models.ForeignKey(
        "people.Account", models.PROTECT, null=True, related_name="+", verbose_name="承办人", db_index=False
    )
    co_holders = ArrayField(models.UUIDField(), verbose_name="协办单位", default=list)
    opened_at = models.DateTimeField("收到时间")
    due_at = models.DateTimeField("到期时间", null=True)
    due_clock = models.CharField("到期时限", max_length=64, blank=True, default="")
    # The deadline, or NEVER.
    order_at = models.DateTimeField("排序时间")
    next_mark_at = models.DateTimeField("下次提醒时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    reopened = models.PositiveSmallIntegerField("重开次数", default=0)
    last_seq = models.PositiveIntegerField("末件序号", default=0)
    updated_at = models.DateTimeField("更新时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "办件"
        constraints = [
            # Said here and not at the column, where Django would add a second index for searches by LIKE.
            models.UniqueConstraint(fields=["number"], name="case_number_once"),
            models.CheckConstraint(condition=Q(stage_kind__in=["open", "waiting", "done"]), name="case_stage_kind"),
            models.CheckConstraint(
                condition=Q(stage_kind="done", closed_at__isnull=False)
                | ~Q(stage_kind="done") & Q(closed_at__isnull=True),
                name="case_closed_when_done",
            ),
            # Also leads from a case to those that it caused.
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "process_code"],
                condition=~Q(source_kind=""),
                name="case_once_per_source",
            ),
        ]
        indexes = [
            # What filters ask of open cases lies in the index: a rare outcome is found without reading any row.
            *[
                models.Index(
                    fields=[column, "order_at", "id"],
                    name=f"case_open_{name}",
                    condition=OPEN & known(column),
                    include=["process_code", "outcome", "reopened"],
                )
                for column, name in scope.BRANCH_COLUMNS.items()
            ],
            # What waits for the desk is found at once also where hardly anything does.
            *[
                models.Index(
                    fields=[column, "stage", "order_at", "id"],
                    name=f"case_stage_{name}",
                    condition=OPEN & known(column),
                    include=["process_code"],
                )
                for column, name in scope.STAGE_COLUMNS.items()
            ],
            *[
                models.Index(
                    fields=[column, "order_at", "id"],
                    name=f"case_waiting_{name}",
                    condition=Q(stage_kind="waiting") & known(column),
                )
                for column, name in scope.WAITING_COLUMNS.items()
            ],
            *[
                # Lists read them backwards: what is added goes to the end, so that their pages fill up.
                models.Index(fields=[column, "opened_at", "id"], name=f"case_all_{name}", condition=known(column))
                for column, name in scope.BRANCH_COLUMNS.items()
            ],
            models.Index(fields=["process_code", "opened_at", "id"], name="case_of_process"),
            # A telephone number leads the search to its person, and the person to the cases.
            models.Index(fields=["requester_person"], name="case_of_person", condition=known("requester_person")),
            models.Index(fields=["next_mark_at"], name="case_marks", condition=Q(next_mark_at__isnull=False)),
            models.Index(fields=["county_id", "closed_at"], name="case_closed", condition=Q(stage_kind="done")),
            # Few cases have a helper: they are found by this index and sorted afterwards.
            GinIndex(fields=["co_holders"], name="case_helpers", condition=scope.HELPED),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def scope(actor: Actor) -> Q:
        """What the actor may see at all: by role in an area, as holder, or as requester (see `scope.branches`)."""
        return scope.condition(actor)


class CaseEvent(models.Model):
    """One entry of a case's log; the log is only ever added to."""

    id = models.BigAutoField("序号", primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="events", verbose_name="办件", db_index=False)
    seq = models.PositiveIntegerField("件内序号")
    at = models.DateTimeField("时间")
    kind = models.CharField("类别", max_length=16)
    action = models.CharField("动作", max_length=64, blank=True, default="")
    actor_kind = models.CharField("经办类别", max_length=16)
    actor_id = models.CharField("经办编号", max_length=64)
    actor_name = models.CharField("经办", max_length=80)
    stands_in_for = models.CharField("代谁办理", max_length=80, blank=True, default="")
    relation = models.CharField("以何身份", max_length=32, blank=True, default="")
    unit = models.ForeignKey(
        "people.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="经办单位", db_index=False
    )
    internal = models.BooleanField("仅内部可见", default=False)
    body = models.JSONField("内容", default=dict)

    class Meta:
        verbose_name = "办件经过"
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="case_event_once")]


class Attachment(models.Model):
    """A file that belongs to a case; its bytes lie outside the database, named by their hash."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", verbose_name="办件")
    seq = models.PositiveIntegerField("随哪一步")
    field = models.CharField("栏目", max_length=64)
    name = models.CharField("文件名", max_length=160)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("内容哈希", max_length=64)
    scanned = models.CharField("病毒检查", max_length=16)
    internal = models.BooleanField("仅内部可见", default=False)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "附件"


class ClockFailure(models.Model):
    """The clocks of a case could not be run: how often so far, and when they are tried again, each time later."""

    case = models.OneToOneField(
        Case, models.CASCADE, primary_key=True, related_name="clock_failure", verbose_name="办件"
    )
    tries = models.PositiveSmallIntegerField("尝试次数")
    failed_at = models.DateTimeField("首次失败时间")
    next_try_at = models.DateTimeField("下次尝试")
    last_error = models.TextField("最近一次错误")

    class Meta:
        verbose_name = "时限未能执行"
