"""A scoped table cannot be read, changed or counted before somebody said within which scope."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from xirang.engines.bulletin.models import Message
from xirang.engines.cases.models import Case
from xirang.engines.ledger.models import Record
from xirang.foundation.actor import PUBLIC, SYSTEM
from xirang.foundation.scope import ScopedQuerySet, UnscopedReadError

SCOPED = (Case, Message, Record)
WAYS: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "len": len,
    "bool": bool,
    "index": lambda rows: rows[0],
    "slice": lambda rows: list(rows[:3]),
    "filter": lambda rows: list(rows.filter(pk__isnull=False)),
    "exclude": lambda rows: list(rows.exclude(pk__isnull=True)),
    "get": lambda rows: rows.get(pk__isnull=True),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.last(),
    "earliest": lambda rows: rows.earliest("pk"),
    "latest": lambda rows: rows.latest("pk"),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "contains": lambda rows: rows.contains(rows.model(pk=1 if rows.model is Record else uuid4())),
    "in_bulk": lambda rows: rows.in_bulk(),
    "values": lambda rows: list(rows.values("pk")),
    "values_list": lambda rows: list(rows.values_list("pk", flat=True)),
    "distinct": lambda rows: list(rows.distinct()),
    "order_by": lambda rows: list(rows.order_by("pk")),
    "aggregate": lambda rows: rows.aggregate(),
    "update": lambda rows: rows.update(pk=None),
    "delete": lambda rows: rows.delete(),
    "iterator": lambda rows: list(rows.iterator()),
    "aiterator": lambda rows: asyncio.run(_all(rows)),
    "explain": lambda rows: rows.explain(),
    "get_or_create": lambda rows: rows.get_or_create(pk=None),
    "select_for_update": lambda rows: list(rows.select_for_update()),
    "union": lambda rows: list(rows.union(rows.all_unscoped("the other half is stated"))),
    "union of a stated one": lambda rows: list(rows.all_unscoped("this half is stated").union(rows)),
    "intersection": lambda rows: list(rows.all_unscoped("this half is stated").intersection(rows)),
    "difference": lambda rows: list(rows.all_unscoped("this half is stated").difference(rows)),
    "or": lambda rows: list(rows | rows.all()),
    "or of a stated one": lambda rows: list(rows.all_unscoped("this half is stated") | rows),
    "and of a stated one": lambda rows: list(rows.all_unscoped("this half is stated") & rows),
}


async def _all(rows: Any) -> list[Any]:
    return [row async for row in rows.aiterator()]


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_reads_before_the_scope_is_stated(db, django_assert_num_queries, model, way):
    with django_assert_num_queries(0), pytest.raises(UnscopedReadError):
        WAYS[way](model.objects.all())


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_a_stated_scope_survives_every_refinement(db, model):
    rows = model.objects.within(PUBLIC).filter(pk__isnull=False).order_by("pk").values("pk")[:3]
    assert list(rows) == []
    assert model.objects.filter(pk__isnull=False).within(PUBLIC).count() == 0
    assert model.objects.within(SYSTEM).exists() is False


def test_without_a_reason_nothing_is_unscoped(db):
    with pytest.raises(UnscopedReadError):
        Case.objects.all_unscoped("")


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_the_public_sees_nothing(world, model):
    world.answered()
    assert model.objects.all_unscoped("a test counts").exists() or model is Message
    assert not model.objects.within(PUBLIC).exists()


def test_every_scoped_model_says_its_scope(db):
    from django.apps import apps

    scoped = [model for model in apps.get_models() if isinstance(model._default_manager.all(), ScopedQuerySet)]
    assert set(SCOPED) <= set(scoped)
    for model in scoped:
        assert callable(getattr(model, "scope", None)), model
        assert model.scope(PUBLIC) is not None
