"""Guessing at the doors of people: whose names exist, and who can keep whom out."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from xirang.people.logic.sign_in_rules import LOCK_NAME_AFTER
from xirang.people.tests.conftest import District
from xirang.people.tests.test_pages import enter


def test_a_browser_that_signed_in_before_is_known_again_and_a_forged_one_is_not(
    district: District, client: Client
) -> None:
    enter(client, "shen.lan")
    kept = client.cookies["xirang_device"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    client.post(reverse("people:sign_out"))
    for number in range(LOCK_NAME_AFTER):
        enter(Client(REMOTE_ADDR=f"203.0.113.{number // 4}"), "shen.lan", "wrong")
    stranger = Client()
    stranger.cookies["xirang_device"] = kept.value[:-2] + "xx"
    assert enter(stranger, "shen.lan").status_code == 200
    assert enter(client, "shen.lan").status_code == 302


def test_nobody_finds_out_names_by_registering_again_and_again(district: District, client: Client) -> None:
    given = {"name": "甲", "phone": "13600000000", "password": "yu-tong-8846-x", "credit_code": ""}
    answers = [
        client.post(reverse("people:register"), given | {"username": ("shen.lan", "un.known")[turn % 2], "phone": "1"})
        for turn in range(12)
    ]
    assert [one.status_code for one in answers] == [200] * 10 + [429] * 2
    assert "已有人使用" not in answers[10].content.decode()
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    assert elsewhere.post(reverse("people:register"), given | {"username": "zhou.yu"}).status_code == 302
