"""Where a request comes from, as far as it can be believed."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's address. X-Forwarded-For counts only when our own front (which speaks over a
    Unix socket and so has no address) or a proxy named in the settings hands the request on; it is
    read from the right, where those have written, never from the left, where a caller could."""
    peer = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops and _is_proxy(peer):
        nearest = hops.pop()
        if not is_address(nearest):
            break
        peer = nearest
    return peer if is_address(peer) else ""


def _is_proxy(peer: str) -> bool:
    return not is_address(peer) or peer in getattr(settings, "PENGCHENG_TRUSTED_PROXIES", ())


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def network(address: str) -> str:
    """The address as limits count it: an IPv6 subscriber owns a whole /64."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network(f"{address}/64", strict=False))
