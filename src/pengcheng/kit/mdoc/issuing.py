"""Issuing: each line hashed with its own salt, the hashes signed (MobileSecurityObject)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import cbor2
import msgspec

from pengcheng.kit.cose import ALGORITHMS, byte_string
from pengcheng.kit.keys import Signer, curves
from pengcheng.kit.mdoc.items import ALG, cose_key, covered, embedded, moment


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a document."""

    doc_type: str
    namespace: str
    elements: Mapping[str, Any]
    status: Mapping[str, Any] | None = None


class Life(msgspec.Struct, frozen=True, kw_only=True):
    signed: datetime
    begins: datetime
    ends: datetime


# An IssuerSignedItem by hand, its four keys being known: done for each line of each document.
_ID, _RANDOM, _NAME, _VALUE = (
    cbor2.dumps(name) for name in ("digestID", "random", "elementIdentifier", "elementValue")
)
_SALT = 16


def issue(
    content: Content, life: Life, device: curves.Public, signer: Signer, chain: bytes
) -> bytes:
    """IssuerSigned: all lines and the issuer's signature; ``chain`` is the signer's certificate."""
    salts = secrets.token_bytes(_SALT * len(content.elements))
    items, digests = [], {}
    for number, (name, value) in enumerate(content.elements.items()):
        salt = salts[number * _SALT : (number + 1) * _SALT]
        item = embedded(_item(number, salt, name, value))
        items.append(item)
        digests[number] = hashlib.sha256(item).digest()
    payload = embedded(cbor2.dumps(_object(content, life, device, digests)))
    protected = _protected(signer.key.algorithm)
    signature = signer.sign(covered(protected, payload))
    names = _map_of_one(content.namespace, _array(items))
    signed = b"".join(
        (b"\x84", byte_string(protected), _chain(chain), byte_string(payload),
         byte_string(signature))
    )  # fmt: skip
    return b"\xa2" + _NAMESPACES + names + _ISSUER_AUTH + signed


_NAMESPACES, _ISSUER_AUTH = cbor2.dumps("nameSpaces"), cbor2.dumps("issuerAuth")


def _item(number: int, salt: bytes, name: str, value: Any) -> bytes:
    head = b"\xa4" + _ID + cbor2.dumps(number) + _RANDOM + byte_string(salt)
    return head + _NAME + _text(name) + _VALUE + cbor2.dumps(value)


def _object(
    content: Content, life: Life, device: curves.Public, digests: dict[int, bytes]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": "1.0",
        "digestAlgorithm": "SHA-256",
        "valueDigests": {content.namespace: digests},
        "deviceKeyInfo": {"deviceKey": cose_key(device)},
        "docType": content.doc_type,
        "validityInfo": {
            "signed": moment(life.signed),
            "validFrom": moment(life.begins),
            "validUntil": moment(life.ends),
        },
    }
    if content.status is not None:
        told["status"] = content.status
    return told


@lru_cache(maxsize=4)
def _protected(algorithm: str) -> bytes:
    return cbor2.dumps({ALG: ALGORITHMS[algorithm]})


@lru_cache(maxsize=16)
def _chain(der: bytes) -> bytes:
    """The unprotected header {33: x5chain}."""
    return b"\xa1\x18\x21" + byte_string(der)


@lru_cache(maxsize=512)
def _text(name: str) -> bytes:
    return cbor2.dumps(name)


def _array(items: list[bytes]) -> bytes:
    size = len(items)
    head = bytes((0x80 | size,)) if size < 24 else bytes((0x98, size))
    return head + b"".join(items)


def _map_of_one(name: str, value: bytes) -> bytes:
    return b"\xa1" + _text(name) + value
