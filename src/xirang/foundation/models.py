"""Tables that belong to no domain: the outbox, what was delivered, keys of repeated calls, windows of public forms."""

from django.db import models
from django.db.models import Q


class OutboxEvent(models.Model):
    """An event that was committed with its command and waits to be heard by all listeners."""

    id = models.UUIDField("编号", primary_key=True)
    kind = models.TextField("事件")
    body = models.JSONField("内容")
    actor = models.TextField("由谁")
    occurred_at = models.DateTimeField("发生时间")
    delivered_at = models.DateTimeField("送达时间", null=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    next_try_at = models.DateTimeField("下次尝试", null=True)
    last_error = models.TextField("最近一次错误", blank=True, default="")
    asked_at = models.DateTimeField("问遍接收者的时间", null=True)

    class Meta:
        verbose_name = "待送事件"
        indexes = [models.Index(fields=["id"], name="outbox_waiting", condition=Q(delivered_at__isnull=True))]


class AudienceStamp(models.Model):
    """One row whose stamp is another after every change of who hears what, written in the transaction of the change.

    Every process keeps what it read about the audience under the stamp that it found, and so knows when it is old.
    """

    id = models.PositiveSmallIntegerField("编号", primary_key=True, default=1)
    stamp = models.UUIDField("印记")

    class Meta:
        verbose_name = "接收者变动印记"


class Delivery(models.Model):
    """One event for one hearer. `at` is written in the transaction of the effect, so that it happens once.

    Until then the row tells how often it failed, since when, and whether it was given up.
    """

    # The constraint below begins with the event, so that its index finds the deliveries of one as well.
    event = models.ForeignKey(
        OutboxEvent, models.CASCADE, db_index=False, related_name="deliveries", verbose_name="事件"
    )
    listener = models.TextField("接收者")
    at = models.DateTimeField("时间", null=True)
    tries = models.PositiveSmallIntegerField("尝试次数", default=0)
    failed_at = models.DateTimeField("首次失败时间", null=True)
    next_try_at = models.DateTimeField("下次尝试", null=True)
    given_up_at = models.DateTimeField("放弃时间", null=True)
    last_error = models.TextField("最近一次错误", blank=True, default="")

    class Meta:
        verbose_name = "送达"
        constraints = [models.UniqueConstraint(fields=["event", "listener"], name="delivery_once")]
        indexes = [models.Index(fields=["listener"], name="delivery_failing", condition=Q(at__isnull=True))]


class IdempotencyKey(models.Model):
    """A call that may be repeated by a network, and what it returned the first time."""

    key = models.TextField("重复提交标识")
    command = models.TextField("命令")
    actor = models.TextField("由谁")
    claimed_at = models.DateTimeField("时间")
    result = models.JSONField("结果", null=True)

    class Meta:
        verbose_name = "防重复标识"
        constraints = [models.UniqueConstraint(fields=["key", "command", "actor"], name="idempotency_once")]
        indexes = [models.Index(fields=["claimed_at"], name="idempotency_age")]


class RateWindow(models.Model):
    """How often a public form was used from one place within one window of time."""

    bucket = models.TextField("来源")
    window = models.DateTimeField("时段")
    used = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "限速时段"
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="rate_once")]


class DayCounter(models.Model):
    """The serial of the day behind human case numbers; one row per prefix and day, locked while it is drawn."""

    prefix = models.TextField("前缀")
    day = models.DateField("日期")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = "每日流水号"
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="day_counter_once")]
