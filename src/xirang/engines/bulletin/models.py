"""Messages that are to leave the house, and what became of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xirang.foundation.actor import Actor
from xirang.foundation.ids import new_id
from xirang.foundation.scope import NOTHING, ScopedQuerySet

SANDBOX, INBOX = "sandbox", "inbox"


class Message(models.Model):
    """One message to one recipient over one channel. The address of a person is in the vault, never here."""

    id = models.UUIDField("编号", primary_key=True, default=new_id)
    created_at = models.DateTimeField("时间")
    channel = models.CharField("渠道", max_length=16)
    # No index of its own for account and unit: the two lists below begin with them.
    to_account = models.ForeignKey(
        "people.Account", models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="收件账号"
    )
    to_person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+", verbose_name="收件人")
    to_unit = models.ForeignKey(
        "people.Organisation", models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="收件单位"
    )
    to_title = models.CharField("收件方", max_length=120)
    subject = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    about_kind = models.CharField("关于", max_length=32, blank=True, default="")
    about_id = models.CharField("关于编号", max_length=64, blank=True, default="")
    about_url = models.CharField("链接", max_length=200, blank=True, default="")
    state = models.CharField("状态", max_length=12)
    read_at = models.DateTimeField("已读时间", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        indexes = [
            # Boxes read them backwards: what is added goes to the end, so that their pages fill up.
            models.Index(fields=["created_at", "id"], name="message_newest"),
            models.Index(
                fields=["to_account", "created_at", "id"],
                name="message_of_account",
                condition=Q(to_account__isnull=False),
            ),
            models.Index(
                fields=["to_unit", "created_at", "id"], name="message_of_unit", condition=Q(to_unit__isnull=False)
            ),
            models.Index(
                fields=["to_account"],
                name="message_unread",
                condition=Q(read_at__isnull=True, to_account__isnull=False),
            ),
        ]

    @staticmethod
    def scope(actor: Actor) -> Q:
        """One's own messages and those to one's units; the system administrator sees the sandbox as well.

        What really went out is none of the administrator's business.
        """
        if actor.ref.kind != "account":
            return NOTHING
        rows = Q(to_account_id=actor.ref.id) | Q(to_unit_id__in=list(actor.organisation_ids))
        return rows | Q(channel=SANDBOX) if actor.holds("system_admin") else rows
