"""Errors are answered in the form and the language that the caller reads, and no fault looks like a success."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from xirang.engines.cases.queries import NoSuchCaseError
from xirang.foundation.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
    UnavailableError,
    WrongMethodError,
    XirangError,
)
from xirang.foundation.ids import new_id
from xirang.foundation.middleware import answer, as_json, as_xirang_error

KINDS = [
    (NotFoundError(), 404),
    (NotAllowedError(), 403),
    (InvalidError(fields={"need": "请填写诉求内容。"}, zh="有 1 处需要改正。", en="One answer needs correcting."), 400),
    (ConflictError(), 409),
    (UnavailableError(), 503),
    (TooManyError(minutes=3, retry_after=170), 429),
]


def ask(path: str = "/cases/x/", **headers: str):
    request = RequestFactory().get(path, **{f"HTTP_{name}": value for name, value in headers.items()})
    request.session = {}
    return request


@pytest.mark.parametrize(("error", "status"), KINDS, ids=lambda value: getattr(value, "code", value))
def test_json_names_kind_code_and_both_sentences(error, status):
    response = answer(ask("/api/requests"), error)
    import json

    body = json.loads(response.content)["error"]
    assert response.status_code == status
    assert (body["kind"], body["code"], body["zh"], body["en"]) == (error.kind, error.code, error.zh, error.en)
    assert response["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(("error", "status"), KINDS, ids=lambda value: getattr(value, "code", value))
def test_open311_answers_xml_with_the_codes_of_the_book(error, status):
    response = answer(ask("/open311/v2/requests.xml"), error)
    root = ElementTree.fromstring(response.content)
    assert root.tag == "errors"
    assert root.find("error/code").text == str(response.status_code)
    assert response.status_code == (status if status in (403, 404, 429, 503) else 400)
    assert error.zh in root.find("error/description").text


def test_open311_survives_what_xml_cannot_hold():
    error = InvalidError(zh="“\x00\x0b<b>&”不对", en="wrong", fields={"x": "\ud800<"})
    root = ElementTree.fromstring(answer(ask("/open311/v2/requests.xml"), error).content)
    assert "<b>&" in root.find("error/description").text


def test_a_page_says_it_in_the_readers_language(db):
    client, path = Client(), reverse("cases:receipt", args=[new_id()])
    chinese, english = client.get(path), client.get(path, headers={"Accept-Language": "en"})
    assert (chinese.status_code, english.status_code) == (404, 404)
    assert "请先用办件编号和查询码查询。" in chinese.content.decode()
    assert "Please look the case up" in english.content.decode()
    assert 'lang="en"' in english.content.decode()


def test_htmx_gets_a_fragment_and_json_whoever_asks_for_it(db):
    client, path = Client(), reverse("cases:receipt", args=[new_id()])
    fragment = client.get(path, headers={"HX-Request": "true"})
    assert fragment.status_code == 404
    assert "<html" not in fragment.content.decode()
    told = client.get(path, headers={"Accept": "application/json"})
    assert told.json()["error"]["kind"] == "not_found"


def test_headers_that_http_asks_for(db):
    assert answer(ask(), TooManyError(minutes=3, retry_after=170))["Retry-After"] == "170"
    assert answer(ask("/open311/x.json"), WrongMethodError(allowed="GET, HEAD"))["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (Http404(), 404),
        (PermissionDenied(), 403),
        (RequestDataTooBig(), 413),
        (SuspiciousOperation(), 400),
        (OperationalError("gone"), 503),
        (InterfaceError("closed"), 503),
        (DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"), 400),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_others_raise_is_told_in_our_words(raised, status):
    error = as_xirang_error(raised)
    assert error is not None
    assert error.status == status
    assert error.zh.endswith("。")


def test_a_fault_stays_a_fault():
    assert as_xirang_error(ZeroDivisionError()) is None
    assert as_xirang_error(DataError("value too long")) is None


def test_a_broken_connection_is_503_wherever_it_breaks(db, monkeypatch):
    """As when the database is restarted: the view, the session and the actor all ask it."""
    from xirang.engines.cases.pages import portal

    def gone(**kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(portal.queries, "list_public_months", gone)
    client = Client(raise_request_exception=False)
    response = client.get("/figures/")
    assert response.status_code == 503
    assert "服务暂时不可用" in response.content.decode()
    assert "OperationalError" not in response.content.decode()


def test_while_the_database_is_down_every_page_says_503(own_database):
    """Without a database nothing of the shell may need one, or the answer would be a bare fault."""
    from django.db import connection

    connection.close()
    port = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "no_such_database"
    try:
        client = Client(raise_request_exception=False)
        for path in ("/", "/figures/", "/track/", "/messages/"):
            client.cookies["xirang_session"] = "a" * 32
            response = client.get(path)
            if path == "/track/":  # Needs no data; it may well be shown.
                assert response.status_code in (200, 503)
                continue
            assert response.status_code == 503, path
            assert "服务暂时不可用" in response.content.decode()
        assert client.get("/healthz").status_code == 503
    finally:
        connection.close()
        connection.settings_dict["NAME"] = port


def test_braces_in_what_somebody_typed_break_no_sentence():
    for typed in ("{", "}", "{0}", "{x.y}", "{x[0]}", "{!r}"):
        assert str(InvalidError(zh=f"“{typed}”不对", en="wrong", name="n")) == f"“{typed}”不对"
        assert InvalidError(zh="“{typed}”不对", en="wrong", typed=typed).zh == f"“{typed}”不对"


def test_every_error_of_the_house_speaks_both_languages_and_says_what_to_do():

    found, todo = set(), [XirangError]
    while todo:
        for kind in todo.pop().__subclasses__():
            found.add(kind)
            todo.append(kind)
    assert NoSuchCaseError in found
    for kind in found:
        assert kind.zh, kind
        assert kind.zh[-1] in "。：}", kind
        assert kind.en.isascii() or "“" in kind.en, kind
        assert kind.status >= 400
        assert kind.code


def test_the_language_of_a_sentence_is_the_readers():
    error = NotFoundError()
    with translation.override("en"):
        assert error.sentence() == error.en
    with translation.override("zh-hans"):
        assert error.sentence() == error.zh
    assert NotFoundError(zh="只有中文").en == "只有中文"
    assert "fields" in as_json(InvalidError(fields={"a": "b"}))["error"]
