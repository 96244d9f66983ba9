"""Registers the engine with Django."""

from django.apps import AppConfig


class LoansConfig(AppConfig):
    name = "xirang.engines.loans"
    label = "loans"
    verbose_name = "借用"
