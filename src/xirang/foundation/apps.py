"""Registers the foundation with Django."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "xirang.foundation"
    label = "foundation"
    verbose_name = "基础"
