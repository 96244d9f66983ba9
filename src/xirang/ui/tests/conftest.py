"""Puts the tests of the face on its small site: no database, no session, no other engine."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.utils import translation

from xirang.ui.tests import site


@pytest.fixture(autouse=True)
def component_pages() -> Iterator[None]:
    """The settings that let templates and pages run by themselves."""
    with (
        override_settings(
            ROOT_URLCONF=site.ROOT_URLCONF,
            MIDDLEWARE=site.MIDDLEWARE,
            TEMPLATES=site.TEMPLATES,
            MESSAGE_STORAGE=site.MESSAGE_STORAGE,
            ALLOWED_HOSTS=site.ALLOWED_HOSTS,
        ),
        translation.override("zh-hans"),
    ):  # A request in English leaves its language behind in the thread.
        yield


@pytest.fixture
def client() -> Client:
    """A browser without an account."""
    return Client()
