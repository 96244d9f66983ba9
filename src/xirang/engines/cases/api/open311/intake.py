"""Takes a report in: the parameters of the book become the answers of the form, and a repeated call one case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import QueryDict

from xirang.engines.cases import commands
from xirang.engines.cases.api.open311.asking import BadParameterError
from xirang.engines.cases.api.open311.services import Places, Service, area_of, attribute_specs
from xirang.engines.cases.commands import Opening, PlaceGiven
from xirang.engines.cases.limits import repeat_key
from xirang.engines.cases.logic.fields import FieldSpec
from xirang.foundation import files
from xirang.foundation.actor import Actor
from xirang.foundation.errors import InvalidError
from xirang.foundation.models import IdempotencyKey

REPEAT_WITHIN = timedelta(minutes=10)
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,80})\](?:\[\])?")
_HAN = re.compile("[\u3400-\u9fff]")
_URL = re.compile(r"https?://[^\s<>\"']{1,500}")


def receive(
    *,
    actor: Actor,
    service: Service,
    form: QueryDict,
    media: Sequence[UploadedFile[Any]],
    header_key: str,
    now: datetime,
) -> UUID:
    """Open a case from a POST of requests and return its id.

    The same header `Idempotency-Key` with the same content gives the same case for ever, the same device with the same
    content for ten minutes. InvalidError names the parameter that is wrong.
    """
    opening = opening_of(service, form, media)
    key = _repeat_key(form, media, header_key)
    try:
        if not key or header_key:
            return commands.open_case.once(key or None, actor=actor, opening=opening, now=now)
        return _once_within(key, actor=actor, opening=opening, now=now)
    except InvalidError as error:
        raise _renamed(error, service) from error


def _once_within(key: str, *, actor: Actor, opening: Opening, now: datetime) -> UUID:
    """Open the case unless the same content came within ten minutes; two at once wait for each other."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        # Carried by idempotency_age: the last ten minutes are few rows, whatever the collation makes of a prefix.
        last = (
            IdempotencyKey.objects.filter(claimed_at__gt=now - REPEAT_WITHIN, key__startswith=f"{key}@")
            .order_by("-claimed_at")
            .values_list("key", flat=True)
            .first()
        )
        again = last or f"{key}@{now.isoformat()}"
        return commands.open_case.once(again, actor=actor, opening=opening, now=now)


def opening_of(service: Service, form: QueryDict, media: Sequence[UploadedFile[Any]] = ()) -> Opening:
    """The form's answers, its place, its files and how to reach the requester, from the parameters of the book."""
    places, specs = service.places, attribute_specs(service)
    answers = _attributes(form, specs, places, service.process.fields)
    contact = _contact(form, places, answers)
    _describe(form, places, answers)
    given = _place(form)
    if places.place and given is None:
        raise BadParameterError(
            "address_string", "请提供 lat 和 long，或 address_string。", "give lat and long, or an address."
        )
    return Opening(
        process=service.process.code,
        area_id=area_of(service),
        answers=answers,
        places={places.place: given} if places.place and given else {},
        files=_stored(media, service.process.fields.get(places.files)),
        contact=contact,
        channel="open311",
    )


def _attributes(
    form: QueryDict, specs: Mapping[str, FieldSpec], places: Places, fields: Mapping[str, FieldSpec]
) -> dict[str, Any]:
    """attribute[code]=value; a code that the service does not ask is refused, it would be lost silently."""
    texts = {code for code in (places.description, places.phone, places.name) if code}
    found: dict[str, list[str]] = {}
    for name in form:
        matched = _ATTRIBUTE.fullmatch(name)
        if matched:
            code = matched[1]
            if code not in specs and code not in texts:
                raise BadParameterError(name, "本服务没有这一项。", "this service has no such attribute.")
            found.setdefault(code, []).extend(value for value in form.getlist(name) if value.strip())
    return {code: _answer(fields[code], values) for code, values in found.items() if values}


def _answer(spec: FieldSpec, values: list[str]) -> Any:
    if spec.kind == "choices":
        return [part for value in values for part in value.split(",") if part]
    if len(values) > 1:
        raise BadParameterError(f"attribute[{spec.code}]", "只能填一个值。", "takes one value.")
    # Clients send whole moments for the book's datetime; the form asks for the day.
    return values[0][:10] if spec.kind == "date" and re.match(r"\d{4}-\d\d-\d\dT", values[0]) else values[0]


