"""Where a request comes from, as far as limits on public forms care."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """The network that a request comes from."""
    return network_of(request.META.get("REMOTE_ADDR", ""))


def network_of(text: str) -> str:
    """The client's address; of IPv6 the network of 64 bits, because one house may change within it at will."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
