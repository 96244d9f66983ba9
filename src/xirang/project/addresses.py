"""Every address of the site with the policy that guards it, read from the resolver itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from xirang.foundation.addresses import Api
from xirang.foundation.engines import every
from xirang.foundation.pages import Who


def without_policy() -> dict[str, str]:
    """Addresses whose view cannot carry a policy of ours, by name, each with the reason why that is right."""
    reasons = {f"api:{name}": reason for api in every(Api) for name, reason in api.reasons.items()}
    return {"api:api-root": "只用于推算接口的根路径，一律回答“没有找到”。"} | reasons


@dataclass(frozen=True, slots=True)
class Address:
    """One address: its route as declared, its full name, the view and the converters of its parameters."""

    route: str
    name: str
    view: Callable[..., Any]
    converters: dict[str, Any]

    @property
    def policy(self) -> Who | None:
        """Who may open it, as stated by `foundation.pages.page`."""
        return getattr(self.view, "policy", None)


def list_addresses() -> list[Address]:
    """All addresses in the order of the resolver."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            deeper = ":".join(filter(None, [namespace, entry.namespace]))
            yield from _walk(entry, here, deeper)
        elif isinstance(entry, URLPattern):
            name = ":".join(filter(None, [namespace, entry.name]))
            yield Address(here, name, entry.callback, dict(entry.pattern.converters))
