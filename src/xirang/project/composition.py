"""Collects what every installed engine says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from xirang.foundation import engines


def compose() -> None:
    """Run once, when all applications are loaded; INSTALLED_APPS is the only list of engines there is."""
    engines.install(_declared())


def _declared() -> Iterator[engines.Engine]:
    """The `ENGINE` of each application that has a room `engine`."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "engine") and config.name.startswith("xirang."):
            yield import_module(f"{config.name}.engine").ENGINE
