"""Whose word about a request's origin counts: only that of a proxy named by XIRANG_PROXIES (loopback by default)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping

from xirang.foundation.terminal import StartupError
from xirang.project.running.asgi_to_wsgi import Scope

DEFAULT = "127.0.0.0/8,::1/128"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def trusted_networks(env: Mapping[str, str] = os.environ) -> list[Network]:
    """The proxies' networks; raises StartupError where XIRANG_PROXIES is not a list of addresses or networks."""
    text = env.get("XIRANG_PROXIES", DEFAULT)
    try:
        return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise StartupError(
            f"XIRANG_PROXIES 应为逗号分隔的地址或网段，现在是“{text}”。",
            f"XIRANG_PROXIES must be addresses or networks with commas between them, not “{text}”.",
        ) from error


def settle_origin(scope: Scope, trusted: list[Network]) -> Scope:
    """The scope with the real client and without forwarding headers that anybody could have written.

    From a trusted peer the client is the last address of X-Forwarded-For that is not itself trusted.
    """
    peer = (scope.get("client") or ("", 0))[0]
    if _is_trusted(peer, trusted):
        told = ",".join(value.decode("latin1") for name, value in scope["headers"] if name == b"x-forwarded-for")
        addresses = [part.strip() for part in told.split(",") if _parse(part.strip())]
        client = next((address for address in reversed(addresses) if not _is_trusted(address, trusted)), None)
        return {**scope, "client": (client or (addresses or [peer])[0], 0)}
    honest = [pair for pair in scope["headers"] if not pair[0].startswith(b"x-forwarded-") and pair[0] != b"forwarded"]
    return {**scope, "headers": honest}


def _is_trusted(address: str, trusted: list[Network]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in trusted)


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
