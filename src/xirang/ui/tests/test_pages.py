"""The gallery, the switch for large text and the error page, without a database."""

import re

import pytest
from django.test import Client

SPECIMENS = [
    "columns",
    "colours",
    "type",
    "buttons",
    "status",
    "due",
    "chip",
    "source_chip",
    "segmented",
    "list",
    "table-loading",
    "table-empty",
    "steps",
    "timeline",
    "stats",
    "alert",
    "slip",
    "known",
    "form",
    "form-errors",
    "upload",
    "confirm",
    "toast",
    "drawer",
]
PIECES = [
    "x-ruler",
    "x-why",
    "x-receipt",
    "x-stars",
    "x-rating",
    "x-seg",
    "x-drop",
    "x-area",
    "x-place",
    "x-strip",
    "x-views",
    "x-filter",
    "x-bulk",
    "x-pager",
    "x-tabs",
    "x-bar",
    "x-empty",
    "x-failed",
    "x-demo-tag",
    "x-tag",
    "x-facts",
    "x-skeleton",
    "x-menu",
    "x-find",
    "x-skip",
    "x-toasts",
    "x-crumb",
]


def test_the_gallery_shows_every_component(client: Client) -> None:
    page = client.get("/gallery/").content.decode()
    missing = [name for name in SPECIMENS if f'data-specimen="{name}"' not in page]
    assert not missing
    assert not [
        name for name in PIECES if f'class="{name}' not in page and f" {name}" not in page and f'"{name}"' not in page
    ]


def test_the_gallery_is_free_of_the_watermark_when_data_is_real(client: Client) -> None:
    assert "x-demo-ground" in client.get("/gallery/").content.decode()
    assert "x-demo-ground" not in client.get("/gallery/?demo=0").content.decode()


def test_every_id_of_a_page_is_unique(client: Client) -> None:
    found = re.findall(r'\sid="([^"]+)"', client.get("/gallery/").content.decode())
    assert sorted({name for name in found if found.count(name) > 1}) == []


def test_a_drawer_of_an_unknown_row_is_not_found(client: Client) -> None:
    assert client.get("/gallery/drawer/HL-0918-0417/").status_code == 200
    assert client.get("/gallery/drawer/HL-0000-0000/").status_code == 404


def test_large_text_is_a_cookie_and_leads_back(client: Client) -> None:
    answer = client.post("/large-text/", {"large": "1", "next": "/gallery/?demo=0"})
    assert answer.status_code == 302
    assert answer["Location"] == "/gallery/?demo=0"
    cookie = answer.cookies["xirang_large"]
    assert cookie.value == "1"
    assert cookie["samesite"] == "Lax"
    assert cookie["httponly"]
    assert 'class="x-large"' in client.get("/gallery/").content.decode()
    assert client.post("/large-text/", {"large": "0", "next": "/gallery/"}).cookies["xirang_large"].value == ""


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"]
)
def test_large_text_never_leads_away(client: Client, target: str) -> None:
    assert client.post("/large-text/", {"large": "1", "next": target})["Location"] == "/"


def test_large_text_is_not_switched_by_a_link(client: Client) -> None:
    assert client.get("/large-text/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/large-text/", {"large": "1"}).status_code == 403


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 503])
def test_the_error_page_says_what_to_do_and_names_its_reference(client: Client, status: int) -> None:
    answer = client.get(f"/error/{status}/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert "7F3A9C21" in page
    assert "请核对编号" in page


def test_shells_speak_english(client: Client) -> None:
    page = client.get("/public/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert '<html lang="en"' in page
    assert "Large text" in page
    assert "Sign in" in page
