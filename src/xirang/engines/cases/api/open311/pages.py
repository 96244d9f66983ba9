"""The addresses of GeoReport v2 and of FixMyStreet's updates: read the call, ask the engine, write the answer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from xirang.engines.cases import queries
from xirang.engines.cases.api.open311 import intake, updates
from xirang.engines.cases.api.open311 import services as offered
from xirang.engines.cases.api.open311.asking import BadParameterError, span_of, wanted_of
from xirang.engines.cases.api.open311.jurisdiction import get_jurisdiction
from xirang.engines.cases.api.open311.keys import actor_for
from xirang.engines.cases.api.open311.showing import Publisher
from xirang.engines.cases.api.open311.writing import write
from xirang.engines.cases.limits import guessing, take_report
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.models import Case
from xirang.engines.cases.queries.portal import expected_due
from xirang.engines.cases.queries.published import (
    PublishedFilter,
    find_published_cases,
    list_published_cases,
    list_published_steps,
)
from xirang.foundation.calendar import local_date
from xirang.foundation.errors import NotFoundError
from xirang.foundation.ids import QUERY_LENGTH
from xirang.foundation.pages import Asked, View, anyone, now, page
from xirang.ui.wording import reader_language

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When the interface itself last changed; clients compare it with what they have kept.
CHANGESET = datetime(2026, 11, 21, tzinfo=UTC)


class NoSuchRequestError(NotFoundError):
    code = "no_such_request"
    zh = "没有找到 service_request_id“{given}”。"
    en = "service_request_id “{given}” was not found."


def endpoint(*methods: str) -> Callable[[View], View]:
    """An address for machines: open to anyone, without cookies and therefore without form tokens; other methods 405."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            # Public data without cookies: a page of somebody else's may read it.
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return csrf_exempt(page(anyone, methods=methods)(guarded))

    return wrap


@endpoint("GET", "HEAD")
def discovery(request: Asked, form: str) -> HttpResponse:
    """Where the interface is and which forms it speaks."""
    root = request.build_absolute_uri(reverse("open311:discovery", args=["json"])).rsplit("/", 1)[0]
    kind = "test" if settings.DEMO else "production"
    return write(
        "discovery",
        {
            "changeset": CHANGESET,
            "contact": settings.OPEN311_CONTACT,
            "key_service": settings.OPEN311_CONTACT,
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": root,
                    "changeset": CHANGESET,
                    "type": kind,
                    "formats": ["text/xml", "application/json"],
                }
            ],
        },
        form,
    )


@endpoint("GET", "HEAD")
def services(request: Asked, form: str) -> HttpResponse:
    """What may be reported."""
    day = local_date(now())
    area = get_jurisdiction(request.GET.get("jurisdiction_id", ""), day)
    return write("services", [offered.summary(one, _language(), day) for one in offered.list_services(area)], form)


@endpoint("GET", "HEAD")
def service(request: Asked, code: str, form: str) -> HttpResponse:
    """What one service asks."""
    day = local_date(now())
    area = get_jurisdiction(request.GET.get("jurisdiction_id", ""), day)
    return write("service_definition", offered.definition(offered.get_service(code, area), _language(), day), form)


@endpoint("GET", "HEAD", "POST")
def requests(request: Asked, form: str) -> HttpResponse:
    """GET lists what was reported, POST reports."""
    if request.method == "POST":
        return _report(request, form)
    moment = now()
    area = get_jurisdiction(request.GET.get("jurisdiction_id", ""), local_date(moment))
    wanted = wanted_of(request.GET, moment)
    published = {one.process.service_code: one.process.code for one in offered.list_services(area)}
    if wanted.numbers:
        found = find_published_cases(area, wanted.numbers, published.values())
        if not found:
            raise NoSuchRequestError(given=",".join(wanted.numbers)[:60])
    else:
        unknown = next((code for code in wanted.codes if code not in published), None)
        if unknown is not None:
            raise offered.NoSuchServiceError(given=unknown[:60])
        codes = tuple(published[code] for code in wanted.codes or published)
        limits = PublishedFilter(codes, wanted.span.since, wanted.span.until, wanted.closed)
        found = (
            list_published_cases(area, limits, limit=wanted.end)[wanted.begin :] if wanted.end > wanted.begin else []
        )
    return write("service_requests", Publisher(_language()).requests(found), form)


