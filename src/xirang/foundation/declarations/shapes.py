"""From frozen dataclasses to JSON Schema and from checked data back to dataclasses: one definition for both."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

from xirang.foundation.declarations.document import pointer

CODE = r"^[a-z][a-z0-9_]{0,39}$"


def part(
    zh: str,
    en: str,
    *,
    name: str | None = None,
    schema: Mapping[str, Any] | None = None,
    one_or_many: bool = False,
    given: bool = False,
    **options: Any,
) -> Any:
    """A dataclass field that is also a line of a declaration, described in Chinese and English.

    `name` is the key in the file where it differs, `schema` adds JSON Schema keywords, `one_or_many` lets a tuple be
    written as a bare value, `given` marks what the reader supplies itself (a mapping's key, a position).
    """
    metadata = {
        "zh": zh,
        "en": en,
        "name": name,
        "schema": dict(schema or {}),
        "one_or_many": one_or_many,
        "given": given,
    }
    return dataclasses.field(metadata=metadata, **options)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _lines(cls: type) -> list[tuple[dataclasses.Field[Any], str, Any]]:
    """The described fields of a declaration: field, key in the file, type."""
    hints = _hints(cls)
    return [
        (line, line.metadata.get("name") or line.name, hints[line.name])
        for line in dataclasses.fields(cls)
        if "zh" in line.metadata and not line.metadata["given"]
    ]


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (typing.Union, types.UnionType):
        kept = [inner for inner in get_args(hint) if inner is not type(None)]
        return kept[0] if len(kept) == 1 else hint
    return hint


def schema_of(cls: type, *, title: str, identifier: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a declaration, with every nested dataclass under `$defs`."""
    definitions: dict[str, Any] = {}
    root = _object_schema(cls, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "title": title,
        **root,
        "$defs": definitions,
    }


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hint = _without_none(hint)
    origin = get_origin(hint)
    if hint is str:
        return {"type": "string"}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return {"type": "integer"}
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin is tuple:
        return {"type": "array", "items": _schema(get_args(hint)[0], definitions)}
    if origin is not None and issubclass(origin, Mapping):
        below = _schema(get_args(hint)[1], definitions)
        return {"type": "object", "propertyNames": {"pattern": CODE}, "additionalProperties": below}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}
            definitions[hint.__name__] = getattr(hint, "SCHEMA", None) or _object_schema(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return {}


def _object_schema(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for line, key, hint in _lines(cls):
        below = {**_schema(hint, definitions), **line.metadata["schema"]}
        if line.metadata["one_or_many"]:
            # A bare value obeys the same pattern as the items of the list it stands for.
            below["type"] = ["array", "string"]
            below |= {word: value for word, value in below["items"].items() if word == "pattern"}
        zh, en = line.metadata["zh"], line.metadata["en"]
        properties[key] = {**below, "description": f"{zh} / {en}", "x-zh": zh, "x-en": en}
        if line.default is dataclasses.MISSING and line.default_factory is dataclasses.MISSING:
            required.append(key)
    found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": required} if required else {})


def build(hint: Any, data: Any, path: str = "", **given: Any) -> Any:
    """A declaration from data that has passed its schema; `given` fills the fields marked as such.

    Nested dataclasses that carry `code` or `path` as given fields get their mapping key and their JSON pointer.
    """
    hint = _without_none(hint)
    origin = get_origin(hint)
    if origin is tuple:
        items = data if isinstance(data, list) else [data]
        return tuple(build(get_args(hint)[0], item, path + pointer(place)) for place, item in enumerate(items))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        inner = get_args(hint)[1]
        return {key: build(inner, value, path + pointer(key), code=key) for key, value in data.items()}
    if not dataclasses.is_dataclass(hint):
        return data
    if hasattr(hint, "from_data"):
        return hint.from_data(data)
    return _build_object(hint, data, path, given)


def _build_object(cls: Any, data: Mapping[str, Any], path: str, given: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for line, key, hint in _lines(cls):
        if key in data and data[key] is not None:
            values[line.name] = build(hint, data[key], path + pointer(key))
    names = {line.name for line in dataclasses.fields(cls)}
    for name, value in {"path": path, **given}.items():
        if name in names:
            values[name] = value
    return cls(**values)
