"""Registers the cockpit engine with Django."""

from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "xirang.engines.cockpit"
    label = "cockpit"
    verbose_name = "总览"
