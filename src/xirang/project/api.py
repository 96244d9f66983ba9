"""The open interface below /api/: the engines' operations, errors in the house's form, one OpenAPI document for all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from xirang.foundation.addresses import Api
from xirang.foundation.engines import every
from xirang.foundation.errors import InvalidError
from xirang.foundation.middleware import answer
from xirang.foundation.pages import anyone, page

DESCRIPTION = """\
供门户和应用使用的公开接口，不需要登录，也不使用 Cookie。
编号加查询码即求助人身份：查询码放在请求头 `X-Query-Code`，不进地址。
错误一律为 `{"error": {"kind", "code", "message", "zh", "en", "fields"}}`。
按来源地址限速，超出时为 429 并带 `Retry-After`。

The open interface for portals and applications: no account, no cookies. Number and query code make the requester; the
code travels in the header `X-Query-Code`. Open311 GeoReport v2 is described below `/open311/`.
"""
# What the form of a request can get wrong, in words; pydantic's own are English only.
SENTENCES = {
    "missing": "必须填写。",
    "extra_forbidden": "没有这一项。",
    "string_type": "应为文字。",
    "string_too_long": "太长了。",
    "string_too_short": "不能为空。",
    "literal_error": "不在可选的值之内。",
    "dict_type": "应为 JSON 对象。",
    "too_long": "太多了。",
}

# The usual pages of documentation load scripts from elsewhere, which the content policy forbids: there are none.
api = NinjaAPI(
    title="息壤开放接口", version="1", description=DESCRIPTION, openapi_url=None, docs_url=None, urls_namespace="api"
)
for one in every(Api):
    if one.router is not None:
        api.add_router("", one.router)


@api.exception_handler(ValidationError)
def refuse_form(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request whose form does not fit: every place with its sentence."""
    fields = {_place(one["loc"]): SENTENCES.get(one["type"], "格式不对。") for one in error.errors}
    zh = "请求的格式不对，请按接口说明改正。"
    en = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors[:10])
    return answer(request, InvalidError(code="bad_form", fields=fields, zh=zh, en=en))


@api.exception_handler(HttpError)
def refuse_unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON at all."""
    return answer(
        request, InvalidError(code="bad_body", zh="请求内容不是有效的 JSON。", en="The body is not valid JSON.")
    )


@page(anyone)
def openapi(request: HttpRequest) -> JsonResponse:
    """The OpenAPI 3.1 document of everything that needs no browser: /api/ and /open311/."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def document() -> dict[str, Any]:
    """The OpenAPI document as plain data."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="api/"))
    found["components"] = dict(found["components"])
    for one in every(Api):
        if one.describe is not None:
            more = one.describe()
            found["paths"] = found["paths"] | more["paths"]
            found["components"]["schemas"] = found["components"]["schemas"] | more["schemas"]
    found["servers"] = [{"url": "/"}]
    return found


def _place(loc: tuple[Any, ...]) -> str:
    """Where in the request something is wrong, without the words that only ninja knows."""
    parts = [str(part) for part in loc if part not in ("body", "header", "path", "query")]
    return ".".join(parts)[:120] or "body"
