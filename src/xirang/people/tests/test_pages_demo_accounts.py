"""Outside demo mode a demo account is closed at every door: its password was shown to whoever came by."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from xirang.foundation.actor import PUBLIC
from xirang.foundation.errors import NotAllowedError
from xirang.people import commands
from xirang.people.tests.conftest import NOW, PASSWORD, District
from xirang.people.tests.test_commands_signing import enrol, second, sign_in


@pytest.fixture
def demo(district: District) -> District:
    district.open("he.jing", "county", "government", ("handler",), is_demo=True)
    return district


def by_provider(username: str) -> str:
    return commands.sign_in_by_oidc(
        actor=PUBLIC, username=username, issuer="https://id.example", address="10.1.1.1", now=NOW
    ).state


def test_demo_accounts_sign_in_while_demo_mode_is_on(demo: District) -> None:
    assert sign_in("he.jing").state == "signed_in"
    assert by_provider("he.jing") == "signed_in"


def test_the_right_password_of_a_demo_account_is_answered_like_a_wrong_one(demo: District, settings: Any) -> None:
    settings.DEMO = False
    refused = sign_in("he.jing")
    assert (refused.state, refused.sentence) == ("refused", sign_in("nobody.here").sentence)
    assert sign_in("shen.lan").state == "signed_in"


def test_no_other_door_is_open(demo: District, settings: Any) -> None:
    _device, codes = enrol(demo, "he.jing")
    settings.DEMO = False
    assert by_provider("he.jing") == "refused"
    assert by_provider("shen.lan") == "signed_in"
    with pytest.raises(NotAllowedError):
        second(demo, codes[0], login="he.jing")


def test_a_session_begun_before_ends_with_demo_mode(demo: District, client: Client, settings: Any) -> None:
    client.post(reverse("people:sign_in"), {"username": "he.jing", "password": PASSWORD})
    assert client.get(reverse("people:own_account")).status_code == 200
    settings.DEMO = False
    assert client.get(reverse("people:own_account")).status_code == 302
    assert get_user(client).is_anonymous, "nor does the stream of live events take it for signed in"
