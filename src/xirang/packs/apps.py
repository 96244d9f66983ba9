"""Registers the floor of packs with Django."""

from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "xirang.packs"
    label = "packs"
    verbose_name = "应用包"
