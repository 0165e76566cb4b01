"""Private payloads: everybody sees a commitment, only chosen readers the words (HPKE, RFC 9180).

The payload is encrypted once with a key of its own; that key is sealed for each reader. The
commitment is a salted hash, so that nobody can try likely payloads against it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
INFO = b"pengcheng ledger private payload v1"
SALT, LARGEST, MOST = 32, 1_000_000, 50


class SealError(ValueError):
    """An envelope that cannot be opened, or does not hold what was committed to."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What may lie about openly."""

    commitment: str
    nonce: str
    sealed: str
    keys: dict[str, str]  # reader: the payload's key, sealed for them


def commitment(payload: bytes, salt: bytes) -> str:
    return hashlib.sha256(salt + payload).hexdigest()


def seal(payload: bytes, readers: Mapping[str, bytes]) -> Envelope:
    """For readers by name, with their public keys (32 bytes). Raises SealError."""
    if not readers or len(readers) > MOST or len(payload) > LARGEST:
        raise SealError("one to fifty readers, at most a megabyte")
    salt, key, nonce = os.urandom(SALT), AESGCM.generate_key(256), os.urandom(12)
    told = commitment(payload, salt)
    sealed = AESGCM(key).encrypt(nonce, salt + payload, told.encode())
    keys = {}
    for name, raw in readers.items():
        try:
            public = X25519PublicKey.from_public_bytes(raw)
        except ValueError as error:
            raise SealError(f"the key of {name} is not 32 bytes") from error
        keys[name] = _told(SUITE.encrypt(key, public, INFO + told.encode()))
    return Envelope(commitment=told, nonce=_told(nonce), sealed=_told(sealed), keys=keys)


def unseal(envelope: Envelope, reader: str, private: X25519PrivateKey) -> bytes:
    """The payload, if it is what was committed to. Raises SealError."""
    if reader not in envelope.keys:
        raise SealError("it is not sealed for this reader")
    told = envelope.commitment.encode()
    try:
        key = SUITE.decrypt(_read(envelope.keys[reader]), private, INFO + told)
        opened = AESGCM(key).decrypt(_read(envelope.nonce), _read(envelope.sealed), told)
    except (InvalidTag, ValueError) as error:
        raise SealError("it cannot be opened with this key, or was altered") from error
    salt, payload = opened[:SALT], opened[SALT:]
    if commitment(payload, salt) != envelope.commitment:
        raise SealError("it is not what was committed to")
    return payload


def read(text: bytes) -> Envelope:
    try:
        return msgspec.json.decode(text, type=Envelope)
    except msgspec.MsgspecError as error:
        raise SealError("this is no envelope") from error


def _told(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _read(told: str) -> bytes:
    try:
        return base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealError("the envelope cannot be read") from error
