"""The addresses that engines bring: pages, other doors, and operations of the open interface; and how to name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLResolver, get_resolver, get_script_prefix, get_urlconf, reverse

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


NOBODY = UUID(int=0)


def address_of(name: str) -> str:
    """The address of a page that is the same for everybody, such as `cases:work`; found once, as every page asks."""
    return _address(get_resolver(get_urlconf()), get_script_prefix(), name)


def address_with(name: str) -> Callable[[str], str]:
    """What makes the address of a page about one thing, such as `cases:case`, of that thing's id as text."""
    return _pattern(get_resolver(get_urlconf()), get_script_prefix(), name)


# Addresses taken from another list of them (tests, a prefix of the server) are kept apart: both name the key.
@lru_cache(maxsize=512)
def _address(_among: URLResolver, _prefix: str, name: str) -> str:
    return reverse(name)


@lru_cache(maxsize=64)
def _pattern(_among: URLResolver, _prefix: str, name: str) -> Callable[[str], str]:
    before, _id, after = reverse(name, args=[NOBODY]).partition(str(NOBODY))
    return lambda key: f"{before}{key}{after}"
