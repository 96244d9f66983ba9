"""Which answers travel compressed, and which must not."""

from __future__ import annotations

import gzip
import io

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from xirang.foundation.compression import MOST_PADDING, CompressionMiddleware

PAGE = "<p>一网协同，谁在办、几时办好，随时能查。</p>" * 200


def answered(response: HttpResponseBase, *, session: bool = False, **headers: str) -> HttpResponseBase:
    """What the middleware makes of this answer to a request with these headers."""
    given = {"Accept-Encoding": "gzip, deflate, br"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    request: HttpRequest = RequestFactory(headers=given).get("/cases/")
    if session:
        request.COOKIES["xirang_session"] = "whoever"
    return CompressionMiddleware(lambda _request: response)(request)


def is_packed(response: HttpResponseBase) -> bool:
    return response.get("Content-Encoding") == "gzip"


def test_a_page_arrives_whole_and_much_smaller() -> None:
    got = answered(HttpResponse(PAGE))
    assert isinstance(got, HttpResponse)
    assert is_packed(got)
    assert gzip.decompress(got.content).decode() == PAGE
    assert int(got["Content-Length"]) == len(got.content) < len(PAGE.encode()) / 10
    assert got["Vary"] == "Accept-Encoding"


def test_json_is_compressed_too() -> None:
    assert is_packed(answered(JsonResponse({"items": [PAGE]})))


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("ok"),
        HttpResponse(PAGE, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        HttpResponse(PAGE, content_type="image/jpeg"),
        HttpResponse(PAGE, content_type="text/event-stream"),
        StreamingHttpResponse([PAGE], content_type="text/event-stream"),
        FileResponse(io.BytesIO(PAGE.encode()), content_type="text/plain"),
        HttpResponse(PAGE, headers={"Content-Encoding": "br"}),
    ],
    ids=["short", "workbook", "photograph", "event", "events", "file", "packed already"],
)
def test_what_gains_nothing_stays_as_it_is(response: HttpResponseBase) -> None:
    before = response.get("Content-Encoding")
    assert answered(response).get("Content-Encoding") == before


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip; q=0.0, br"])
def test_whoever_cannot_read_gzip_gets_plain_text(accepted: str) -> None:
    got = answered(HttpResponse(PAGE), Accept_Encoding=accepted)
    assert not is_packed(got)
    assert got["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["gzip", "br;q=1.0, gzip;q=0.8", "GZIP", "gzip;q=0.5"])
def test_whoever_can_read_gzip_gets_it(accepted: str) -> None:
    assert is_packed(answered(HttpResponse(PAGE), Accept_Encoding=accepted))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Referer": "http://testserver/cases/"},
    ],
)
def test_a_session_reads_compressed_what_our_own_page_or_the_person_asked_for(headers: dict[str, str]) -> None:
    assert is_packed(answered(HttpResponse(PAGE), session=True, **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Referer": "http://testserver/cases/"},
        {"Referer": "http://elsewhere.example/?testserver"},
        {"Referer": "http://testserver.example/"},
        {},
    ],
)
def test_another_site_cannot_measure_what_a_session_is_shown(headers: dict[str, str]) -> None:
    """BREACH needs many answers to requests that a foreign page begins; these it gets uncompressed."""
    got = answered(HttpResponse(PAGE), session=True, **headers)
    assert not is_packed(got)
    assert isinstance(got, HttpResponse)
    assert got.content.decode() == PAGE


def test_without_a_session_there_is_nothing_to_measure() -> None:
    assert is_packed(answered(HttpResponse(PAGE), Sec_Fetch_Site="cross-site"))


def test_the_same_page_has_many_lengths() -> None:
    lengths = {int(answered(HttpResponse(PAGE))["Content-Length"]) for _ in range(60)}
    assert len(lengths) > 10
    assert max(lengths) - min(lengths) <= MOST_PADDING + 1
