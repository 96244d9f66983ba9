"""Every address of the site with the policy that guards it, read from the resolver itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from xirang.foundation.pages import Who

# Addresses whose view cannot carry a policy of ours, each with the reason why that is right.
WITHOUT_POLICY = {
    "api:api-root": "只用于推算接口的根路径，一律回答“没有找到”。",
    "api:list_services": "公开接口，不看 Cookie，以公众身份读取。",
    "api:get_service": "公开接口，不看 Cookie，以公众身份读取。",
    "api:open_request": "公开接口，以公众身份提交，按来源限速；流程不对公众开放的由命令拒绝。",
    "api:get_request": "凭编号和查询码，以求助人身份读取，按来源和编号限速。",
    "api:act_on_request": "凭编号和查询码，以求助人身份办理，由流程决定能办什么，按来源和编号限速。",
    "api:note_request": "凭编号和查询码，以求助人身份补充，按来源和编号限速。",
}


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
