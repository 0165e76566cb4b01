"""COSE_Sign1 with ES256 or Ed25519: the protected header names algorithm and key, nothing else.

The algorithm that counts is the key's own. What a message claims must say the same, so that nobody
can choose a weaker one for us.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import cbor2
import msgspec

from pengcheng.kit.keys import Key, Signer, curves

ALGORITHMS = {"ES256": -7, "Ed25519": -19}
SIGN1 = 18
LARGEST = 2000
ALG, KID = 1, 4
_CURVES = {"P-256": 1, "Ed25519": 6}


class Malformed(ValueError):
    """Not a message of ours in form."""


class Signed(msgspec.Struct, frozen=True):
    """A message that was read but not yet believed."""

    algorithm: int
    kid: bytes
    claims: dict[Any, Any]
    signature: bytes
    covered: bytes

    def holds(self, key: Key) -> bool:
        """Whether this key signed it, with the algorithm that is the key's."""
        return ALGORITHMS[key.algorithm] == self.algorithm and key.verifies(
            self.signature, self.covered
        )


def kid_of(kid: str) -> bytes:
    """The key's name in eight bytes: a code has little room."""
    return hashlib.sha256(kid.encode("ascii")).digest()[:8]


def sealed(signer: Signer, claims: dict[Any, Any]) -> bytes:
    """The claims as a signed message, tagged as COSE_Sign1."""
    return sealed_many(signer, [cbor2.dumps(claims)])[0]


def sealed_many(signer: Signer, payloads: Iterable[bytes]) -> list[bytes]:
    """Each of these claims, in CBOR, as a message: what all have in common is written once."""
    header = byte_string(_protected(signer.key))
    # The outer array by hand: its four parts are known, and this is done very often.
    outer, covered = b"\xd2\x84" + header + b"\xa0", _covering(header)
    sign, made = curves.signing(signer.private), []
    for payload in map(byte_string, payloads):
        made.append(outer + payload + b"\x58\x40" + sign(covered + payload))
    return made


_headers: dict[str, bytes] = {}


def _protected(key: Key) -> bytes:
    found = _headers.get(key.kid)
    if found is None:
        header = {ALG: ALGORITHMS[key.algorithm], KID: kid_of(key.kid)}
        found = _headers[key.kid] = cbor2.dumps(header)
    return found


def _covered(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052, 4.4, without outer data."""
    return _covering(byte_string(protected)) + byte_string(payload)


def _covering(header: bytes) -> bytes:
    return b"\x84\x6aSignature1" + header + b"\x40"


def byte_string(data: bytes) -> bytes:
    """A CBOR byte string."""
    size = len(data)
    if size < 24:
        return bytes((0x40 | size,)) + data
    if size < 256:
        return bytes((0x58, size)) + data
    if size < 65536:
        return b"\x59" + size.to_bytes(2, "big") + data
    return b"\x5a" + size.to_bytes(4, "big") + data


def read(data: bytes) -> Signed:
    """Take a message apart. Raises Malformed, whatever is wrong with it."""
    if not 0 < len(data) <= LARGEST:
        raise Malformed("empty or too large")
    message = _decoded(data)
    if isinstance(message, cbor2.CBORTag) and message.tag == SIGN1:
        message = message.value
    if not isinstance(message, (list, tuple)) or len(message) != 4:
        raise Malformed("not four parts")
    protected, unprotected, payload, signature = message
    parts = (protected, payload, signature)
    if not all(isinstance(part, bytes) for part in parts) or unprotected:
        raise Malformed("not the parts of a COSE_Sign1")
    header, claims = _decoded(protected), _decoded(payload)
    if not isinstance(header, dict) or set(header) != {ALG, KID} or not isinstance(claims, dict):
        raise Malformed("not the header of ours")
    if type(header[ALG]) is not int or not isinstance(header[KID], bytes):
        raise Malformed("algorithm or key are not named as such")
    return Signed(header[ALG], header[KID], claims, signature, _covered(protected, payload))


def _decoded(data: bytes) -> Any:
    """One CBOR item and nothing after it."""
    try:
        item = cbor2.loads(data)
        whole = cbor2.dumps(item) == data  # one way to write a thing: ours
    except Exception as error:
        raise Malformed("not CBOR") from error
    if not whole:
        raise Malformed("not CBOR as we write it")
    return item


def keyset(keys: Iterable[Key]) -> bytes:
    """Public keys as a COSE_KeySet (RFC 9052, 7)."""
    return cbor2.dumps([_cose_key(key) for key in keys])


def _cose_key(key: Key) -> dict[int, Any]:
    jwk = curves.to_jwk(key.public)
    told: dict[int, Any] = {
        1: 2 if jwk["kty"] == "EC" else 1,
        2: kid_of(key.kid),
        3: ALGORITHMS[key.algorithm],
        -1: _CURVES[jwk["crv"]],
        -2: curves.decoded(jwk["x"]),
    }
    if "y" in jwk:
        told[-3] = curves.decoded(jwk["y"])
    return told
