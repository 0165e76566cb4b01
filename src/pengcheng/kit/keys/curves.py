"""The two kinds of keys we sign with, in the forms that JOSE and signed notes want."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    encode_dss_signature,
)

Algorithm = Literal["ES256", "Ed25519"]
Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
_ES256 = ec.ECDSA(hashes.SHA256())
_HASHED = ec.ECDSA(Prehashed(hashes.SHA256()))
_SIZE = 32


def make(algorithm: Algorithm) -> Private:
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def to_pem(key: Private) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def from_pem(pem: bytes) -> Private:
    return cast(Private, serialization.load_pem_private_key(pem, password=None))


def sign(key: Private, data: bytes) -> bytes:
    """64 bytes: r and s of ECDSA, or the Ed25519 signature."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    return _halves(key.sign(hashlib.sha256(data).digest(), _HASHED))


def signing(key: Private) -> Callable[[bytes], bytes]:
    """The same for very many messages: which kind of key it is, is asked once."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    sign, sha256 = key.sign, hashlib.sha256
    return lambda data: _halves(sign(sha256(data).digest(), _HASHED))


def _halves(der: bytes) -> bytes:
    """r and s out of DER that OpenSSL wrote: two short integers, each behind two bytes."""
    middle = 4 + der[3]
    r, s = der[4:middle], der[middle + 2 :]
    return r[-_SIZE:].rjust(_SIZE, b"\0") + s[-_SIZE:].rjust(_SIZE, b"\0")


def verify(key: Public, signature: bytes, data: bytes) -> bool:
    if len(signature) != 2 * _SIZE:
        return False
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
            key.verify(encode_dss_signature(r, s), data, _ES256)
    except InvalidSignature:
        return False
    return True


def to_jwk(key: Public) -> dict[str, str]:
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": encoded(raw)}
    numbers = key.public_numbers()
    x, y = (encoded(part.to_bytes(_SIZE, "big")) for part in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def from_jwk(jwk: Mapping[str, Any]) -> Public:
    """The key of a JWK. Raises ValueError for every other kind, shape or point."""
    kind = (jwk.get("kty"), jwk.get("crv"))
    if kind == ("OKP", "Ed25519"):
        return ed25519.Ed25519PublicKey.from_public_bytes(_part(jwk, "x"))
    if kind != ("EC", "P-256"):
        raise ValueError("only P-256 and Ed25519 keys are taken")
    x, y = (int.from_bytes(_part(jwk, name), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638: the key's own name, the same wherever it turns up."""
    needed = {name: jwk[name] for name in ("crv", "kty", "x", "y") if name in jwk}
    text = json.dumps(needed, sort_keys=True, separators=(",", ":"))
    return encoded(hashlib.sha256(text.encode("ascii")).digest())


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """Strict base64url without padding. Raises ValueError."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, TypeError) as error:
        raise ValueError("not base64url") from error
    if encoded(data) != text:
        raise ValueError("not base64url")
    return data


def _part(jwk: Mapping[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    raw = decoded(value) if isinstance(value, str) else b""
    if len(raw) != _SIZE:
        raise ValueError(f"{name} is not {_SIZE} bytes")
    return raw
