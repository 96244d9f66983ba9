"""Describes the addresses of Open311 for the OpenAPI document."""

from __future__ import annotations

from typing import Any

NULLABLE = ["string", "null"]
JURISDICTION = {
    "name": "jurisdiction_id",
    "in": "query",
    "description": "本区或以下区域的行政区划代码；不填即本区",
    "schema": {"type": "string", "maxLength": 60},
}
_DATE = {"type": "string", "description": "W3C，例如 2026-09-30T00:00:00Z", "maxLength": 40}


def describe() -> dict[str, Any]:
    """`paths` and `schemas` of the JSON forms and, by their content type, of the XML forms."""
    paths: dict[str, Any] = {}
    for form in ("json", "xml"):
        paths |= _paths(form)
    return {"paths": paths, "schemas": SCHEMAS}


def _paths(form: str) -> dict[str, Any]:
    listing = [
        JURISDICTION,
        _query("service_request_id", "编号，逗号分隔；给出时其他条件不计", 4000),
        _query("service_code", "服务代码，逗号分隔", 400),
        {"name": "start_date", "in": "query", "schema": _DATE},
        {"name": "end_date", "in": "query", "schema": _DATE},
        _query("status", "open、closed，逗号分隔", 40),
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 999_999}},
        {
            "name": "page_size",
            "in": "query",
            "description": "每页行数，多于 1000 按 1000 计",
            "schema": {"type": "integer", "minimum": 1, "maximum": 999_999},
        },
    ]
    span = [JURISDICTION, *listing[3:5]]
    return {
        f"/open311/discovery.{form}": {"get": _operation("discovery", form, "Discovery", [], refusals=())},
        f"/open311/services.{form}": {"get": _operation("services", form, "Services", [JURISDICTION])},
        f"/open311/services/{{service_code}}.{form}": {
            "get": _operation("service", form, "ServiceDefinition", [_path("service_code"), JURISDICTION])
        },
        f"/open311/requests.{form}": {
            "get": _operation("requests", form, "Requests", listing),
            "post": _operation("report", form, "Reported", [], body="Report"),
        },
        f"/open311/requests/{{service_request_id}}.{form}": {
            "get": _operation("request", form, "Requests", [_path("service_request_id"), JURISDICTION])
        },
        f"/open311/tokens/{{token}}.{form}": {
            "get": _operation("token", form, "Tokens", [_path("token"), JURISDICTION])
        },
        f"/open311/servicerequestupdates.{form}": {
            "get": _operation("updates", form, "Updates", span),
            "post": _operation("update", form, "Updated", [], body="Update"),
        },
    }


