"""The composition: collects what the engines say of themselves once all of them are loaded."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "xirang.project"
    label = "project"
    verbose_name = "总装"

    def ready(self) -> None:
        from xirang.project import composition

        composition.compose()
