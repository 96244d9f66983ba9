"""Schemathesis talks to a running site by its OpenAPI document: no fault, and every answer as the document says."""

from __future__ import annotations

import itertools
import json

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import missing_required_header, positive_data_acceptance

from tests.journeys.site import LiveSite
from xirang.project.api import document

pytestmark = pytest.mark.slow
# The examples are few and the same in every run: a fault found today must be found again tomorrow.
bounded = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
REPORT = {
    "process": "test_snap",
    "answers": {"what": "路灯不亮", "topic": "light"},
    "places": {"where": {"address": "澄湖路 12 号"}},
}
numbers = itertools.count(1)


def somebody() -> dict[str, str]:
    """Headers of a caller with an address of their own, as the proxy would tell it: limits must not hide faults."""
    number = next(numbers)
    return {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


# What is right in form may still be wrong in fact: a service that nobody offers, a place outside the district.
RIGHT_IN_FORM = positive_data_acceptance
# Read here and not from the site, so that every operation is a test of its own.
schema = schemathesis.openapi.from_dict(document())


@schema.parametrize()
@bounded
def test_every_operation_holds_to_the_document(case: schemathesis.Case, small_site: LiveSite) -> None:
    case.call_and_validate(base_url=small_site.url, headers=somebody(), excluded_checks=[RIGHT_IN_FORM])


@schema.include(path_regex=r"^/api/requests/\{number\}").parametrize()
@bounded
def test_requests_that_exist_hold_to_it_as_well(case: schemathesis.Case, small_site: LiveSite) -> None:
    answer = httpx.post(f"{small_site.url}/api/requests", json=REPORT, headers=somebody())
    receipt = answer.json()
    case.path_parameters = dict(case.path_parameters or {}) | {"number": receipt["number"]}
    case.headers = {**dict(case.headers or {}), "X-Query-Code": receipt["query_code"]}
    response = case.call(base_url=small_site.url, headers=somebody())
    assert response.status_code != 404 or "action" in (case.path_parameters or {})
    # The code is put in by us, so its absence cannot be looked for here.
    case.validate_response(response, excluded_checks=[RIGHT_IN_FORM, missing_required_header])


def test_the_document_names_both_interfaces(small_site: LiveSite) -> None:
    found = httpx.get(f"{small_site.url}/api/openapi.json").json()
    assert found == json.loads(json.dumps(document()))
    assert found["openapi"].startswith("3.1")
    assert {"/api/requests", "/open311/requests.json", "/open311/discovery.xml"} <= found["paths"].keys()
    assert all(one["operationId"] for path in found["paths"].values() for one in path.values())
