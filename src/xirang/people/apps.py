"""Registers people with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "xirang.people"
    label = "people"
    verbose_name = "人员与单位"
