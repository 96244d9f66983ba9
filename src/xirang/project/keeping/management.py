"""`xirang migrate` and `xirang manage …`: Django's own commands, with the database held for them."""

from __future__ import annotations

import argparse

from xirang.project.running import prepare


def configure(parser: argparse.ArgumentParser) -> None:
    """`migrate` takes no arguments; `manage` passes all of its own to Django."""


def run(args: argparse.Namespace) -> int:
    """Apply all migrations, and leave no demo password behind where demo mode is off."""
    prepare.migrate()
    prepare.forget_demo_password()
    return 0


def run_django(arguments: list[str]) -> int:
    """Run one of Django's commands; its exit is ours."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["xirang manage", *arguments])
    return 0
