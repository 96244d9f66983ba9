"""Turns the five kinds of errors into a page, JSON or Open311 XML, in the reader's language."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from xirang.foundation.addresses import ErrorForm
from xirang.foundation.engines import every
from xirang.foundation.errors import (
    InvalidError,
    NotAllowedError,
    NotFoundError,
    TooBigError,
    TooManyError,
    UnavailableError,
    WrongMethodError,
    XirangError,
)
from xirang.foundation.ids import new_id

log = logging.getLogger("xirang.errors")
# What XML cannot hold even when escaped: an error may repeat what somebody sent.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ErrorMiddleware:
    """Sits inside all other middleware, so that an error page still has its session, language and headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        error = as_xirang_error(exception)
        return answer(request, error) if error else None


def as_xirang_error(exception: Exception) -> XirangError | None:
    """The error of ours that says the same; None for a fault that must reach the log as it is."""
    if isinstance(exception, XirangError):
        return exception
    if isinstance(exception, Http404):
        return NotFoundError()
    if isinstance(exception, PermissionDenied):
        return NotAllowedError()
    if isinstance(exception, (RequestDataTooBig, TooManyFilesSent)):
        return TooBigError()
    if isinstance(exception, SuspiciousOperation):
        return InvalidError(code="bad_request")
    if isinstance(exception, DataError) and ("NUL" in str(exception) or "\\u0000" in str(exception)):
        # Somebody sent a zero byte; no text of ours can hold one.
        return InvalidError(
            code="zero_byte",
            zh="内容里有无法保存的字符，请删去后再提交。",
            en="It holds a character that cannot be kept; please remove it.",
        )
    if isinstance(exception, (OperationalError, InterfaceError)):
        log.exception("the database did not answer")
        return UnavailableError(code="database")
    return None


def answer(request: HttpRequest, error: XirangError) -> HttpResponse:
    """One error in the form that the caller reads."""
    path = request.path
    door = next((one for one in every(ErrorForm) if path.startswith(one.prefix)), None)
    if door is not None:
        response = door.write(path, error)
    elif path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        response = JsonResponse(as_json(error), status=error.status, json_dumps_params={"ensure_ascii": False})
    else:
        response = _page(request, error)
    if isinstance(error, TooManyError):
        response["Retry-After"] = str(error.data.get("retry_after", 60))
    if isinstance(error, WrongMethodError):
        response["Allow"] = error.data.get("allowed", "")
    return response


def as_json(error: XirangError) -> dict[str, Any]:
    """The JSON of an error: kind, code, sentence in both languages, and the fields that are wrong."""
    said: dict[str, Any] = {"kind": error.kind, "code": error.code, "message": error.sentence()}
    said |= {"zh": error.zh, "en": error.en}
    if isinstance(error, InvalidError) and error.fields:
        said["fields"] = error.fields
    return {"error": said}


def _page(request: HttpRequest, error: XirangError) -> HttpResponse:
    reference = str(new_id())[-8:].upper()
    if error.status >= 500 and not isinstance(error, TooManyError):
        log.error("%s %s: %s", reference, error.code, error)
    context = {"error": error, "sentence": error.sentence(), "status": error.status, "reference": reference}
    if error.status >= 500:
        # Messages wait in the session; asking it while the database is away would lose the page that says so.
        context["messages"] = ()
    if request.headers.get("HX-Request"):
        return render(request, "ui/error_fragment.html", context, status=error.status)
    return render(request, "ui/error.html", context, status=error.status)
