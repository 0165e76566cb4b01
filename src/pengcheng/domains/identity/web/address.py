"""Where a request comes from, as far as it can be believed, and under which name we are asked."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from pengcheng.domains.identity.contracts.credentials import Party


def client_address(request: HttpRequest) -> str:
    """The caller's address. X-Forwarded-For counts only when our own front (which speaks over a
    Unix socket and so has no address) or a proxy named in the settings hands the request on; it is
    read from the right, where those have written, never from the left, where a caller could."""
    peer = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops and _is_proxy(peer):
        nearest = hops.pop()
        if not _is_address(nearest):
            break
        peer = nearest
    return peer if _is_address(peer) else ""


def coarse(address: str) -> str:
    """The network an address belongs to: enough to know a place again, too little to find it."""
    if not _is_address(address):
        return ""
    size = 24 if ipaddress.ip_address(address).version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))


def _is_proxy(peer: str) -> bool:
    return not _is_address(peer) or peer in getattr(settings, "PENGCHENG_TRUSTED_PROXIES", ())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def party(request: HttpRequest) -> Party:
    """This site as the browser knows it. Only hosts of the settings get here (ALLOWED_HOSTS)."""
    host = request.get_host()
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return Party(rp_id=name, origin=f"{request.scheme}://{host}")


def passkeys_possible(request: HttpRequest) -> bool:
    """Whether a browser makes passkeys here: they belong to names, never to numbers."""
    return not _is_address(party(request).rp_id.strip("[]"))
