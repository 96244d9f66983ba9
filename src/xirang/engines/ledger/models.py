"""The table of records, which a trigger keeps from change, and beside it the sealed values, which may be erased."""

from django.db import models
from django.db.models import Q

from xirang.areas.models import Area
from xirang.foundation.actor import Actor
from xirang.foundation.scope import NOTHING, ScopedQuerySet

READERS = ("audit_admin", "auditor")


class Record(models.Model):
    """One thing that one command did to one subject. It holds references, never names: those are looked up to read."""

    id = models.BigAutoField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    action = models.TextField("动作")
    subject_kind = models.TextField("对象类别")
    subject_id = models.TextField("对象编号")
    actor_kind = models.TextField("经办类别")
    actor_id = models.TextField("经办编号")
    stands_in_for = models.TextField("代谁办理", blank=True, default="")
    area_id = models.UUIDField("区域", null=True)
    body = models.JSONField("内容")
    leaf = models.BinaryField("叶哈希", max_length=32)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "记录"
        indexes = [
            # An object has few records: they are found by its id alone, which the index then says once for all of them.
            models.Index(fields=["subject_id"], name="record_of_subject"),
            # What the system did by itself is nearly everywhere: it is found without an index.
            models.Index(fields=["actor_id", "id"], name="record_of_actor", condition=~Q(actor_kind="system")),
            models.Index(fields=["action", "id"], name="record_of_action"),
            # Without the number: the records of one command share their moment, which one entry of the index holds.
            models.Index(fields=["at"], name="record_by_time"),
        ]

    @property
    def leaf_hex(self) -> str:
        """The leaf's hash in hexadecimal digits."""
        return bytes(self.leaf).hex()

    @staticmethod
    def scope(actor: Actor) -> Q:
        """Auditors read the records of their areas; those without an area belong to the audit administrator."""
        areas = list(actor.areas_of(*READERS))
        if not areas:
            return NOTHING
        rows = Q(area_id__in=Area.objects.filter(path__overlap=areas).values("pk"))
        return rows | Q(area_id__isnull=True) if actor.holds("audit_admin") else rows


class SealedValue(models.Model):
    """One value that a record commits to: added with the record, never changed, erased without touching the record."""

    pk = models.CompositePrimaryKey("record_id", "path", verbose_name="记录与位置")
    # One statement writes both and no record is ever deleted: a constraint would cost every write and catch nothing.
    record = models.ForeignKey(
        Record,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="sealed",
        verbose_name="记录",
    )
    path = models.TextField("在内容中的位置")
    salt = models.BinaryField("盐", max_length=32)
    value = models.TextField("原值")
    about_kind = models.TextField("涉及谁（类别）")
    about_id = models.TextField("涉及谁（编号）")

    class Meta:
        verbose_name = "封存值"
        indexes = [models.Index(fields=["about_kind", "about_id"], name="sealed_about")]
