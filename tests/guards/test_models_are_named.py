"""Every table, column and declaration has a Chinese name: what has none cannot be shown to an official."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from xirang.foundation.declarations import Title
from xirang.packs.checking.loader import check_pack

CHINESE = re.compile("[一-鿿]")
MODELS = [model for model in apps.get_models() if model.__module__.startswith("xirang.")]
PACKS = sorted(path.parent for path in settings.PACKS_ROOT.glob("*/pack.yaml"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_and_field_has_a_chinese_name(model: type[Model]) -> None:
    meta = model._meta
    nameless = [
        field.name
        for field in meta.fields
        # A number that the database itself hands out is never shown to anybody.
        if not getattr(field, "auto_created", False) and not CHINESE.search(str(field.verbose_name))
    ]
    assert nameless == []
    assert CHINESE.search(str(meta.verbose_name))
    assert meta.app_config.name.startswith("xirang.")


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_every_declaration_of_a_pack_has_a_chinese_title(folder) -> None:
    report = check_pack(folder)
    processes = [process for one in report.declared if one.file.engine == "cases" for process in one.said]
    assert processes
    titles = [title for process in processes for title in _titles(process)]
    assert len(titles) > 10
    assert [title for title in titles if not CHINESE.search(title.zh)] == []


def _titles(process) -> list[Title]:
    parts = [process, *process.fields.values(), *process.stages.values(), *process.actions.values()]
    parts += [asked for action in process.actions.values() for asked in action.asks.values()]
    return [part.title for part in parts]