def _operation(
    name: str,
    form: str,
    schema: str,
    parameters: list[Any],
    *,
    body: str = "",
    refusals: tuple[int, ...] = (400, 403, 404, 413, 429, 503),
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"open311_{name}_{form}",
        "tags": ["Open311 GeoReport v2"],
        "summary": SUMMARIES[name],
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": _content(form, schema)},
            **{str(code): {"description": "errors", "content": _content(form, "Errors")} for code in refusals},
        },
    }
    if body:
        content = {"application/x-www-form-urlencoded": {"schema": {"$ref": f"#/components/schemas/Open311{body}"}}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _content(form: str, schema: str) -> dict[str, Any]:
    if form == "xml":  # OpenAPI cannot describe the book's lists in XML exactly; the tests look at them instead.
        return {"text/xml": {"schema": {"type": "string"}}}
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/Open311{schema}"}}}


def _query(name: str, text: str, most: int) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string", "maxLength": most}}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 80}}


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_MAY_BE = {"type": NULLABLE}
SUMMARIES = {
    "discovery": "接口在哪里、支持哪些格式",
    "services": "可以报送的服务",
    "service": "一项服务还要填什么",
    "requests": "查询公开的办件",
    "report": "报送一件",
    "request": "按编号查一件",
    "token": "由 token 得编号",
    "updates": "按时间查办理经过（FixMyStreet）",
    "update": "求助人确认、重开或补充（FixMyStreet）",
}
_REQUEST = _object({
    "service_request_id": _TEXT, "status": {"enum": ["open", "closed"]}, "status_notes": _TEXT, "service_name": _TEXT,
    "service_code": _TEXT, "description": _TEXT, "agency_responsible": _MAY_BE, "service_notice": _MAY_BE,
    "requested_datetime": _MOMENT, "updated_datetime": _MOMENT,
    "expected_datetime": {"anyOf": [_MOMENT, {"type": "null"}]}, "address": {"type": "string", "minLength": 1},
    "address_id": _MAY_BE, "zipcode": _MAY_BE, "media_url": _MAY_BE,
    "lat": {"type": ["number", "null"]}, "long": {"type": ["number", "null"]},
})  # fmt: skip
_ATTRIBUTE = _object(
    {
        "variable": {"type": "boolean"},
        "code": _TEXT,
        "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        "required": {"type": "boolean"},
        "datatype_description": _TEXT,
        "order": {"type": "integer", "minimum": 1},
        "description": _TEXT,
        "values": _list(_object({"key": _TEXT, "name": _TEXT})),
    },
    optional=("values",),
)
_ENDPOINT = {"specification": _TEXT, "url": _TEXT, "changeset": _MOMENT, "type": _TEXT, "formats": _list(_TEXT)}
_LIMITED = (
    "jurisdiction_id",
    "api_key",
    "address_id",
    "device_id",
    "account_id",
    "first_name",
    "last_name",
    "phone",
    "email",
)
SCHEMAS = {
    "Open311Errors": _list(_object({"code": {"type": "integer"}, "description": _TEXT})),
    "Open311Discovery": _object({
        "changeset": _MOMENT, "contact": _TEXT, "key_service": _TEXT, "endpoints": _list(_object(_ENDPOINT)),
    }),
    "Open311Services": _list(_object({
        "service_code": _TEXT, "service_name": _TEXT, "description": _TEXT, "metadata": {"type": "boolean"},
        "type": {"const": "realtime"}, "keywords": _TEXT, "group": _TEXT,
    })),
    "Open311ServiceDefinition": _object({"service_code": _TEXT, "attributes": _list(_ATTRIBUTE)}),
    "Open311Requests": _list(_REQUEST),
    "Open311Reported": _list(_object({"service_request_id": _TEXT, "service_notice": _TEXT, "account_id": _MAY_BE})),
    "Open311Tokens": _list(_object({"service_request_id": _TEXT, "token": _TEXT})),
    "Open311Updates": _list(_object({
        "update_id": _TEXT, "service_request_id": _TEXT, "status": {"enum": ["open", "closed"]},
        "updated_datetime": _MOMENT, "description": _TEXT, "media_url": _MAY_BE,
    })),
    "Open311Updated": _list(_object({"update_id": _TEXT})),
    "Open311Report": {
        "type": "object",
        "required": ["service_code"],
        "properties": {
            "service_code": {"type": "string", "maxLength": 60},
            "description": {"type": "string", "maxLength": 4000},
            "lat": {"type": "string", "maxLength": 30},
            "long": {"type": "string", "maxLength": 30},
            "address_string": {"type": "string", "maxLength": 300},
            "media_url": {"type": "string", "maxLength": 500},
            **{name: {"type": "string", "maxLength": 300} for name in _LIMITED},
        },
        "description": "此外以 attribute[代码]=值 填写服务定义中的各项",
        "additionalProperties": {"type": "string"},
    },
    "Open311Update": {
        "type": "object",
        "required": ["token"],
        "properties": {
            "token": {"type": "string", "maxLength": 60},
            "service_request_id": {"type": "string", "maxLength": 40},
            "status": {"type": "string", "enum": ["open", "closed"]},
            "description": {"type": "string", "maxLength": 2000},
        },
        "additionalProperties": {"type": "string"},
    },
}  # fmt: skip
