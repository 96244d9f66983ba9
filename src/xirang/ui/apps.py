"""Registers the face with Django under the label ``ui``."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, tags and assets; no tables."""

    name = "xirang.ui"
    label = "ui"
    verbose_name = "界面"
