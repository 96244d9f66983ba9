"""Run as a program: puts the small district of the interface tests into the database of DATABASE_URL."""

from __future__ import annotations

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xirang.project.settings")
    django.setup()
    from tests.roles import make_accounts
    from xirang.engines.cases.tests.snap import make_district

    make_accounts(make_district())