def _report(request: Asked, form: str) -> HttpResponse:
    moment, given = now(), request.POST
    # Taken first, so that guessing keys is slow as well.
    take_report(request, moment, keyed=bool(settings.OPEN311_KEYS))
    actor = actor_for(given.get("api_key", "") or request.GET.get("api_key", ""), moment)
    jurisdiction = given.get("jurisdiction_id", "") or request.GET.get("jurisdiction_id", "")
    area = get_jurisdiction(jurisdiction, local_date(moment))
    code = given.get("service_code", "").strip()
    if not code:
        raise BadParameterError("service_code", "没有填写。可用的服务见 services。", "is missing; see services.")
    chosen = offered.get_service(code, area)
    case_id = intake.receive(
        actor=actor,
        service=chosen,
        form=given,
        media=request.FILES.getlist("media"),
        header_key=request.headers.get("Idempotency-Key", "")[:200],
        now=moment,
    )
    receipt = queries.get_receipt(case_id)
    notice = _notice(chosen.process, receipt.query_code, moment)
    response = write(
        "service_requests", [{"service_request_id": receipt.number, "service_notice": notice, "account_id": None}], form
    )
    # The book lets an answer hold the number or a token, not both; the token travels beside it.
    response["Xirang-Token"] = receipt.token
    response["Cache-Control"] = "no-store"
    return response


@endpoint("GET", "HEAD")
def one_request(request: Asked, number: str, form: str) -> HttpResponse:
    """One request by its number."""
    area = get_jurisdiction(request.GET.get("jurisdiction_id", ""), local_date(now()))
    processes = [one.process.code for one in offered.list_services(area)]
    found = find_published_cases(area, [number], processes)
    if not found:
        raise NoSuchRequestError(given=number[:60])
    return write("service_requests", Publisher(_language()).requests(found), form)


@endpoint("GET", "HEAD")
def token(request: Asked, token: str, form: str) -> HttpResponse:
    """The number behind a token."""
    moment = now()
    get_jurisdiction(request.GET.get("jurisdiction_id", ""), local_date(moment))
    case = _case_of(request, token, moment)
    response = write("service_requests", [{"service_request_id": case.number, "token": token}], form)
    response["Cache-Control"] = "no-store"
    return response


@endpoint("GET", "HEAD", "POST")
def request_updates(request: Asked, form: str) -> HttpResponse:
    """FixMyStreet's updates: GET reads steps by time, POST brings the requester's word."""
    moment = now()
    if request.method == "POST":
        take_report(request, moment, keyed=bool(settings.OPEN311_KEYS))
        actor_for(request.POST.get("api_key", "") or request.GET.get("api_key", ""), moment)
        get_jurisdiction(request.POST.get("jurisdiction_id", ""), local_date(moment))
        case = _case_of(request, request.POST.get("token", ""), moment)
        update_id = updates.receive_update(case, request.POST, moment, language=_language())
        return write("service_request_updates", [{"update_id": update_id}], form)
    area = get_jurisdiction(request.GET.get("jurisdiction_id", ""), local_date(moment))
    span = span_of(request.GET, moment)
    codes = tuple(one.process.code for one in offered.list_services(area))
    steps, logs = list_published_steps(area, PublishedFilter(codes, span.since, span.until))
    return write("service_request_updates", Publisher(_language()).updates(steps, logs), form)


@endpoint("GET", "HEAD", "POST")
def unknown(request: Asked, rest: str) -> HttpResponse:
    """Whatever else is asked for below this address, also in a form that nobody speaks."""
    raise NotFoundError(
        zh="没有这个地址，或不支持这种格式（只有 .xml 和 .json）。",
        en="No such address, or no such format: .xml and .json.",
    )


def _notice(process: ProcessType, code: str, moment: datetime) -> str:
    """What happens next, and the code that opens the case to its requester."""
    expected = expected_due(process, moment, _language())
    term = expected.sentence if expected else ""
    if _language() == "en":
        return f"Received. {term} Query code: {code}; keep it to follow, confirm or reopen the request.".replace(
            "  ", " "
        )
    return f"已收到。{term}查询码：{code}，凭编号和查询码可查询进度、确认或重开，请妥善保存。"


def _case_of(request: Asked, token: str, moment: datetime) -> Case:
    with guessing(request, token.strip()[:-QUERY_LENGTH].rstrip("-"), moment):
        return updates.find_by_token(token)


def _language() -> str:
    return reader_language()
