"""What the site answers when Django itself refuses: unknown addresses, failed form tokens, faults of the program."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse

from xirang.foundation.errors import InvalidError, NotAllowedError, NotFoundError, XirangError
from xirang.foundation.middleware import answer, as_xirang_error

log = logging.getLogger("xirang.errors")


class StaleFormError(NotAllowedError):
    code = "stale_form"
    zh = "这个页面打开太久，或从别处提交。请返回上一页刷新后再提交，您填的内容还在。"
    en = "This page was open too long or the form came from elsewhere. Please go back, reload and submit again."


class FaultError(XirangError):
    code = "fault"
    zh = "系统出了故障，这一步没有办成，内容没有丢。我们已留下记录，请稍后再试。"
    en = "A fault on our side; nothing was changed. It has been logged; please try again later."


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token."""
    return answer(request, StaleFormError())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # Some refusals reach us only here, because they arose in a middleware outside of ours.
    return answer(request, (as_xirang_error(exception) if exception else None) or InvalidError(code="bad_request"))


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NotAllowedError())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NotFoundError())


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of the program; a database that does not answer is said to be that, wherever it was noticed."""
    failed = sys.exc_info()[1]
    known = as_xirang_error(failed) if isinstance(failed, Exception) else None
    return answer(request, known or FaultError())
