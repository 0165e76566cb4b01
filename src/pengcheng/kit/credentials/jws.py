"""Compact JWS (RFC 7515). The key says which algorithm it is for; what a token claims is checked
against it, so that no token chooses how it is verified.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pengcheng.kit.keys import Key, Signer
from pengcheng.kit.keys.curves import decoded, encoded, from_jwk, thumbprint

LONGEST = 200_000
NAMES = {"ES256": frozenset({"ES256"}), "Ed25519": frozenset({"Ed25519", "EdDSA"})}


class TokenError(ValueError):
    """A token that is not believed; ``code`` says why in a word."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(told)
        self.code = code


class Token(msgspec.Struct, frozen=True):
    """A token whose signature holds."""

    header: dict[str, Any]
    payload: dict[str, Any]
    key: Key


Find = Callable[[dict[str, Any], dict[str, Any]], Key | None]


def sign(payload: dict[str, Any], signer: Signer, *, typ: str, **header: Any) -> str:
    told = {"alg": signer.key.algorithm, "typ": typ, "kid": signer.key.kid, **header}
    head, body = (encoded(msgspec.json.encode(part)) for part in (told, payload))
    data = f"{head}.{body}"
    return f"{data}.{encoded(signer.sign(data.encode('ascii')))}"


def unchecked(text: str) -> dict[str, Any]:
    """What a token says, before anything of it is believed. Raises TokenError."""
    return _parts(text)[1]


def verify(text: str, find: Find, *, typ: frozenset[str | None]) -> Token:
    """The token, its signature checked with the key that ``find`` gives. Raises TokenError."""
    header, payload, signature = _parts(text)
    kind, algorithm = header.get("typ"), header.get("alg")
    if not isinstance(kind, str | None) or kind not in typ:
        raise TokenError("type", "the token is of another kind")
    if "crit" in header or "b64" in header:
        raise TokenError("header", "the token demands extensions that are not known here")
    key = find(header, payload)
    if key is None:
        raise TokenError("issuer", "nobody here vouches for the token's key")
    if not isinstance(algorithm, str) or algorithm not in NAMES[key.algorithm]:
        raise TokenError("algorithm", "the token names another algorithm than its key's")
    if not key.verifies(signature, text.rpartition(".")[0].encode("ascii")):
        raise TokenError("signature", "the signature does not hold")
    return Token(header, payload, key)


def own_key(header: dict[str, Any], payload: dict[str, Any]) -> Key:
    """The key that a token brings along: it proves possession, and nothing about whose it is."""
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or "d" in jwk or {"kid", "x5c"} & header.keys():
        raise TokenError("key", "the token names its key by jwk alone")
    try:
        public = from_jwk(jwk)
    except (ValueError, TypeError) as error:
        raise TokenError("key", "the token's key cannot be read") from error
    return Key(thumbprint(jwk), "Ed25519" if jwk["kty"] == "OKP" else "ES256", public)


def _parts(text: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    pieces = text.split(".")
    if len(pieces) != 3 or len(text) > LONGEST or not text.isascii():
        raise TokenError("form", "this is no signed token")
    try:
        header, payload = (msgspec.json.decode(decoded(piece)) for piece in pieces[:2])
        signature = decoded(pieces[2])
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise TokenError("form", "the token cannot be read") from error
    if not (isinstance(header, dict) and isinstance(payload, dict)):
        raise TokenError("form", "the token holds no object")
    return header, payload, signature
