"""The composition: plugs the engines into each other's sockets once all of them are loaded."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "xirang.project"
    label = "project"
    verbose_name = "总装"

    def ready(self) -> None:
        from xirang.project import composition

        composition.plug()
