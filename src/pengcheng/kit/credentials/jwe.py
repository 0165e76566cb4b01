"""Compact JWE (RFC 7516) of one kind: ECDH-ES on P-256, AES-GCM. It hides a wallet's answer
from everyone between the wallet and the verifier.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pengcheng.kit.credentials.jws import LONGEST, TokenError
from pengcheng.kit.keys.curves import decoded, encoded, from_jwk, to_jwk

ALGORITHM = "ECDH-ES"
SIZES = {"A128GCM": 128, "A256GCM": 256}


def encrypt(
    data: bytes, to: ec.EllipticCurvePublicKey, *, enc: str = "A128GCM", **header: Any
) -> str:
    """``data`` for whoever has the key."""
    own = ec.generate_private_key(ec.SECP256R1())
    told = {"alg": ALGORITHM, "enc": enc, "epk": to_jwk(own.public_key()), **header}
    head = encoded(msgspec.json.encode(told))
    apu, apv = (decoded(str(header.get(name, ""))) for name in ("apu", "apv"))
    key = _derived(own.exchange(ec.ECDH(), to), enc, apu, apv)
    vector = os.urandom(12)
    sealed = AESGCM(key).encrypt(vector, data, head.encode("ascii"))
    return f"{head}..{encoded(vector)}.{encoded(sealed[:-16])}.{encoded(sealed[-16:])}"


def header_of(text: str) -> dict[str, Any]:
    """What a message says of itself, before it is opened. Raises TokenError."""
    if len(text) > LONGEST or not text.isascii() or text.count(".") != 4:
        raise TokenError("form", "this is no encrypted message")
    try:
        header = msgspec.json.decode(decoded(text.partition(".")[0]))
    except (ValueError, RecursionError) as error:
        raise TokenError("form", "the message cannot be read") from error
    if not isinstance(header, dict):
        raise TokenError("form", "the message has no header")
    return header


def decrypt(text: str, key: ec.EllipticCurvePrivateKey) -> bytes:
    """The content. Raises TokenError."""
    header = header_of(text)
    enc = header.get("enc")
    if header.get("alg") != ALGORITHM or enc not in SIZES:
        raise TokenError("algorithm", "the message is encrypted in a way that is not taken here")
    if "crit" in header or "zip" in header:
        raise TokenError("header", "the message demands extensions that are not known here")
    head, wrapped, *rest = text.split(".")
    try:
        vector, sealed, tag = (decoded(each) for each in rest)
        apu, apv = (decoded(str(header.get(name, ""))) for name in ("apu", "apv"))
        shared = key.exchange(ec.ECDH(), _other(header))
    except (ValueError, TypeError) as error:
        raise TokenError("form", "the message cannot be read") from error
    if wrapped or len(vector) != 12 or len(tag) != 16:
        raise TokenError("form", "the message is not in the right form")
    try:
        opener = AESGCM(_derived(shared, str(enc), apu, apv))
        return opener.decrypt(vector, sealed + tag, head.encode("ascii"))
    except InvalidTag as error:
        raise TokenError("signature", "the message was altered or is for another key") from error


def _other(header: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    jwk = header.get("epk")
    public = from_jwk(jwk) if isinstance(jwk, dict) else None
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("epk is not on P-256")
    return public


def _derived(shared: bytes, enc: str, apu: bytes, apv: bytes) -> bytes:
    """Concat KDF of RFC 7518, 4.6.2; one round of SHA-256 gives enough."""
    bits = SIZES[enc]
    parts = [
        (1).to_bytes(4, "big"), shared, _counted(enc.encode()), _counted(apu), _counted(apv),
        bits.to_bytes(4, "big"),
    ]  # fmt: skip
    return hashlib.sha256(b"".join(parts)).digest()[: bits // 8]


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data
