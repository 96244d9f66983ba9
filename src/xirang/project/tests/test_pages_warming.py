"""Warming up: the site's own pages, asked for as a stranger would, without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.world import World
from xirang.engines.ledger.models import Record
from xirang.project.running.warming import FIRST_PAGES, visit
from xirang.project.running.wsgi import application
from xirang.project.tests.test_parts import in_a_fresh_process


@pytest.fixture
def kept_open() -> Iterator[None]:
    """The connection holds the test's transaction: no request may close it, as Django's own test client sees to."""
    for each in (request_started, request_finished):
        each.disconnect(close_old_connections)
    yield
    for each in (request_started, request_finished):
        each.connect(close_old_connections)


def traces() -> tuple[int, int]:
    return Session.objects.count(), Record.objects.all_unscoped("a visit to nobody leaves none").count()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", FIRST_PAGES)
def test_the_first_pages_are_answered_and_leave_no_trace(
    world: World, kept_open: None, path: str, language: str
) -> None:
    before = traces()
    assert visit(application, path, language) == 200
    assert traces() == before


def test_without_a_database_it_ends_all_the_same_and_without_a_connection(tmp_path: Path) -> None:
    code = """
from xirang.project.running.warming import visit, warm_site
warm_site()
from django.db import connections
from xirang.project.running.wsgi import application
print(visit(application, "/"), [one.connection for one in connections.all(initialized_only=True)])
"""
    assert in_a_fresh_process(code, tmp_path).splitlines()[-1] == "0 [None]"
