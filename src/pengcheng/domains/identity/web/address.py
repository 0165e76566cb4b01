"""Where a request comes from, as far as it can be believed, and under which name we are asked."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from pengcheng.domains.identity.contracts.credentials import Party
from pengcheng.kernel.address import client_address, is_address

__all__ = ["client_address", "coarse", "party", "passkeys_possible"]


def coarse(address: str) -> str:
    """The network an address belongs to: enough to know a place again, too little to find it."""
    if not is_address(address):
        return ""
    size = 24 if ipaddress.ip_address(address).version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))


def party(request: HttpRequest) -> Party:
    """This site as the browser knows it. Only hosts of the settings get here (ALLOWED_HOSTS)."""
    host = request.get_host()
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return Party(rp_id=name, origin=f"{request.scheme}://{host}")


def passkeys_possible(request: HttpRequest) -> bool:
    """Whether a browser makes passkeys here: they belong to names, never to numbers."""
    return not is_address(party(request).rp_id.strip("[]"))
