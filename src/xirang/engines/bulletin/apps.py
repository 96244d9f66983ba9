"""Registers the bulletin engine with Django."""

from django.apps import AppConfig


class BulletinConfig(AppConfig):
    name = "xirang.engines.bulletin"
    label = "bulletin"
    verbose_name = "消息"
