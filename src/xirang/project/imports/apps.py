"""Registers the imports with Django, for the sake of their table."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "xirang.project.imports"
    label = "imports"
    verbose_name = "导入"
