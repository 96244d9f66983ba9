"""Natural persons: a bare id in the open, everything else sealed by a key of their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xirang.foundation.ids import new_id
from xirang.people.spec import VAULT_FIELDS


class Person(models.Model):
    """A natural person; nothing here says who it is."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    created_at = models.DateTimeField("建立时间")
    erased_at = models.DateTimeField("删除时间", null=True)

    class Meta:
        verbose_name = "自然人"

    def __str__(self) -> str:
        return str(self.pk)


class PersonKey(models.Model):
    """The person's key, wrapped by the installation's; deleting the row makes all that it sealed unreadable."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="key", verbose_name="自然人")
    wrapped_key = models.BinaryField("密封的密钥")

    class Meta:
        verbose_name = "个人密钥"


class VaultEntry(models.Model):
    """One sealed value of one person, with a blind index where it must be found by value."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="entries", verbose_name="自然人", db_index=False)
    field = models.CharField("项目", max_length=32, choices=[(code, field.zh) for code, field in VAULT_FIELDS.items()])
    ciphertext = models.BinaryField("密文")
    blind_index = models.BinaryField("盲索引", null=True)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = "密存项"
        constraints = [models.UniqueConstraint(fields=["person", "field"], name="vault_entry_once")]
        indexes = [
            models.Index(fields=["field", "blind_index"], name="vault_by_value", condition=Q(blind_index__isnull=False))
        ]
