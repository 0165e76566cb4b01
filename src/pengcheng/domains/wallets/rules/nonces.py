"""Nonces that need no memory until they are used: made by time, lot and the installation's key."""

from __future__ import annotations

import hmac
from hashlib import sha256

LIFE = 300  # seconds
_LOT, _MARK = 16, 16


def made(now: int, lot: bytes, key: bytes) -> bytes:
    body = now.to_bytes(8, "big") + lot
    return body + _mark(body, key)


def why_not(nonce: bytes, now: int, key: bytes) -> str:
    """What is wrong with it, or an empty text."""
    body, mark = nonce[:-_MARK], nonce[-_MARK:]
    if len(body) != 8 + _LOT or not hmac.compare_digest(mark, _mark(body, key)):
        return "the nonce is not one of ours"
    age = now - int.from_bytes(body[:8], "big")
    return "" if 0 <= age <= LIFE else "the nonce is stale"


def _mark(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, body, sha256).digest()[:_MARK]
