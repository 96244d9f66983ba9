"""The services of a jurisdiction: process types with a service code, and what each of them asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from xirang.areas.models import Area
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.queries import installed
from xirang.foundation.errors import InvalidError, NotFoundError

GROUPS = {
    "organisation": ("企业服务", "Enterprises"),
    "person": ("个人事务", "Residents"),
    "place": ("公共设施与环境", "Public places"),
    "none": ("综合服务", "General"),
}
YES_NO = (("true", "是", "Yes"), ("false", "否", "No"))
RATINGS = tuple((str(n), f"{n} 分", f"{n} of 5") for n in range(1, 6))
LONG_TEXT = 200


class NoSuchServiceError(NotFoundError):
    code = "no_such_service"
    zh = "没有找到 service_code“{given}”。可用的服务见 services。"
    en = "service_code “{given}” was not found. See services for those on offer."


@dataclass(frozen=True)
class Service:
    """One process type on offer, and the area in which its requests come to lie (None: the caller must say which)."""

    process: ProcessType
    area_id: UUID | None

    @cached_property
    def places(self) -> Places:
        """Which parameter of the book answers which field of the form."""
        return Places.of(self.process)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the fixed parameters of POST requests go: codes of fields, empty where the form has none of the kind."""

    description: str = ""
    place: str = ""
    phone: str = ""
    name: str = ""
    files: str = ""

    @classmethod
    def of(cls, process: ProcessType) -> Places:
        """The first field of each kind, a required text before an optional one."""
        texts = [code for code, spec in process.fields.items() if spec.kind == "text" and not spec.personal]
        needed = [code for code in texts if process.fields[code].required]
        return cls(
            description=next(iter(needed or texts), ""),
            place=_first(process, lambda spec: spec.kind == "place"),
            phone=_first(process, lambda spec: spec.kind == "phone"),
            name=_first(process, lambda spec: spec.kind == "text" and spec.personal == "name"),
            files=_first(process, lambda spec: spec.kind == "files"),
        )

    @property
    def taken(self) -> frozenset[str]:
        """Fields that a parameter of the book fills, so that they are no attributes."""
        return frozenset(filter(None, (self.description, self.place, self.phone, self.name, self.files)))


def list_services(area: Area) -> list[Service]:
    """The services on offer in a jurisdiction: those open to anyone first, then those that need an account."""
    found: dict[str, Service] = {}
    for code in dict.fromkeys(active.code for active in installed.active_processes()):
        service = _service(code, area)
        if service and service.process.service_code not in found:
            found[service.process.service_code] = service
    return sorted(found.values(), key=lambda one: (not one.process.anonymous, one.process.service_code))


def get_service(service_code: str, area: Area) -> Service:
    """One service by its code; NoSuchServiceError where the jurisdiction has none of it."""
    for service in list_services(area):
        if service.process.service_code == service_code:
            return service
    raise NoSuchServiceError(given=service_code[:60])


def _service(code: str, area: Area) -> Service | None:
    """A process as it is in use here: at or above the area the request lies in the area itself, otherwise below it."""
    active = [one for one in installed.active_processes() if one.code == code and one.process.service_code]
    above = installed.find_active(code, area.path)
    if above is not None:
        return Service(above.process, area.pk) if above.process.service_code else None
    below = [one for one in active if area.pk in one.area_path]
    if not below:
        return None
    # Where only streets have opened it, the smallest guess would be a wrong one: the caller names the street.
    return Service(below[0].process, below[0].area_id if len(below) == 1 else None)


def area_of(service: Service) -> UUID:
    """Where a new request comes to lie; InvalidError when several areas offer the service and none was named."""
    if service.area_id is None:
        raise InvalidError(
            code="which_area",
            zh="这项服务由多个街道分别受理，请在 jurisdiction_id 中填写街道的行政区划代码。",
            en="Several streets offer this service: give the division code of one as jurisdiction_id.",
        )
    return service.area_id


def summary(service: Service, language: str, day: date) -> dict[str, Any]:
    """One entry of the list of services."""
    process = service.process
    titles = [
        item.title.text(language) for spec in process.fields.values() if spec.choices for item in spec.choices.items
    ]
    group = GROUPS[_group(process)]
    return {
        "service_code": process.service_code,
        "service_name": process.title.text(language),
        "description": process.help.text(language) if process.help else process.title.text(language),
        "metadata": bool(_attributes(service, language, day)),
        "type": "realtime",
        "keywords": ", ".join([process.title.text(language), *titles][:20]),
        "group": group[1 if language == "en" else 0],
    }


def _group(process: ProcessType) -> str:
    """What a service is about; one about nobody that asks for a place belongs to public places."""
    at_a_place = process.about == "none" and any(spec.kind == "place" for spec in process.fields.values())
    return "place" if at_a_place else process.about


def definition(service: Service, language: str, day: date) -> dict[str, Any]:
    """What a service asks beyond the parameters that the book fixes."""
    return {"service_code": service.process.service_code, "attributes": _attributes(service, language, day)}


def attribute_specs(service: Service) -> dict[str, FieldSpec]:
    """The fields that are asked as attributes: whatever a caller can answer with a text, a number or a choice."""
    asked = ("text", "choice", "choices", "int", "fen", "date", "bool", "rating", "phone")
    return {
        code: spec
        for code, spec in service.process.fields.items()
        if spec.kind in asked and code not in service.places.taken
    }


def _attributes(service: Service, language: str, day: date) -> list[dict[str, Any]]:
    specs = attribute_specs(service)
    return [_attribute(spec, order, language, day) for order, spec in enumerate(specs.values(), start=1)]


def _attribute(spec: FieldSpec, order: int, language: str, day: date) -> dict[str, Any]:
    found: dict[str, Any] = {
        "variable": True,
        "code": spec.code,
        "datatype": _datatype(spec),
        "required": spec.required,
        "datatype_description": _hint(spec, language),
        "order": order,
        "description": spec.title.text(language),
    }
    values = _values(spec, language, day)
    return found | {"values": [{"key": key, "name": name} for key, name in values]} if values else found


def _datatype(spec: FieldSpec) -> str:
    if spec.kind == "text":
        return "text" if (spec.max or LONG_TEXT + 1) > LONG_TEXT else "string"
    fixed = {"choice": "singlevaluelist", "bool": "singlevaluelist", "rating": "singlevaluelist"}
    return (fixed | {"choices": "multivaluelist", "int": "number", "fen": "number", "date": "datetime"}).get(
        spec.kind, "string"
    )


def _hint(spec: FieldSpec, language: str) -> str:
    if spec.help:
        return spec.help.text(language)
    hints: Mapping[str, tuple[str, str]] = {
        "fen": ("金额，单位元，最多两位小数", "An amount in yuan, at most two decimals"),
        "date": ("日期，例如 2026-09-30", "A date, such as 2026-09-30"),
        "phone": ("电话号码，座机请带区号", "A phone number, landlines with their area code"),
    }
    return hints.get(spec.kind, ("", ""))[1 if language == "en" else 0]


def _values(spec: FieldSpec, language: str, day: date) -> list[tuple[str, str]]:
    fixed = {"bool": YES_NO, "rating": RATINGS}.get(spec.kind)
    if fixed:
        return [(key, en if language == "en" else zh) for key, zh, en in fixed]
    items = spec.choices.items if spec.choices else ()
    return [(item.code, item.title.text(language)) for item in items if not item.until or item.until >= day.isoformat()]


def _first(process: ProcessType, fits: Any) -> str:
    return next((code for code, spec in process.fields.items() if fits(spec)), "")
