"""Registers the ledger engine with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "xirang.engines.ledger"
    label = "ledger"
    verbose_name = "账本"
