"""The addresses that engines bring: pages, other doors, and operations of the open interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from xirang.foundation.errors import XirangError


@dataclass(frozen=True, slots=True)
class Urls:
    """A module with `urlpatterns` that an engine wants served, below `prefix` where it names one (`open311/`)."""

    module: str
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What an engine adds to the open interface below /api/.

    `router` holds its operations. They are no pages and state no policy; `reasons` says of each, by its name, why and
    what guards it instead. `describe` gives paths and schemas (OpenAPI) of doors that the interface does not serve
    itself, such as Open311.
    """

    router: Any = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    describe: Callable[[], Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class ErrorForm:
    """How errors read at a door with a form of its own: below `prefix` (`/open311/`), `write(path, error)` answers."""

    prefix: str
    write: Callable[[str, XirangError], HttpResponse]
