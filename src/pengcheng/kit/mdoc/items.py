"""The few CBOR shapes that mobile documents are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ed25519

from pengcheng.kit.cose import byte_string
from pengcheng.kit.keys import Key, curves

EMBEDDED, MOMENT, DAY = 24, 0, 1004
ALG, CHAIN = 1, 33
NAMES = {"ES256": frozenset({-7, -9}), "Ed25519": frozenset({-8, -19})}
LARGEST = 100_000


def embedded(data: bytes) -> bytes:
    """CBOR within CBOR: `#6.24(bstr)`, the very bytes that are hashed or signed."""
    return b"\xd8\x18" + byte_string(data)


def moment(at: datetime) -> cbor2.CBORTag:
    """tdate: a moment to the second."""
    return cbor2.CBORTag(MOMENT, at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def day(at: date) -> cbor2.CBORTag:
    """full-date (RFC 8943)."""
    return cbor2.CBORTag(DAY, at.isoformat())


def covered(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052, 4.4, without outer data."""
    return b"\x84\x6aSignature1" + byte_string(protected) + b"\x40" + byte_string(payload)


def cose_key(public: curves.Public) -> dict[int, Any]:
    """The public key as a COSE_Key."""
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {1: 1, -1: 6, -2: public.public_bytes_raw()}
    point = public.public_numbers()
    return {1: 2, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}


def from_cose_key(told: Any) -> Key:
    """The key. Raises ValueError for every other kind, shape or point."""
    if not isinstance(told, dict) or not isinstance(told.get(-2), bytes):
        raise ValueError("no COSE_Key")
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": curves.encoded(told[-2])}
    if (told.get(1), told.get(-1)) == (2, 1) and isinstance(told.get(-3), bytes):
        jwk |= {"kty": "EC", "crv": "P-256", "y": curves.encoded(told[-3])}
    elif (told.get(1), told.get(-1)) != (1, 6):
        raise ValueError("only P-256 and Ed25519 keys are taken")
    algorithm: curves.Algorithm = "ES256" if jwk["kty"] == "EC" else "Ed25519"
    return Key(curves.thumbprint(jwk), algorithm, curves.from_jwk(jwk))
