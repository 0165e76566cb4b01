"""Random texts that programs carry, the fingerprints of them that we keep, and our signatures."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.conf import settings

from pengcheng.domains.identity.contracts.oidc import ClientView
from pengcheng.kernel.context import Actor, Context
from pengcheng.kit.credentials import jws
from pengcheng.kit.keys import Key, Ring, ring

# So that a secret which has strayed into a file is found by those who search for such.
PREFIX = {"code": "pcc_", "access": "pca_", "refresh": "pcr_", "client": "pcs_", "invite": "pci_"}


def make(kind: str) -> str:
    """256 random bits."""
    return PREFIX[kind] + secrets.token_urlsafe(32)


def kept(text: str) -> str:
    """What is stored of it. Nobody can guess 256 bits, so that a fast hash does."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def issuer() -> str:
    """The provider's name: the city's public address."""
    return str(settings.PENGCHENG_PUBLIC_URL).rstrip("/")


def keys() -> Ring:
    """The keys that sign ID tokens and logout tokens."""
    return ring("oidc", "ES256")


def sign(payload: dict[str, Any], *, typ: str = "JWT") -> str:
    return jws.sign(payload, keys().signer(), typ=typ)


def read_own(text: str) -> dict[str, Any] | None:
    """What we once signed ourselves, however old it is; None when we did not."""

    def find(header: dict[str, Any], payload: dict[str, Any]) -> Key | None:
        return keys().find(str(header.get("kid", "")))

    try:
        claims = jws.verify(text, find, typ=frozenset({"JWT"})).payload
    except jws.TokenError:
        return None
    return claims if claims.get("iss") == issuer() else None


def acting_for(client: ClientView, account_id: str | None = None) -> Context:
    """The circumstances of what a program asks for, in a person's name or its own."""
    actor = Actor(id=f"client/{client.id}", kind="agent", name=client.name_zh)
    return Context(actor=actor, on_behalf_of=account_id, purpose="identity.application")
