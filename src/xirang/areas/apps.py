"""Registers areas with Django."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "xirang.areas"
    label = "areas"
    verbose_name = "区域"
