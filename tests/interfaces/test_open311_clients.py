"""The two clients of Open311 on PyPI talk to a running site: discovery, services, definition, create, query, one."""

from __future__ import annotations

import itertools
import sys
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.journeys.site import LiveSite

REPORT = {
    "lat": "30.75",
    "long": "120.71",
    "address": "澄湖路 12 号",
    "description": "路灯不亮",
    "phone": "13812345678",
    "attribute[topic]": "light",
}


@pytest.fixture(scope="module")
def three_class() -> Any:
    """`three` was written for Python 2 and wants its lazy filter back before it can be imported."""
    itertools.ifilter = filter  # type: ignore[attr-defined]
    try:
        from three.core import Three
    finally:
        del itertools.ifilter  # type: ignore[attr-defined]
    return Three


@pytest.fixture
def three(three_class: Any, small_site: LiveSite) -> Any:
    return three_class(f"{small_site.url}/open311", jurisdiction="330402")


@pytest.fixture(params=["json", "xml"])
def georeport(request: pytest.FixtureRequest, small_site: LiveSite) -> Any:
    from georeport import GeoReport

    return GeoReport(f"{small_site.url}/open311", jurisdiction="330402", output_format=request.param)


def test_three_goes_the_whole_way(three: Any, small_site: LiveSite) -> None:
    assert three.discovery()["endpoints"][0]["url"] == f"{small_site.url}/open311"
    services = three.services()
    assert services[0]["service_code"] == "TS01"
    definition = three.services("TS01")
    assert definition["attributes"][0]["code"] == "topic"
    made = three.post("TS01", name="Ming Wang", **REPORT)
    number = made[0]["service_request_id"]
    assert three.request(number)[0]["description"] == "路灯不亮"
    assert number in [one["service_request_id"] for one in three.requests("TS01")]
    assert three.requests("TS01", status="closed") == []
    assert [one["service_request_id"] for one in three.requests(service_request_id=number)] == [number]
    assert three.requests(between=["01-01-2026", "03-01-2026"]) == []
    token = three.post_response.headers["Xirang-Token"]
    assert three.token(token)[0]["service_request_id"] == number


def test_three_sends_a_picture(three: Any, small_site: LiveSite) -> None:
    picture = BytesIO()
    Image.new("RGB", (9, 9), "blue").save(picture, "JPEG")
    picture.seek(0)
    picture.name = "lamp.jpg"
    made = three.post("TS01", media=picture, **REPORT)
    number = made[0]["service_request_id"]
    kept = small_site.query(
        "select content_type from cases_attachment a join cases_case c on c.id = a.case_id where c.number = %s",
        [number],
    )
    assert kept == [("image/jpeg",)]


def test_three_reads_refusals(three: Any) -> None:
    refused = three.post("TS01", **(REPORT | {"attribute[topic]": "moon"}))
    assert refused[0]["code"] == 400
    assert "attribute[topic]" in refused[0]["description"]
    assert three.post("NO99", **REPORT)[0]["code"] == 404


def test_georeport_reads_everything(georeport: Any, three: Any) -> None:
    number = three.post("TS01", **REPORT)[0]["service_request_id"]
    assert [one["service_code"] for one in georeport.get_service_list()] == ["TS01", "TF01"]
    definition = georeport.get_service_definition("TS01")
    assert definition["service_code"] == "TS01"
    listed = georeport.get_service_requests(service_code="TS01", status="open")
    assert number in [one["service_request_id"] for one in (listed if isinstance(listed, list) else [listed])]
    one = georeport.get_service_request(number)
    assert one["service_request_id"] == number
    assert one["address"] == "澄湖路 12 号"
    assert one["requested_datetime"].endswith("Z")


def test_georeport_is_told_what_is_not_there(georeport: Any) -> None:
    import requests

    with pytest.raises(requests.HTTPError) as refused:
        georeport.get_service_request("HL-260918-0417-P")
    assert refused.value.response.status_code == 404
    georeport.jurisdiction = "city.gov"
    with pytest.raises(requests.HTTPError) as refused:
        georeport.get_service_list()
    assert refused.value.response.status_code == 404


@pytest.mark.slow  # It looks at what the tests before it, which drive a site, have left.
def test_three_left_no_trace_in_python() -> None:
    """The borrowed name is given back: nobody else may come to rely on it."""
    assert "three" in sys.modules
    assert not hasattr(itertools, "ifilter")