def _describe(form: QueryDict, places: Places, answers: dict[str, Any]) -> None:
    text, media_url = form.get("description", "").strip(), form.get("media_url", "").strip()
    if not places.description:
        if text:
            raise BadParameterError("description", "本服务没有文字说明一栏。", "this service takes no description.")
        return
    text = answers.get(places.description) or text
    if media_url:
        if not _URL.fullmatch(media_url):
            raise BadParameterError("media_url", "应为 http 或 https 地址。", "must be an http or https address.")
        # The picture itself is not fetched: an address given by a stranger may lead into our own network.
        text = f"{text}\n（附图地址：{media_url}）" if text else ""
    if text:
        answers[places.description] = text


def _contact(form: QueryDict, places: Places, answers: dict[str, Any]) -> dict[str, str]:
    """Phone and name answer the form where it asks for them; what it does not ask goes straight to the vault."""
    given = {"phone": form.get("phone", "").strip(), "name": full_name_of(form), "email": form.get("email", "").strip()}
    for drawer, code in (("phone", places.phone), ("name", places.name)):
        if code and given[drawer]:
            answers.setdefault(code, given.pop(drawer))
    return {drawer: value for drawer, value in given.items() if value}


def full_name_of(form: Mapping[str, Any]) -> str:
    """Family name first and without a blank in Chinese, given name first otherwise."""
    first, last = str(form.get("first_name") or "").strip(), str(form.get("last_name") or "").strip()
    return f"{last}{first}" if _HAN.search(first + last) else f"{first} {last}".strip()


def _place(form: QueryDict) -> PlaceGiven | None:
    latitude, longitude = _degrees(form, "lat", 90), _degrees(form, "long", 180)
    if (latitude is None) != (longitude is None):
        missing = "lat" if latitude is None else "long"
        raise BadParameterError(missing, "lat 和 long 要一起提供。", "lat and long go together.")
    address = form.get("address_string", "").strip()
    if len(address) > 300:
        raise BadParameterError("address_string", "最多 300 字。", "at most 300 characters.")
    if latitude is None and not address:
        if form.get("address_id", "").strip():
            raise BadParameterError(
                "address_id", "本区没有地址编码，请改填 address_string。", "give address_string instead."
            )
        return None
    return PlaceGiven(address=address, latitude=latitude, longitude=longitude, system="wgs84")


def _degrees(form: QueryDict, name: str, most: int) -> float | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[-+]?[0-9]{1,3}(\.[0-9]{1,20})?", text) or abs(float(text)) > most:
        raise BadParameterError(
            name, f"应为 WGS-84 的度数，在 ±{most} 之间。", f"must be WGS-84 degrees within ±{most}."
        )
    return float(text)


def _stored(media: Sequence[UploadedFile[Any]], spec: FieldSpec | None) -> dict[str, list[files.StoredFile]]:
    if not media:
        return {}
    if spec is None:
        raise BadParameterError("media", "本服务不收附件。", "this service takes no files.")
    if spec.max and len(media) > spec.max:
        raise BadParameterError("media", f"最多 {spec.max} 个附件。", f"at most {spec.max} files.")
    try:
        return {
            spec.code: [
                files.store(
                    item,
                    root=settings.FILES_ROOT,
                    name=item.name or "",
                    accept=spec.accept or ("image",),
                    max_bytes=settings.FILE_SIZE_LIMIT,
                    scanner=files.scanner_from(settings.CLAMD_SOCKET),
                )
                for item in media
            ]
        }
    except files.FileError as error:
        raise BadParameterError("media", error.zh, error.en) from error


def _repeat_key(form: QueryDict, media: Iterable[UploadedFile[Any]], header_key: str) -> str:
    """Who sends what, as a digest; empty where neither a device nor a key in the header would tell calls apart."""
    if not header_key and not form.get("device_id", "").strip():
        return ""
    content = sorted((name, values) for name, values in form.lists() if name != "api_key")
    return repeat_key("open311", header_key, content, pieces=_pieces(media))


def _pieces(media: Iterable[UploadedFile[Any]]) -> Iterator[bytes]:
    for item in media:
        item.seek(0)
        yield from item.chunks()
        item.seek(0)


def _renamed(error: InvalidError, service: Service) -> InvalidError:
    """Say the parameter's name of the book instead of the code of the form's field."""
    places = service.places
    names = {
        places.description: "description",
        places.place: "address_string",
        places.phone: "phone",
        places.name: "name",
    }
    fields = {
        names.get(code) or (f"attribute[{code}]" if code in service.process.fields else code): sentence
        for code, sentence in error.fields.items()
    }
    return InvalidError(code=error.code, fields=fields, zh=error.zh, en=error.en)
