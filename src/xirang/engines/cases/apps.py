"""Registers the cases engine with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "xirang.engines.cases"
    label = "cases"
    verbose_name = "办件"

    def ready(self) -> None:
        from xirang.engines.cases.models.scope import plug_readers
        from xirang.engines.cases.queries.installed import readers

        plug_readers(readers)
