"""Registers the cases engine with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "xirang.engines.cases"
    label = "cases"
    verbose_name = "办件"
