"""DPoP (RFC 9449): a token that is good only together with its owner's key."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from pengcheng.kit.credentials import jws
from pengcheng.kit.credentials.jws import TokenError
from pengcheng.kit.keys.curves import encoded

LONGEST = 300  # seconds that a proof is fresh
EARLY = 30
TYPE = frozenset({"dpop+jwt"})


class Proof(msgspec.Struct, frozen=True):
    """A proof that holds: the key's thumbprint, and the id that may come once."""

    jkt: str
    jti: str
    iat: int


def verify(text: str, *, method: str, url: str, now: int, token: str = "") -> Proof:
    """The proof of one request. Raises TokenError."""
    told = jws.verify(text, jws.own_key, typ=TYPE)
    payload = told.payload
    if payload.get("htm") != method or _plain(payload.get("htu")) != _plain(url):
        raise TokenError("request", "the proof is for another request")
    at, jti = payload.get("iat"), payload.get("jti")
    if type(at) is not int or not now - LONGEST <= at <= now + EARLY:
        raise TokenError("stale", "the proof is not fresh")
    if not isinstance(jti, str) or not 0 < len(jti) <= 200:
        raise TokenError("form", "the proof has no jti")
    if token and payload.get("ath") != encoded(hashlib.sha256(token.encode()).digest()):
        raise TokenError("request", "the proof is for another token")
    return Proof(told.key.kid, jti, at)


def _plain(url: Any) -> str:
    """Without query and fragment, as RFC 9449, 4.3 compares."""
    if not isinstance(url, str):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, "", ""))
