"""The words by which cases are found, beside the cases: numbers of tokens, nothing that could be read."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class CaseWords(models.Model):
    """The tokens of one case as numbers, as of event `seq` of its log (see `logic.searching.terms_of`).

    Nothing that is kept in the vault is here.
    """

    case = models.OneToOneField(
        "cases.Case", models.PROTECT, primary_key=True, related_name="words", verbose_name="办件"
    )
    seq = models.PositiveIntegerField("到第几步")
    # Repeated here, so that hits are put in order without fetching their cases.
    opened_at = models.DateTimeField("收到时间")
    terms = ArrayField(models.IntegerField(), verbose_name="检索词", default=list)

    class Meta:
        verbose_name = "办件检索词"
        indexes = [
            # Every search reads through what waits to be sorted in, so little may wait (in kB).
            GinIndex(fields=["terms"], name="case_words", gin_pending_list_limit=256),
        ]


class WordsMark(models.Model):
    """How far into the log the words have been kept, and when that last moved on; one row."""

    id = models.PositiveSmallIntegerField("编号", primary_key=True, default=1)
    done = models.BigIntegerField("已整理到", default=0)
    moved_at = models.DateTimeField("推进时间", null=True)

    class Meta:
        verbose_name = "检索词进度"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="words_mark_once")]
